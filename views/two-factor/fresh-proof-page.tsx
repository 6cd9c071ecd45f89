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
}

/** The second factor once more, before what needs one that was shown lately. */
export const FreshProofPage = ({ visitor, frame, parts }: FreshProofPageProps) => (
  <Settings title={words.twoFactor.freshProof.title} visitor={visitor} current="account">
    <ErrorSummary form={frame.form} />
    <div class="panel stack">
      <p class="lead">{words.twoFactor.freshProof.lead}</p>
      <SecondStepForm frame={frame}>
        <CodeField form={frame.form} autofocus />
        <button type="submit" class="primary">
          {words.ui.continue}
        </button>
      </SecondStepForm>
      {parts}
    </div>
  </Settings>
)
