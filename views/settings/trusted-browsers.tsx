import { ButtonForm } from '../ui/button-form.tsx'
import { Term } from '../ui/term.tsx'
import { When } from '../ui/when.tsx'

export type TrustedBrowser = {
  id: string
  browser: string
  address: string
  trustedAt: Date
  lastUsedAt: Date | null
  expiresAt: Date
}

const BrowserRow = ({ trusted }: { trusted: TrustedBrowser }) => {
  const { id, browser, address, trustedAt, lastUsedAt, expiresAt } = trusted
  return (
    <tr>
      <th scope="row" id={`browser-${id}`}>
        <p class="what">{browser}</p>
        <p>
          <small class="address">{address}</small>
        </p>
      </th>
      <td>
        <Term>Trusted since</Term>
        <When at={trustedAt} to="day" />
      </td>
      <td>
        <Term>Last used</Term>
        {lastUsedAt ? <When at={lastUsedAt} /> : 'Never'}
      </td>
      <td>
        <Term>Expires</Term>
        <When at={expiresAt} to="day" />
      </td>
      <td>
        <ButtonForm action="/settings/sessions/trusted" fields={{ id }} describedBy={`browser-${id}`}>
          Forget
        </ButtonForm>
      </td>
    </tr>
  )
}

const BrowserTable = ({ trusted }: { trusted: readonly TrustedBrowser[] }) => (
  <table>
    <thead class="hint">
      <tr>
        <th scope="col">Browser</th>
        <th scope="col">Trusted since</th>
        <th scope="col">Last used</th>
        <th scope="col">Expires</th>
        <th scope="col">
          <span class="unseen">Change</span>
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
    <h2>Trusted browsers</h2>
    {trusted.length > 0 ? (
      <>
        <p class="lead">
          There, signing in takes your password alone. A change of password, email or authenticator ends it.
        </p>
        <BrowserTable trusted={trusted} />
        {trusted.length > 1 && (
          <ButtonForm action="/settings/sessions/trusted/all" class="danger">
            Forget all
          </ButtonForm>
        )}
      </>
    ) : (
      <p>None. Where you tick “Don't ask on this browser for 30 days” beside the code, it is listed here.</p>
    )}
  </section>
)
