import { ButtonForm } from '../ui/button-form.tsx'
import { Term } from '../ui/term.tsx'
import type { Method, Origin } from '../ui/types.ts'
import { When } from '../ui/when.tsx'
import { words } from '../words/words.ts'

export type ListedSession = Origin & {
  id: string
  client: 'browser' | 'api'
  method: Method
  startedAt: Date
  lastSeenAt: Date
  current: boolean
  /** Those behind the gate that it has opened. */
  apps: string[]
}

const SessionRow = ({ session }: { session: ListedSession }) => {
  const { id, address, client, method, startedAt, lastSeenAt, current, apps } = session
  return (
    <tr>
      <th scope="row" id={`session-${id}`}>
        <p class="what">
          {words.origins.browser(session)} {current && <span class="mark">{words.ui.thisSession}</span>}
        </p>
        <p>
          <small class="address">{words.origins.address(address)}</small>
        </p>
        <p class="hint">{words.settings.sessions.by(client, words.ui.methods[method])}</p>
        {apps.length > 0 && <p class="hint">{words.settings.sessions.apps(apps)}</p>}
      </th>
      <td>
        <Term name={words.settings.sessions.started} />
        <When at={startedAt} />
      </td>
      <td>
        <Term name={words.settings.sessions.lastSeen} />
        <When at={lastSeenAt} />
      </td>
      <td>
        {!current && (
          <ButtonForm action="/settings/sessions" fields={{ id }} describedBy={`session-${id}`}>
            {words.settings.sessions.signOut}
          </ButtonForm>
        )}
      </td>
    </tr>
  )
}

/** Where the account is signed in. On a narrow screen a row is a paragraph of its own. */
export const SessionTable = ({ sessions }: { sessions: ListedSession[] }) => (
  <table>
    <thead class="hint">
      <tr>
        <th scope="col">{words.settings.sessions.session}</th>
        <th scope="col">{words.settings.sessions.started}</th>
        <th scope="col">{words.settings.sessions.lastSeen}</th>
        <th scope="col">
          <span class="unseen">{words.ui.change}</span>
        </th>
      </tr>
    </thead>
    <tbody>
      {sessions.map((session) => (
        <SessionRow session={session} />
      ))}
    </tbody>
  </table>
)
