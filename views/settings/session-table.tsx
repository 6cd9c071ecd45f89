import { ButtonForm } from '../ui/button-form.tsx'
import { Term } from '../ui/term.tsx'
import type { Method } from '../ui/types.ts'
import { When } from '../ui/when.tsx'
import { methodInWords } from '../ui/words.ts'

export type ListedSession = {
  id: string
  browser: string
  address: string
  client: 'browser' | 'api'
  method: Method
  startedAt: Date
  lastSeenAt: Date
  current: boolean
}

const SessionRow = ({ session }: { session: ListedSession }) => {
  const { id, browser, address, client, method, startedAt, lastSeenAt, current } = session
  return (
    <tr>
      <th scope="row" id={`session-${id}`}>
        <p class="what">
          {browser} {current && <span class="mark">This session</span>}
        </p>
        <p>
          <small class="address">{address}</small>
        </p>
        <p class="hint">
          {client === 'api' ? 'API' : 'Browser'}. {methodInWords(method)}
        </p>
      </th>
      <td>
        <Term>Started</Term>
        <When at={startedAt} />
      </td>
      <td>
        <Term>Last seen</Term>
        <When at={lastSeenAt} />
      </td>
      <td>
        {!current && (
          <ButtonForm action="/settings/sessions" fields={{ id }} describedBy={`session-${id}`}>
            Sign&nbsp;out
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
        <th scope="col">Session</th>
        <th scope="col">Started</th>
        <th scope="col">Last seen</th>
        <th scope="col">
          <span class="unseen">Change</span>
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
