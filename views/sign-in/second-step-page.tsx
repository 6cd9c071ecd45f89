import { Narrow } from '../layouts.tsx'
import { ButtonForm } from '../ui/button-form.tsx'
import { CodeField } from '../ui/code-field.tsx'
import { CookieAsked } from '../ui/cookie-asked.tsx'
import { ErrorSummary } from '../ui/error-summary.tsx'
import { Tick } from '../ui/tick.tsx'
import type { FormState } from '../ui/types.ts'

type SecondStepPageProps = {
  form: FormState<'code' | 'trust'>
  returnTo?: string | undefined
  canUseAuthenticator: boolean
}

/** The second step of signing in. One field takes either kind of code. The tick is before it: a code that is pasted is sent at once. */
export const SecondStepPage = ({ form, returnTo, canUseAuthenticator }: SecondStepPageProps) => (
  <Narrow title="Two-Factor Authentication">
    <ErrorSummary form={form} />
    <p class="lead">
      {canUseAuthenticator
        ? 'Enter the six digits your authenticator app shows now, or one of your recovery codes.'
        : 'Too many wrong codes in a row: the authenticator is locked. Enter one of your recovery codes to free it.'}
    </p>
    <form method="post" action="/sign-in/two-factor" class="stack" novalidate>
      <CookieAsked form={form} />
      {returnTo && <input type="hidden" name="return_to" value={returnTo} />}
      {canUseAuthenticator && (
        <Tick name="trust" ticked={form.values?.trust === 'yes'}>
          Don't ask on this browser for 30 days
        </Tick>
      )}
      <CodeField form={form} autofocus />
      <button type="submit" class="primary wide">
        Verify
      </button>
    </form>
    <ButtonForm action="/sign-in/two-factor/cancel" class="plain wide">
      Cancel
    </ButtonForm>
    <details>
      <summary>Lost your device?</summary>
      <p>
        Type one of your recovery codes above. Once you are in, open Settings, Authenticators, and choose Move to a New
        Phone: the lost device then no longer opens your account.
      </p>
    </details>
  </Narrow>
)
