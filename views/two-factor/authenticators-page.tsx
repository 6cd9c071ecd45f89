import type { Child } from 'hono/jsx'
import { Settings } from '../layouts.tsx'
import { CalloutBox } from '../ui/callout-box.tsx'
import type { Callout, Visitor } from '../ui/types.ts'
import { words } from '../words/words.ts'
import { AuthenticatorList, type ListedAuthenticator } from './authenticator-list.tsx'
import { FlowButton, FlowPopUp } from './pop-ups.tsx'

const LIST = '/settings/two-factor/authenticators'

type AuthenticatorsPageProps = {
  visitor: Visitor
  flash?: Callout | undefined
  authenticators: ListedAuthenticator[]
  atMost: number
  /** What devices of a kind are told. */
  parts: Child[]
}

/** The account's authenticators, the oldest first, and the ways to change them. */
export const AuthenticatorsPage = ({ visitor, flash, authenticators, atMost, parts }: AuthenticatorsPageProps) => {
  const full = authenticators.length >= atMost
  return (
    <Settings title={words.twoFactor.authenticators.title} visitor={visitor} current="account">
      <CalloutBox of={flash} />
      <p class="lead">
        {authenticators.some(({ passkey }) => passkey) ? words.passkeys.list.lead : words.twoFactor.authenticators.lead}
      </p>
      <div class="panel stack loose">
        <h2>{words.twoFactor.authenticators.yours}</h2>
        <AuthenticatorList
          authenticators={authenticators}
          actions={({ id }, nameId) => (
            <div class="row">
              <a class="button" href={`${LIST}/${id}/rename`} aria-describedby={nameId}>
                {words.twoFactor.authenticators.rename}
              </a>
              <a class="button danger" href={`${LIST}/${id}/remove`} aria-describedby={nameId}>
                {words.ui.remove}
              </a>
            </div>
          )}
        />
        <div class="row">
          {!full && <FlowButton flow="add" class="primary" />}
          <a class="button" href="/settings/two-factor/replace/move">
            {words.twoFactor.move.title}
          </a>
        </div>
        {full && <p class="hint">{words.twoFactor.authenticators.full(atMost)}</p>}
      </div>
      {parts}
      {!full && <FlowPopUp visitor={visitor} flow="add" />}
    </Settings>
  )
}
