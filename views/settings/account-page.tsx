import { Settings } from '../layouts.tsx'
import { FlowButton, FlowPopUp } from '../two-factor/pop-ups.tsx'
import { Address } from '../ui/address.tsx'
import { NoticeBox } from '../ui/notice-box.tsx'
import { RecoveryCodeMeter } from '../ui/recovery-code-meter.tsx'
import type { Notice, RecoveryCodeCount, Viewer } from '../ui/types.ts'
import { When } from '../ui/when.tsx'

type AccountPageProps = {
  viewer: Viewer
  notice?: Notice | undefined
  secondFactorSince: Date | null
  recoveryCodes: RecoveryCodeCount | null
  passwordChangedAt: Date
}

const SecondFactorOn = ({ since, recoveryCodes }: { since: Date; recoveryCodes: RecoveryCodeCount | null }) => (
  <>
    <p class="lead">Signing in takes your password and a code from your authenticator.</p>
    <div class="item">
      <div>
        <h3>Authenticators</h3>
        <p>
          On since <When at={since} to="day" />
        </p>
      </div>
      <a class="button" href="/settings/two-factor/authenticators">
        Authenticators
      </a>
    </div>
    {recoveryCodes && (
      <div class="item">
        <div>
          <h3>Recovery codes</h3>
          <p>
            {recoveryCodes.left} of {recoveryCodes.of} left
          </p>
          <RecoveryCodeMeter {...recoveryCodes} />
        </div>
        <FlowButton flow="view" />
      </div>
    )}
    <div class="item">
      <div>
        <h3>Turn it off</h3>
        <p>Back to the password alone.</p>
      </div>
      <FlowButton flow="disable" class="danger" />
    </div>
  </>
)

const SecondFactorOff = () => (
  <>
    <p class="lead">
      Your password alone opens this account. With a code from your phone as well, someone who learns the password still
      stays outside.
    </p>
    <div class="row">
      <FlowButton flow="set-up" class="primary" />
    </div>
  </>
)

const SignIn = ({ email, passwordChangedAt }: { email: string; passwordChangedAt: Date }) => (
  <section class="panel stack">
    <h2>Sign-in</h2>
    <div class="item">
      <div>
        <h3>Email</h3>
        <p class="long">
          <Address of={email} />
        </p>
      </div>
      <a class="button" href="/settings/email">
        E-mail Address
      </a>
    </div>
    <div class="item">
      <div>
        <h3>Password</h3>
        <p>
          Last changed <When at={passwordChangedAt} to="day" />
        </p>
      </div>
      <a class="button" href="/settings/password">
        Change Password
      </a>
    </div>
  </section>
)

const FLOWS_WHEN_ON = ['view', 'disable'] as const

/** What the account is known by and protected with, and the ways to change that. */
export const AccountPage = ({
  viewer,
  notice,
  secondFactorSince,
  recoveryCodes,
  passwordChangedAt,
}: AccountPageProps) => (
  <Settings title="Account" viewer={viewer} current="account">
    <NoticeBox notice={notice} />
    <section class="panel stack">
      <div class="row">
        <h2>Two-Factor Authentication</h2>
        <span class={secondFactorSince ? 'mark good' : 'mark warn'}>{secondFactorSince ? 'On' : 'Off'}</span>
      </div>
      {secondFactorSince ? (
        <SecondFactorOn since={secondFactorSince} recoveryCodes={recoveryCodes} />
      ) : (
        <SecondFactorOff />
      )}
    </section>
    <SignIn email={viewer.email} passwordChangedAt={passwordChangedAt} />
    {secondFactorSince ? (
      FLOWS_WHEN_ON.map((flow) => <FlowPopUp viewer={viewer} flow={flow} />)
    ) : (
      <FlowPopUp viewer={viewer} flow="set-up" />
    )}
  </Settings>
)
