import { Term } from '../ui/term.tsx'
import type { FormState } from '../ui/types.ts'
import { When } from '../ui/when.tsx'
import { words } from '../words/words.ts'
import { Expiry } from './expiry.tsx'
import type { ListedToken } from './types.ts'

type TokenTableProps = { tokens: ListedToken[]; form: FormState<'tokens'>; now: Date }

const LastUsed = ({ token: { lastUsedAt, lastAddress, lastBrowser, lastSystem } }: { token: ListedToken }) =>
  lastUsedAt ? (
    <>
      <When at={lastUsedAt} />
      <br />
      <small>
        {words.ui.browserAnd(words.origins.browser({ browser: lastBrowser ?? '', system: lastSystem }))}
        <span class="address">{words.origins.address(lastAddress ?? '')}</span>
      </small>
    </>
  ) : (
    words.ui.never
  )

const TokenRow = ({ token, now }: { token: ListedToken; now: Date }) => {
  const { id, hint, description, scopes, createdAt, expiresAt, previousUntil } = token
  const overlaps = previousUntil !== null && previousUntil > now
  return (
    <tr>
      <th scope="row">
        <label class="check long" for={`token-${id}`}>
          <input type="checkbox" id={`token-${id}`} name={`token-${id}`} value="yes" />
          <span id={`name-${id}`}>{description}</span>
        </label>
        <p>
          <code>{hint}</code>
        </p>
        <p class="hint long">{scopes.join(', ')}</p>
        {overlaps && <p class="hint">{words.accessTokens.oldWorksUntil(<When at={previousUntil} />)}</p>}
      </th>
      <td>
        <Term name={words.accessTokens.created} />
        <When at={createdAt} to="day" />
      </td>
      <td>
        <Term name={words.accessTokens.lastUsed} />
        <LastUsed token={token} />
      </td>
      <td>
        <Term name={words.accessTokens.expires} />
        <Expiry at={expiresAt} now={now} />
      </td>
      <td>
        <a class="button plain" href={`/settings/tokens/${id}/edit`} aria-describedby={`name-${id}`}>
          {words.accessTokens.edit}
        </a>
        <a class="button plain" href={`/settings/tokens/${id}/regenerate`} aria-describedby={`name-${id}`}>
          {words.accessTokens.regenerate}
        </a>
      </td>
    </tr>
  )
}

/** The account's access tokens, each with a tick. On a narrow screen a row is a paragraph of its own. */
export const TokenTable = ({ tokens, form, now }: TokenTableProps) => (
  <table id="tokens" tabindex={-1} aria-describedby={form.errors?.tokens ? 'tokens-error' : undefined}>
    <thead class="hint">
      <tr>
        <th scope="col">{words.accessTokens.token}</th>
        <th scope="col">{words.accessTokens.created}</th>
        <th scope="col">{words.accessTokens.lastUsed}</th>
        <th scope="col">{words.accessTokens.expires}</th>
        <th scope="col">
          <span class="unseen">{words.ui.change}</span>
        </th>
      </tr>
    </thead>
    <tbody>
      {tokens.map((token) => (
        <TokenRow token={token} now={now} />
      ))}
    </tbody>
  </table>
)
