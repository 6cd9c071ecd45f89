import type { Child } from 'hono/jsx'
import { Narrow } from '../layouts.tsx'
import { ButtonForm } from '../ui/button-form.tsx'
import { CodeField } from '../ui/code-field.tsx'
import { ErrorSummary } from '../ui/error-summary.tsx'
import { Tick } from '../ui/tick.tsx'
import type { FormState } from '../ui/types.ts'
import { SecondStepForm } from './second-step-form.tsx'

type SecondStepPageProps = {
  form: FormState
  returnTo?: string | undefined
  canUseAuthenticator: boolean
  /** Forms of the kinds that ask a challenge. */
  parts?: Child[]
}

/** The second step of signing in. One field takes either kind of code. The tick is before it: a code that is pasted is sent at once. */
export const SecondStepPage = ({ form, returnTo, canUseAuthenticator, parts }: SecondStepPageProps) => (
  <Narrow title="Two-Factor Authentication">
    <ErrorSummary form={form} />
    <p class="lead">
      {canUseAuthenticator
        ? 'Enter the six digits your authenticator app shows now, or one of your recovery codes.'
        : 'Too many wrong codes in a row: the authenticator is locked. Enter one of your recovery codes to free it.'}
    </p>
    <SecondStepForm frame={{ form, returnTo }}>
      {canUseAuthenticator && (
        <Tick name="trust" ticked={form.values?.trust === 'yes'}>
          Don't ask on this browser for 30 days
        </Tick>
      )}
      <CodeField form={form} autofocus />
      <button type="submit" class="primary wide">
        Verify
      </button>
    </SecondStepForm>
    {parts}
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
