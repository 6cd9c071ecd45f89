import type { Child } from 'hono/jsx'
import { Settings } from '../layouts.tsx'
import { SecondStepForm, type SecondStepFrame } from '../sign-in/second-step-form.tsx'
import { CodeField } from '../ui/code-field.tsx'
import { ErrorSummary } from '../ui/error-summary.tsx'
import type { Visitor } from '../ui/types.ts'
import { words } from '../words/words.ts'

type FreshProofPageProps = {
  visitor: Visitor
  frame: SecondStepFrame
  /** Forms of the kinds that ask a challenge. */
  parts: Child[]
  /** No code is enough. */
  onlyPasskeys: boolean
  /** Nothing else is typed here. */
  onlyRecoveryCodes: boolean
  /** No recovery code is enough. */
  onlyHeld: boolean
}

/** The second factor once more, before what needs one that was shown lately. */
export const FreshProofPage = (props: FreshProofPageProps) => {
  const { visitor, frame, parts, onlyPasskeys, onlyRecoveryCodes, onlyHeld } = props
  const { lead, leadHeld } = words.twoFactor.freshProof
  return (
    <Settings title={words.twoFactor.freshProof.title} visitor={visitor} current="account">
      <ErrorSummary form={frame.form} />
      <div class="panel stack">
        {onlyPasskeys && <p class="lead">{words.passkeys.freshProof.onlyPasskeys}</p>}
        {parts}
        {!onlyPasskeys && (
          <>
            <p class="lead">
              {onlyHeld ? leadHeld : onlyRecoveryCodes ? words.passkeys.freshProof.recoveryCode : lead}
            </p>
            <SecondStepForm frame={frame}>
              <CodeField form={frame.form} autofocus={parts.length === 0} />
              <button type="submit" class="primary">
                {words.ui.continue}
              </button>
            </SecondStepForm>
          </>
        )}
      </div>
    </Settings>
  )
}
