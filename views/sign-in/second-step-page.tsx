import type { Child } from 'hono/jsx'
import { Narrow } from '../layouts.tsx'
import { ButtonForm } from '../ui/button-form.tsx'
import { CodeField } from '../ui/code-field.tsx'
import { ErrorSummary } from '../ui/error-summary.tsx'
import { Tick } from '../ui/tick.tsx'
import type { FormState } from '../ui/types.ts'
import { words } from '../words/words.ts'
import { SecondStepForm } from './second-step-form.tsx'

type SecondStepPageProps = {
  form: FormState
  returnTo?: string | undefined
  canUseAuthenticator: boolean
  /** Nothing else is typed here. */
  onlyRecoveryCodes?: boolean | undefined
  /** Whether a wait replaces what is lost here. */
  canRecover: boolean
  /** Forms of the kinds that ask a challenge. */
  parts?: Child[]
}

/** The second step of signing in. One field takes either kind of code. The tick is before it: a code that is pasted is sent at once. */
export const SecondStepPage = ({
  form,
  returnTo,
  canUseAuthenticator,
  onlyRecoveryCodes,
  canRecover,
  parts = [],
}: SecondStepPageProps) => (
  <Narrow title={words.signIn.secondStep.title}>
    <ErrorSummary form={form} />
    {parts}
    <p class="lead">{lead(canUseAuthenticator, onlyRecoveryCodes)}</p>
    <SecondStepForm frame={{ form, returnTo }}>
      {canUseAuthenticator && !onlyRecoveryCodes && (
        <Tick name="trust" ticked={form.values?.trust === 'yes'}>
          {words.signIn.secondStep.trust}
        </Tick>
      )}
      <CodeField form={form} autofocus={parts.length === 0} />
      <button type="submit" class="primary wide">
        {words.signIn.secondStep.submit}
      </button>
    </SecondStepForm>
    <ButtonForm action="/sign-in/two-factor/cancel" class="plain wide">
      {words.ui.cancel}
    </ButtonForm>
    <details>
      <summary>{words.signIn.secondStep.lost}</summary>
      <p>{words.signIn.secondStep.lostHelp}</p>
      <p>
        <a href="/sign-in/two-factor/rescue">{words.signIn.rescue.link}</a>
      </p>
      {canRecover && (
        <p>
          <a href="/sign-in/two-factor/lost-everything">{words.signIn.lostEverything.link}</a>
        </p>
      )}
    </details>
  </Narrow>
)

function lead(canUseAuthenticator: boolean, onlyRecoveryCodes = false): string {
  const { lead, locked } = words.signIn.secondStep
  if (!canUseAuthenticator) return locked
  return onlyRecoveryCodes ? words.passkeys.secondStep.recoveryCode : lead
}
