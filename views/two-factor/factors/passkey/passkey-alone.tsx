import { SecondStepForm, type SecondStepFrame } from '../../../sign-in/second-step-form.tsx'
import { words } from '../../../words/words.ts'
import { PasskeyFailed, PasskeyField, WithPasskeys } from './passkey-field.tsx'
import { UnknownPasskey } from './told-devices.tsx'

const SIGN_IN = '/sign-in'

type PasskeyAloneProps = {
  frame: SecondStepFrame
  options: { rpId: string }
  /** The credential that was refused, where nobody here has it. */
  unknown?: string | undefined
}

/** Signs in with a passkey alone, by the button or from what the browser offers where the name is typed. */
export const PasskeyAlone = ({ frame, options, unknown }: PasskeyAloneProps) => {
  const { returnTo, form } = frame
  return (
    <WithPasskeys>
      <SecondStepForm frame={{ ...frame, action: `${SIGN_IN}/passkey` }}>
        <PasskeyField
          asks={{ get: options }}
          autofill={!form.errors?.passkey} // a device that answers by itself would be refused again and again
          anew={returnTo ? `${SIGN_IN}?return_to=${encodeURIComponent(returnTo)}` : SIGN_IN}
        />
        <button type="submit" class="wide" id="passkey">
          {words.passkeys.signIn.submit}
        </button>
        <PasskeyFailed>{words.passkeys.signIn.failed}</PasskeyFailed>
      </SecondStepForm>
      {unknown && <UnknownPasskey rpId={options.rpId} credentialId={unknown} />}
    </WithPasskeys>
  )
}
