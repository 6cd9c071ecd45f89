import { Settings } from '../layouts.tsx'
import { NoticeBox } from '../ui/notice-box.tsx'
import type { Notice, Viewer } from '../ui/types.ts'
import { count } from '../ui/words.ts'
import { AuthenticatorList, type ListedAuthenticator } from './authenticator-list.tsx'
import { FlowButton, FlowPopUp } from './pop-ups.tsx'

const LIST = '/settings/two-factor/authenticators'

type AuthenticatorsPageProps = {
  viewer: Viewer
  notice?: Notice | undefined
  authenticators: ListedAuthenticator[]
  atMost: number
}

/** The account's authenticators, the oldest first, and the ways to change them. */
export const AuthenticatorsPage = ({ viewer, notice, authenticators, atMost }: AuthenticatorsPageProps) => {
  const full = authenticators.length >= atMost
  return (
    <Settings title="Authenticators" viewer={viewer} current="account">
      <NoticeBox notice={notice} />
      <p class="lead">
        A code from any one of these opens your account, together with your password. With two, on two phones, losing
        one locks nobody out.
      </p>
      <div class="panel stack loose">
        <h2>Your authenticators</h2>
        <AuthenticatorList
          authenticators={authenticators}
          actions={({ id }, nameId) => (
            <div class="row">
              <a class="button" href={`${LIST}/${id}/rename`} aria-describedby={nameId}>
                Rename
              </a>
              <a class="button danger" href={`${LIST}/${id}/remove`} aria-describedby={nameId}>
                Remove
              </a>
            </div>
          )}
        />
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
