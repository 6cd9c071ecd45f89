import { Settings } from '../layouts.tsx'
import { ButtonForm } from '../ui/button-form.tsx'
import { CalloutBox } from '../ui/callout-box.tsx'
import { Term } from '../ui/term.tsx'
import type { Callout, Visitor } from '../ui/types.ts'
import { When } from '../ui/when.tsx'
import { words } from '../words/words.ts'
import { toldBy } from './told-by.ts'

type App = {
  id: string
  title: string
  isThirdParty: boolean
  scopes: readonly string[]
  since: Date
  lastUsed: Date | undefined
  browsers: readonly { browser: string; system: string | null }[]
}

type SignedInAppsPageProps = { visitor: Visitor; flash?: Callout | undefined; apps: readonly App[] }

/** Which apps the person has signed in to, and the way to take that back. */
export const SignedInAppsPage = ({ visitor, flash, apps }: SignedInAppsPageProps) => (
  <Settings title={words.openid.apps.title} visitor={visitor} current="apps">
    <CalloutBox of={flash} />
    <p class="lead">{apps.length > 0 ? words.openid.apps.lead : words.openid.apps.none}</p>
    {apps.length > 0 && (
      <section class="panel stack">
        <table>
          <thead class="hint">
            <tr>
              <th scope="col">{words.openid.apps.app}</th>
              <th scope="col">{words.openid.apps.since}</th>
              <th scope="col">{words.openid.apps.last}</th>
              <th scope="col">
                <span class="unseen">{words.ui.change}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {apps.map((app) => (
              <Row app={app} />
            ))}
          </tbody>
        </table>
        <p class="hint">{words.openid.apps.revokes}</p>
      </section>
    )}
  </Settings>
)

const Row = ({ app: { id, title, isThirdParty, scopes, since, lastUsed, browsers } }: { app: App }) => {
  const { apps } = words.openid
  const places = [...new Set(browsers.map((each) => words.origins.browser(each)))]
  return (
    <tr>
      <th scope="row" id={`app-${id}`}>
        <p class="what long">{title}</p>
        {places.length > 0 && <p class="hint">{places.join(', ')}</p>}
        <p class="hint">
          {apps.knows} {toldBy(scopes).join('; ')}
        </p>
        {!isThirdParty && <p class="hint">{apps.neverAsked}</p>}
      </th>
      <td>
        <Term name={apps.since} />
        <When at={since} to="day" />
      </td>
      <td>
        <Term name={apps.last} />
        {lastUsed ? <When at={lastUsed} /> : apps.nowhere}
      </td>
      <td>
        <ButtonForm action="/settings/apps" fields={{ app: id }} describedBy={`app-${id}`}>
          {apps.revoke}
        </ButtonForm>
      </td>
    </tr>
  )
}
