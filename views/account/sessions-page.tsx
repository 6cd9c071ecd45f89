import { Settings } from '../layouts.tsx'
import { ButtonForm } from '../ui/button-form.tsx'
import { CalloutBox } from '../ui/callout-box.tsx'
import type { Callout, Visitor } from '../ui/types.ts'
import { words } from '../words/words.ts'
import { type ListedSession, SessionTable } from './session-table.tsx'
import { SignOutEverywhere } from './sign-out-everywhere.tsx'
import { type TrustedBrowser, TrustedBrowsers } from './trusted-browsers.tsx'

const SHOWN = 50 // a script that signs in every minute would make a page that nobody reads

type SessionsPageProps = {
  visitor: Visitor
  flash?: Callout | undefined
  /** The latest first. */
  sessions: ListedSession[]
  trusted: readonly TrustedBrowser[]
}

/** Where the account is signed in, which browsers it trusts, and the ways to end that. */
export const SessionsPage = ({ visitor, flash, sessions, trusted }: SessionsPageProps) => {
  const inOrder = [...sessions.filter(({ current }) => current), ...sessions.filter(({ current }) => !current)]
  const notShown = Math.max(0, inOrder.length - SHOWN)
  return (
    <Settings title={words.settings.sessions.title} visitor={visitor} current="sessions">
      <CalloutBox of={flash} />
      <p class="lead">{words.settings.sessions.lead}</p>
      <section class="panel stack">
        <h2>{words.settings.sessions.signedIn}</h2>
        <SessionTable sessions={inOrder.slice(0, SHOWN)} />
        {notShown > 0 && <p>{words.settings.sessions.more(notShown)}</p>}
        {inOrder.length > 1 && (
          <ButtonForm action="/settings/sessions/others" class="danger">
            {words.settings.sessions.signOutOthers}
          </ButtonForm>
        )}
      </section>
      <TrustedBrowsers trusted={trusted} />
      <SignOutEverywhere />
    </Settings>
  )
}
