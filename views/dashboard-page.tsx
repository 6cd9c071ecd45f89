import { Portal } from './layouts.tsx'
import { FlowButton, FlowPopUp } from './two-factor/pop-ups.tsx'
import { Address } from './ui/address.tsx'
import { EventList } from './ui/event-list.tsx'
import { NoticeBox } from './ui/notice-box.tsx'
import { RecoveryCodeMeter } from './ui/recovery-code-meter.tsx'
import type { Method, Notice, RecoveryCodeCount, Viewer } from './ui/types.ts'
import { When } from './ui/when.tsx'
import { count, methodInWords } from './ui/words.ts'

type DashboardPageProps = {
  viewer: Viewer
  notice?: Notice | undefined
  /** Something waits for the address to be confirmed. */
  unconfirmed: boolean
  secondFactorSince: Date | null
  recoveryCodes: RecoveryCodeCount | null
  session: { browser: string; address: string; startedAt: Date; method: Method }
  passwordChangedAt: Date
  signIns: { at: Date; method: Method; browser: string; address: string; current: boolean }[]
}

const FEW = 3

const Protection = ({ viewer, since }: { viewer: Viewer; since: Date | null }) =>
  since ? (
    <NoticeBox
      standing
      notice={{
        tone: 'good',
        title: 'Two factors protect your account.',
        text: 'Signing in takes your password and a code from your phone.',
      }}
    />
  ) : (
    <NoticeBox
      standing
      notice={{
        tone: 'warn',
        title: 'Your account is protected by a password alone.',
        text: 'A code from your phone keeps others out even when they know it.',
      }}
    >
      <div class="row">
        <FlowButton flow="set-up" class="primary" />
      </div>
      <FlowPopUp viewer={viewer} flow="set-up" />
    </NoticeBox>
  )

const Unconfirmed = () => (
  <NoticeBox
    standing
    notice={{
      tone: 'warn',
      title: 'Your e-mail address is not confirmed.',
      text: 'Follow the link in the mail we have sent there. Then a second factor can protect the account.',
      link: { href: '/settings/email', text: 'E-mail Address' },
    }}
  />
)

const FewCodes = ({ left }: { left: number }) => (
  <NoticeBox
    standing
    notice={{
      tone: 'warn',
      title: left === 0 ? 'No recovery codes are left.' : `Only ${count(left, 'recovery code')} left.`,
      text: 'Without one, a lost phone locks you out.',
      link: { href: '/settings/two-factor/recovery-codes/confirm', text: 'View Recovery Codes' },
    }}
  />
)

const Facts = ({ secondFactorSince, recoveryCodes, session, passwordChangedAt }: DashboardPageProps) => (
  <dl class="facts">
    <div>
      <dt>Second factor</dt>
      <dd>{secondFactorSince ? 'On' : 'Off'}</dd>
      {secondFactorSince && (
        <dd>
          since <When at={secondFactorSince} to="day" />
        </dd>
      )}
    </div>
    <div>
      <dt>Recovery codes</dt>
      <dd>{recoveryCodes ? `${recoveryCodes.left} of ${recoveryCodes.of} left` : 'None yet'}</dd>
      {recoveryCodes ? (
        <dd>
          <RecoveryCodeMeter {...recoveryCodes} />
        </dd>
      ) : (
        <dd>they come with the second factor</dd>
      )}
    </div>
    <div>
      <dt>This session</dt>
      <dd>{session.browser}</dd>
      <dd>
        since <When at={session.startedAt} />, from <span class="address">{session.address}</span>
      </dd>
    </div>
    <div>
      <dt>Password</dt>
      <dd>
        <When at={passwordChangedAt} to="day" />
      </dd>
      <dd>
        <a href="/settings/password">Change Password</a>
      </dd>
    </div>
  </dl>
)

/** The security of the account at a glance. */
export const DashboardPage = (props: DashboardPageProps) => {
  const { viewer, notice, unconfirmed, secondFactorSince, recoveryCodes, signIns } = props
  const few = recoveryCodes !== null && recoveryCodes.left <= FEW && notice?.tone !== 'warn'
  return (
    <Portal title="Dashboard" viewer={viewer}>
      <p class="lead long">
        Signed in as <Address of={viewer.email} />
      </p>
      <NoticeBox notice={notice} />
      {few && <FewCodes left={recoveryCodes.left} />}
      {/* One thing at a time: that all is well is said when there is nothing else to say. */}
      {unconfirmed ? (
        <Unconfirmed />
      ) : (
        (!secondFactorSince || (!notice && !few)) && <Protection viewer={viewer} since={secondFactorSince} />
      )}
      <Facts {...props} />
      <section class="panel stack">
        <h2>Last sign-ins</h2>
        {signIns.length > 0 ? (
          <EventList events={signIns.map(({ method, ...signIn }) => ({ ...signIn, text: methodInWords(method) }))} />
        ) : (
          <p class="empty">None yet. This is where they will be listed.</p>
        )}
        <p>
          <a href="/settings/activity">All activity</a>
        </p>
      </section>
    </Portal>
  )
}
