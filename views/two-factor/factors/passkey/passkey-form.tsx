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
  const { action = SIGN_IN, form, level } = frame
  const isSignIn = action === SIGN_IN
  const said = words.passkeys.secondStep
  return (
    <>
      <WithPasskeys>
        <p class="lead">{said.lead}</p>
        <SecondStepForm frame={frame}>
          <PasskeyField asks={{ get: options }} anew={pageOf(action, frame)} />
          {isSignIn && (
            <Tick name="trust" id="trust-with-passkey" ticked={form.values?.trust === 'yes'}>
              {words.signIn.secondStep.trust}
            </Tick>
          )}
          <button type="submit" class={isSignIn ? 'primary wide' : 'primary'}>
            {said.submit}
          </button>
          <PasskeyFailed>{level ? said.failedAlone : said.failed}</PasskeyFailed>
        </SecondStepForm>
        {!level && <h2>{said.anotherWay}</h2>}
      </WithPasskeys>
      {!hasTyped && !level && (
        <WithoutPasskeys>
          <p>{said.onlyPasskeys}</p>
        </WithoutPasskeys>
      )}
    </>
  )
}

/** The page that asks again: of where it goes on to, and what it has to reach. */
function pageOf(action: string, { returnTo, level }: SecondStepFrame): string {
  const query = new URLSearchParams({ ...(returnTo && { return_to: returnTo }), ...(level && { level }) })
  return query.size > 0 ? `${action}?${query}` : action
}
