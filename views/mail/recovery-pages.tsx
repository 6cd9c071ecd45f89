import { Narrow } from '../layouts.tsx'
import { Address } from '../ui/address.tsx'
import { words } from '../words/words.ts'
import { LinkPage } from './link-page.tsx'

/** What the link of "I've lost everything" begins. `hours` is how long the wait is. */
export const BeginRecoveryPage = ({ email, hours }: { email: string; hours: number }) => (
  <LinkPage
    title={words.mailPages.beginRecovery.title}
    action="/mail/lost-everything"
    button={words.mailPages.beginRecovery.submit}
    form={{}}
  >
    <p class="lead">
      {words.mailPages.beginRecovery.lead(
        <strong class="long">
          <Address of={email} />
        </strong>,
      )}
    </p>
    <p>{words.mailPages.beginRecovery.next(words.amounts.hour(hours))}</p>
  </LinkPage>
)

/** After the button. */
export const RecoveryBegunPage = ({ hours }: { hours: number }) => (
  <Narrow title={words.mailPages.beginRecovery.begun.title}>
    <p class="lead">{words.mailPages.beginRecovery.begun.lead(words.amounts.hour(hours))}</p>
    <p>{words.mailPages.beginRecovery.begun.mails}</p>
  </Narrow>
)

/** What the link of each mail about the wait stops. */
export const StopRecoveryPage = ({ email }: { email: string }) => (
  <LinkPage
    title={words.mailPages.stopRecovery.title}
    action="/mail/stop-recovery"
    button={words.mailPages.stopRecovery.submit}
    form={{}}
  >
    <p class="lead">
      {words.mailPages.stopRecovery.lead(
        <strong class="long">
          <Address of={email} />
        </strong>,
      )}
    </p>
  </LinkPage>
)

/** After the button. */
export const RecoveryStoppedPage = () => (
  <Narrow title={words.mailPages.stopRecovery.stopped.title}>
    <p class="lead">{words.mailPages.stopRecovery.stopped.lead}</p>
    <p>{words.mailPages.stopRecovery.stopped.next}</p>
    <p>
      <a class="button primary" href="/reset-password">
        {words.signIn.resetPassword.title}
      </a>
    </p>
  </Narrow>
)
