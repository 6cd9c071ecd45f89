import { Settings } from '../layouts.tsx'
import { FlowButton, FlowPopUp } from '../two-factor/pop-ups.tsx'
import { Address } from '../ui/address.tsx'
import { CalloutBox } from '../ui/callout-box.tsx'
import { RecoveryCodeMeter } from '../ui/recovery-code-meter.tsx'
import type { Callout, RecoveryCodeCount, Visitor } from '../ui/types.ts'
import { When } from '../ui/when.tsx'
import { words } from '../words/words.ts'

/** Who is signed in, and what the page shows of the account. */
type Owner = Visitor & {
  account: {
    username: string
    displayName: string | null
    secondFactorSince: Date | null
    phishingResistantSince: Date | null
    passwordChangedAt: Date
  }
}

type AccountPageProps = {
  visitor: Owner
  /** The operator lets nobody change theirs. */
  usernamesStay: boolean
  flash?: Callout | undefined
  recoveryCodes: RecoveryCodeCount | null
  /** Whether the account can't do without a second factor. */
  needsSecondFactor: boolean
}

type SecondFactorOnProps = Pick<AccountPageProps, 'recoveryCodes' | 'needsSecondFactor'> & {
  since: Date
  hasPasskey: boolean
}

const SecondFactorOn = ({ since, hasPasskey, recoveryCodes, needsSecondFactor }: SecondFactorOnProps) => (
  <>
    <p class="lead">{hasPasskey ? words.passkeys.list.signingIn : words.settings.account.onLead}</p>
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
        <p>{needsSecondFactor ? words.messages.secondFactorRequired : words.settings.account.turnOffText}</p>
      </div>
      {!needsSecondFactor && <FlowButton flow="disable" class="danger" />}
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

const Names = ({
  account: { username, displayName },
  usernamesStay,
}: Pick<Owner, 'account'> & Pick<AccountPageProps, 'usernamesStay'>) => (
  <section class="panel stack">
    <h2>{words.settings.account.names}</h2>
    <div class="item">
      <div>
        <h3>{words.settings.account.name}</h3>
        <p class="long">{displayName ?? words.settings.account.noName}</p>
      </div>
      <a class="button" href="/settings/name">
        {words.settings.changeName.title}
      </a>
    </div>
    <div class="item">
      <div>
        <h3>{words.settings.account.username}</h3>
        <p class="long">{username}</p>
      </div>
      {!usernamesStay && (
        <a class="button" href="/settings/username">
          {words.settings.changeUsername.title}
        </a>
      )}
    </div>
  </section>
)

const SignIn = ({ account: { email, passwordChangedAt } }: Pick<Owner, 'account'>) => (
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

const Data = () => (
  <section class="panel stack">
    <h2>{words.settings.data.item}</h2>
    <div class="item">
      <p>{words.settings.data.what}</p>
      <a class="button" href="/settings/account/data">
        {words.settings.data.title}
      </a>
    </div>
  </section>
)

const Deletion = () => (
  <section class="panel stack">
    <h2>{words.settings.deleteAccount.item}</h2>
    <div class="item">
      <p>{words.settings.deleteAccount.what}</p>
      <a class="button danger" href="/settings/account/delete">
        {words.settings.deleteAccount.title}
      </a>
    </div>
  </section>
)

const FLOWS_WHEN_ON = ['view', 'disable'] as const

/** What the account is known by and protected with, and the ways to change that. */
export const AccountPage = ({ visitor, usernamesStay, flash, recoveryCodes, needsSecondFactor }: AccountPageProps) => (
  <Settings title={words.settings.account.title} visitor={visitor} current="account">
    <CalloutBox of={flash} />
    <section class="panel stack">
      <div class="row">
        <h2>{words.settings.account.secondFactor}</h2>
        <span class={visitor.account.secondFactorSince ? 'mark good' : 'mark warn'}>
          {visitor.account.secondFactorSince ? words.settings.account.on : words.settings.account.off}
        </span>
      </div>
      {visitor.account.secondFactorSince ? (
        <SecondFactorOn
          hasPasskey={visitor.account.phishingResistantSince !== null}
          since={visitor.account.secondFactorSince}
          recoveryCodes={recoveryCodes}
          needsSecondFactor={needsSecondFactor}
        />
      ) : (
        <SecondFactorOff />
      )}
    </section>
    <SignIn account={visitor.account} />
    <Names account={visitor.account} usernamesStay={usernamesStay} />
    <Data />
    <Deletion />
    {visitor.account.secondFactorSince ? (
      FLOWS_WHEN_ON.filter((flow) => flow !== 'disable' || !needsSecondFactor).map((flow) => (
        <FlowPopUp visitor={visitor} flow={flow} />
      ))
    ) : (
      <FlowPopUp visitor={visitor} flow="set-up" />
    )}
  </Settings>
)
