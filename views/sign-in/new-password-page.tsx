import { Narrow } from '../layouts.tsx'
import { Address } from '../ui/address.tsx'
import { ErrorSummary } from '../ui/error-summary.tsx'
import { PasswordField } from '../ui/password-field.tsx'
import type { FormState } from '../ui/types.ts'

type NewPasswordPageProps = { email: string; form: FormState<'password'>; minLength: number }

/** What the link in the mail leads to: a new password of at least `minLength` characters for the account of `email`. */
export const NewPasswordPage = ({ email, form, minLength }: NewPasswordPageProps) => (
  <Narrow title="Choose a new password">
    <ErrorSummary form={form} />
    <p class="lead">
      For{' '}
      <strong class="long">
        <Address of={email} />
      </strong>
      . It signs you out everywhere; a second factor stays as it is.
    </p>
    <form method="post" action="/mail/reset-password" class="stack" novalidate>
      {/* Without a name it is not sent: it tells a password manager whose password this is. */}
      <input type="text" autocomplete="username" value={email} readonly hidden />
      <PasswordField
        form={form}
        name="password"
        label="New password"
        autocomplete="new-password"
        hint={`At least ${minLength} characters, any you like.`}
        autofocus={!form.errors?.['']}
      />
      <button type="submit" class="primary wide">
        Save password
      </button>
    </form>
  </Narrow>
)
