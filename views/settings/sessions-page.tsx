import { Settings } from '../layouts.tsx'
import { ButtonForm } from '../ui/button-form.tsx'
import { NoticeBox } from '../ui/notice-box.tsx'
import type { Notice, Viewer } from '../ui/types.ts'
import { type ListedSession, SessionTable } from './session-table.tsx'
import { SignOutEverywhere } from './sign-out-everywhere.tsx'
import { type TrustedBrowser, TrustedBrowsers } from './trusted-browsers.tsx'

const SHOWN = 50 // a script that signs in every minute would make a page that nobody reads

type SessionsPageProps = {
  viewer: Viewer
  notice?: Notice | undefined
  /** The latest first. */
  sessions: ListedSession[]
  trusted: readonly TrustedBrowser[]
}

/** Where the account is signed in, which browsers it trusts, and the ways to end that. */
export const SessionsPage = ({ viewer, notice, sessions, trusted }: SessionsPageProps) => {
  const inOrder = [...sessions.filter(({ current }) => current), ...sessions.filter(({ current }) => !current)]
  const notShown = Math.max(0, inOrder.length - SHOWN)
  return (
    <Settings title="Sessions" viewer={viewer} current="sessions">
      <NoticeBox notice={notice} />
      <p class="lead">Where your account is signed in now. If you do not know one of these, sign it out.</p>
      <section class="panel stack">
        <h2>Signed in</h2>
        <SessionTable sessions={inOrder.slice(0, SHOWN)} />
        {notShown > 0 && <p>And {notShown} more, seen before these.</p>}
        {inOrder.length > 1 && (
          <ButtonForm action="/settings/sessions/others" class="danger">
            Sign out all others
          </ButtonForm>
        )}
      </section>
      <TrustedBrowsers trusted={trusted} />
      <SignOutEverywhere />
    </Settings>
  )
}
