import { Narrow } from '../layouts.tsx'
import { Address } from '../ui/address.tsx'
import { ErrorSummary } from '../ui/error-summary.tsx'
import { PasswordField } from '../ui/password-field.tsx'
import type { FormState } from '../ui/types.ts'
import { words } from '../words/words.ts'

type NewPasswordPageProps = { email: string; form: FormState<'password'>; minLength: number }

/** What the link in the mail leads to: a new password of at least `minLength` characters for the account of `email`. */
export const NewPasswordPage = ({ email, form, minLength }: NewPasswordPageProps) => (
  <Narrow title={words.signIn.newPassword.title}>
    <ErrorSummary form={form} />
    <p class="lead">
      {words.signIn.newPassword.lead(
        <strong class="long">
          <Address of={email} />
        </strong>,
      )}
    </p>
    <form method="post" action="/mail/reset-password" class="stack" novalidate>
      {/* Without a name it is not sent: it tells a password manager whose password this is. */}
      <input type="text" autocomplete="username" value={email} readonly hidden />
      <PasswordField
        form={form}
        name="password"
        label={words.ui.newPassword}
        autocomplete="new-password"
        hint={words.ui.atLeast(minLength)}
        autofocus={!form.errors?.['']}
      />
      <button type="submit" class="primary wide">
        {words.signIn.newPassword.submit}
      </button>
    </form>
  </Narrow>
)
