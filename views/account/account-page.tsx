import { Settings } from '../layouts.tsx'
import { FlowButton, FlowPopUp } from '../two-factor/pop-ups.tsx'
import { Address } from '../ui/address.tsx'
import { CalloutBox } from '../ui/callout-box.tsx'
import { RecoveryCodeMeter } from '../ui/recovery-code-meter.tsx'
import type { Callout, RecoveryCodeCount, Viewer } from '../ui/types.ts'
import { When } from '../ui/when.tsx'
import { words } from '../words/words.ts'

/** Who is signed in, and what the page shows of the account. */
type AccountViewer = Viewer & { secondFactorSince: Date | null; passwordChangedAt: Date }

type AccountPageProps = {
  viewer: AccountViewer
  flash?: Callout | undefined
  recoveryCodes: RecoveryCodeCount | null
}

const SecondFactorOn = ({ since, recoveryCodes }: { since: Date; recoveryCodes: RecoveryCodeCount | null }) => (
  <>
    <p class="lead">{words.settings.account.onLead}</p>
    <div class="item">
      <div>
        <h3>{words.twoFactor.authenticators.title}</h3>
        <p>{words.settings.account.onSince(<When at={since} to="day" />)}</p>
      </div>
      <a class="button" href="/settings/two-factor/authenticators">
        {words.twoFactor.authenticators.title}
      </a>
    </div>
    {recoveryCodes && (
      <div class="item">
        <div>
          <h3>{words.settings.account.recoveryCodes}</h3>
          <p>{words.settings.account.left(recoveryCodes.left, recoveryCodes.of)}</p>
          <RecoveryCodeMeter {...recoveryCodes} />
        </div>
        <FlowButton flow="view" />
      </div>
    )}
    <div class="item">
      <div>
        <h3>{words.settings.account.turnOff}</h3>
        <p>{words.settings.account.turnOffText}</p>
      </div>
      <FlowButton flow="disable" class="danger" />
    </div>
  </>
)

const SecondFactorOff = () => (
  <>
    <p class="lead">{words.settings.account.offLead}</p>
    <div class="row">
      <FlowButton flow="set-up" class="primary" />
    </div>
  </>
)

const SignIn = ({ viewer: { email, passwordChangedAt } }: { viewer: AccountViewer }) => (
  <section class="panel stack">
    <h2>{words.settings.account.signIn}</h2>
    <div class="item">
      <div>
        <h3>{words.ui.email}</h3>
        <p class="long">
          <Address of={email} />
        </p>
      </div>
      <a class="button" href="/settings/email">
        {words.settings.email.title}
      </a>
    </div>
    <div class="item">
      <div>
        <h3>{words.ui.password}</h3>
        <p>{words.settings.account.lastChanged(<When at={passwordChangedAt} to="day" />)}</p>
      </div>
      <a class="button" href="/settings/password">
        {words.settings.changePassword.title}
      </a>
    </div>
  </section>
)

const FLOWS_WHEN_ON = ['view', 'disable'] as const

/** What the account is known by and protected with, and the ways to change that. */
export const AccountPage = ({ viewer, flash, recoveryCodes }: AccountPageProps) => (
  <Settings title={words.settings.account.title} viewer={viewer} current="account">
    <CalloutBox of={flash} />
    <section class="panel stack">
      <div class="row">
        <h2>{words.settings.account.secondFactor}</h2>
        <span class={viewer.secondFactorSince ? 'mark good' : 'mark warn'}>
          {viewer.secondFactorSince ? words.settings.account.on : words.settings.account.off}
        </span>
      </div>
      {viewer.secondFactorSince ? (
        <SecondFactorOn since={viewer.secondFactorSince} recoveryCodes={recoveryCodes} />
      ) : (
        <SecondFactorOff />
      )}
    </section>
    <SignIn viewer={viewer} />
    {viewer.secondFactorSince ? (
      FLOWS_WHEN_ON.map((flow) => <FlowPopUp viewer={viewer} flow={flow} />)
    ) : (
      <FlowPopUp viewer={viewer} flow="set-up" />
    )}
  </Settings>
)
