import { Narrow } from '../layouts.tsx'
import { EmailField } from '../ui/email-field.tsx'
import { ErrorSummary } from '../ui/error-summary.tsx'
import type { FormState } from '../ui/types.ts'

/** Asks where to send the link to a new password. */
export const ResetPasswordPage = ({ form }: { form: FormState<'email'> }) => (
  <Narrow title="Reset your password">
    <ErrorSummary form={form} />
    <p class="lead">A link to choose a new one goes to the address of your account.</p>
    <form method="post" action="/reset-password" class="stack" novalidate>
      <EmailField form={form} name="email" label="Email" autofocus refused={Boolean(form.errors?.[''])} />
      <button type="submit" class="primary wide">
        Send link
      </button>
    </form>
    <p class="aside">
      Know it after all? <a href="/sign-in">Sign in</a>
    </p>
  </Narrow>
)
