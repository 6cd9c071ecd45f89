import { Settings } from '../layouts.tsx'
import { NoticeBox } from '../ui/notice-box.tsx'
import { Term } from '../ui/term.tsx'
import type { Notice, Viewer } from '../ui/types.ts'
import { When } from '../ui/when.tsx'
import { count } from '../ui/words.ts'
import { FlowButton, FlowPopUp } from './pop-ups.tsx'

/** `readable` false: its secret is damaged, so its codes are refused. */
export type ListedAuthenticator = {
  id: string
  name: string
  addedAt: Date
  lastUsedAt: Date | null
  readable: boolean
}

type AuthenticatorsPageProps = {
  viewer: Viewer
  notice?: Notice | undefined
  authenticators: ListedAuthenticator[]
  atMost: number
}

const Row = ({
  authenticator: { id, name, addedAt, lastUsedAt, readable },
}: {
  authenticator: ListedAuthenticator
}) => (
  <tr>
    <th scope="row">
      <strong class="long" id={`name-${id}`}>
        {name}
      </strong>
      {!readable && (
        <>
          {' '}
          <span class="mark warn">Can not be read</span>
          <p class="hint">Its codes are refused here. Remove it, and add it anew.</p>
        </>
      )}
    </th>
    <td>
      <Term>Added</Term>
      <When at={addedAt} to="day" />
    </td>
    <td>
      <Term>Last used</Term>
      {lastUsedAt ? <When at={lastUsedAt} /> : 'not used yet'}
    </td>
    <td>
      <a class="button plain" href={`/settings/two-factor/authenticators/${id}/rename`} aria-describedby={`name-${id}`}>
        Rename
      </a>
      <a class="button plain" href={`/settings/two-factor/authenticators/${id}/remove`} aria-describedby={`name-${id}`}>
        Remove
      </a>
    </td>
  </tr>
)

/** The account's authenticators, the oldest first, and the ways to change them. On a narrow screen a row is a paragraph of its own. */
export const AuthenticatorsPage = ({ viewer, notice, authenticators, atMost }: AuthenticatorsPageProps) => {
  const full = authenticators.length >= atMost
  return (
    <Settings title="Authenticators" viewer={viewer} current="account">
      <NoticeBox notice={notice} />
      <p class="lead">
        A code from any one of these opens your account, together with your password. With two, on two phones, losing
        one locks nobody out.
      </p>
      <div class="panel stack">
        <table>
          <thead class="hint">
            <tr>
              <th scope="col">Name</th>
              <th scope="col">Added</th>
              <th scope="col">Last used</th>
              <th scope="col">
                <span class="unseen">Change</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {authenticators.map((authenticator) => (
              <Row authenticator={authenticator} />
            ))}
          </tbody>
        </table>
        <div class="row">
          {!full && <FlowButton flow="add" class="primary" />}
          <a class="button" href="/settings/two-factor/replace/move">
            Move to a New Phone
          </a>
        </div>
        {full && (
          <p class="hint">An account can have {count(atMost, 'authenticator')}. To add another, remove one first.</p>
        )}
      </div>
      {!full && <FlowPopUp viewer={viewer} flow="add" />}
    </Settings>
  )
}
