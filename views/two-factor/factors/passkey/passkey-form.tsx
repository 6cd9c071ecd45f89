import { SecondStepForm, type SecondStepFrame } from '../../../sign-in/second-step-form.tsx'
import { Tick } from '../../../ui/tick.tsx'
import { words } from '../../../words/words.ts'
import { PasskeyFailed, PasskeyField, WithoutPasskeys, WithPasskeys } from './passkey-field.tsx'

type PasskeyFormProps = {
  frame: SecondStepFrame
  options: object
  /** Whether the account has an authenticator app as well. Otherwise what else opens it is a recovery code. */
  hasTyped: boolean
}

const SIGN_IN = '/sign-in/two-factor'

/** Asks the browser for one of the account's passkeys; a way that needs no script follows. */
export const PasskeyForm = ({ frame, options, hasTyped }: PasskeyFormProps) => {
  const { action = SIGN_IN, returnTo, form } = frame
  const said = words.passkeys.secondStep
  const anew = returnTo ? `${action}?return_to=${encodeURIComponent(returnTo)}` : action
  return (
    <>
      <WithPasskeys>
        <p class="lead">{said.lead}</p>
        <SecondStepForm frame={frame}>
          <PasskeyField asks={{ get: options }} anew={anew} />
          {action === SIGN_IN && (
            <Tick name="trust" id="trust-with-passkey" ticked={form.values?.trust === 'yes'}>
              {words.signIn.secondStep.trust}
            </Tick>
          )}
          <button type="submit" class="primary wide">
            {said.submit}
          </button>
          <PasskeyFailed>{said.failed}</PasskeyFailed>
        </SecondStepForm>
        <h2>{said.anotherWay}</h2>
      </WithPasskeys>
      {!hasTyped && (
        <WithoutPasskeys>
          <p>{said.onlyPasskeys}</p>
        </WithoutPasskeys>
      )}
    </>
  )
}
