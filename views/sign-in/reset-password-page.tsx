import { Narrow } from '../layouts.tsx'
import { EmailField } from '../ui/email-field.tsx'
import { ErrorSummary } from '../ui/error-summary.tsx'
import type { FormState } from '../ui/types.ts'
import { words } from '../words/words.ts'

/** Asks where to send the link to a new password. */
export const ResetPasswordPage = ({ form }: { form: FormState<'email'> }) => (
  <Narrow title={words.signIn.resetPassword.title}>
    <ErrorSummary form={form} />
    <p class="lead">{words.signIn.resetPassword.lead}</p>
    <form method="post" action="/reset-password" class="stack" novalidate>
      <EmailField form={form} name="email" label={words.ui.email} autofocus refused={Boolean(form.errors?.[''])} />
      <button type="submit" class="primary wide">
        {words.signIn.resetPassword.submit}
      </button>
    </form>
    <p class="aside">
      {words.signIn.resetPassword.remembered} <a href="/sign-in">{words.signIn.signIn.title}</a>
    </p>
  </Narrow>
)
