import { ButtonForm } from '../ui/button-form.tsx'
import { Term } from '../ui/term.tsx'
import type { Origin } from '../ui/types.ts'
import { When } from '../ui/when.tsx'
import { words } from '../words/words.ts'

export type TrustedBrowser = Origin & {
  id: string
  trustedAt: Date
  lastUsedAt: Date | null
  expiresAt: Date
}

const BrowserRow = ({ trusted }: { trusted: TrustedBrowser }) => {
  const { id, address, trustedAt, lastUsedAt, expiresAt } = trusted
  return (
    <tr>
      <th scope="row" id={`browser-${id}`}>
        <p class="what">{words.origins.browser(trusted)}</p>
        <p>
          <small class="address">{words.origins.address(address)}</small>
        </p>
      </th>
      <td>
        <Term name={words.settings.trusted.since} />
        <When at={trustedAt} to="day" />
      </td>
      <td>
        <Term name={words.settings.trusted.lastUsed} />
        {lastUsedAt ? <When at={lastUsedAt} /> : words.ui.never}
      </td>
      <td>
        <Term name={words.settings.trusted.expires} />
        <When at={expiresAt} to="day" />
      </td>
      <td>
        <ButtonForm action="/settings/sessions/trusted" fields={{ id }} describedBy={`browser-${id}`}>
          {words.settings.trusted.forget}
        </ButtonForm>
      </td>
    </tr>
  )
}

const BrowserTable = ({ trusted }: { trusted: readonly TrustedBrowser[] }) => (
  <table>
    <thead class="hint">
      <tr>
        <th scope="col">{words.settings.trusted.browser}</th>
        <th scope="col">{words.settings.trusted.since}</th>
        <th scope="col">{words.settings.trusted.lastUsed}</th>
        <th scope="col">{words.settings.trusted.expires}</th>
        <th scope="col">
          <span class="unseen">{words.ui.change}</span>
        </th>
      </tr>
    </thead>
    <tbody>
      {trusted.map((each) => (
        <BrowserRow trusted={each} />
      ))}
    </tbody>
  </table>
)

/** The browsers that are not asked for the code, and the ways to have them asked again. */
export const TrustedBrowsers = ({ trusted }: { trusted: readonly TrustedBrowser[] }) => (
  <section class="panel stack">
    <h2>{words.settings.trusted.title}</h2>
    {trusted.length > 0 ? (
      <>
        <p class="lead">{words.settings.trusted.lead}</p>
        <BrowserTable trusted={trusted} />
        {trusted.length > 1 && (
          <ButtonForm action="/settings/sessions/trusted/all" class="danger">
            {words.settings.trusted.forgetAll}
          </ButtonForm>
        )}
      </>
    ) : (
      <p>{words.settings.trusted.none}</p>
    )}
  </section>
)
