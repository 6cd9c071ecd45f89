import type { PropsWithChildren } from 'hono/jsx'
import type { FormState } from '../ui/types.ts'
import { When } from '../ui/when.tsx'
import { Expiry } from './expiry.tsx'
import type { ListedToken } from './types.ts'

type TokenTableProps = { tokens: ListedToken[]; form: FormState<'tokens'>; now: Date }

/** The heading of a column, where the screen is too narrow for columns. */
const Term = ({ children }: PropsWithChildren) => <span class="hint term">{children}: </span>

const LastUsed = ({ token: { lastUsedAt, lastAddress, lastBrowser } }: { token: ListedToken }) =>
  lastUsedAt ? (
    <>
      <When at={lastUsedAt} />
      <br />
      <small>
        {lastBrowser}, <span class="address">{lastAddress}</span>
      </small>
    </>
  ) : (
    <>Never</>
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
        {overlaps && (
          <p class="hint">
            The old value works until <When at={previousUntil} />.
          </p>
        )}
      </th>
      <td>
        <Term>Created</Term>
        <When at={createdAt} to="day" />
      </td>
      <td>
        <Term>Last used</Term>
        <LastUsed token={token} />
      </td>
      <td>
        <Term>Expires</Term>
        <Expiry at={expiresAt} now={now} />
      </td>
      <td>
        <a class="button plain" href={`/settings/tokens/${id}/edit`} aria-describedby={`name-${id}`}>
          Edit
        </a>
        <a class="button plain" href={`/settings/tokens/${id}/regenerate`} aria-describedby={`name-${id}`}>
          Regenerate
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
        <th scope="col">Token</th>
        <th scope="col">Created</th>
        <th scope="col">Last used</th>
        <th scope="col">Expires</th>
        <th scope="col">
          <span class="unseen">Change</span>
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
