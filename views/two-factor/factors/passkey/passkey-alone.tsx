import { SecondStepForm, type SecondStepFrame } from '../../../sign-in/second-step-form.tsx'
import { words } from '../../../words/words.ts'
import { PasskeyFailed, PasskeyField, WithPasskeys } from './passkey-field.tsx'

const SIGN_IN = '/sign-in'

/** Signs in with a passkey alone, by the button or from what the browser offers where the name is typed. */
export const PasskeyAlone = ({ frame, options }: { frame: SecondStepFrame; options: object }) => {
  const { returnTo } = frame
  return (
    <WithPasskeys>
      <SecondStepForm frame={{ ...frame, action: `${SIGN_IN}/passkey` }}>
        <PasskeyField
          asks={{ get: options }}
          autofill
          anew={returnTo ? `${SIGN_IN}?return_to=${encodeURIComponent(returnTo)}` : SIGN_IN}
        />
        <button type="submit" class="wide">
          {words.passkeys.signIn.submit}
        </button>
        <PasskeyFailed>{words.passkeys.signIn.failed}</PasskeyFailed>
      </SecondStepForm>
    </WithPasskeys>
  )
}
