import { Settings } from '../layouts.tsx'
import { Address } from '../ui/address.tsx'
import { EmailField } from '../ui/email-field.tsx'
import { ErrorSummary } from '../ui/error-summary.tsx'
import { PasswordField } from '../ui/password-field.tsx'
import type { FormState, Visitor } from '../ui/types.ts'
import { words } from '../words/words.ts'

type ChangeEmailPageProps = { visitor: Visitor; form: FormState<'email' | 'password'> }

/** The new address, and the password. */
export const ChangeEmailPage = ({ visitor, form }: ChangeEmailPageProps) => (
  <Settings title={words.settings.changeEmail.title} visitor={visitor} current="account">
    <ErrorSummary form={form} />
    <p class="lead">
      {words.settings.changeEmail.lead(
        <span class="long">
          <Address of={visitor.account.email} />
        </span>,
      )}
    </p>
    <form method="post" action="/settings/email/change" class="panel stack" novalidate>
      <EmailField form={form} name="email" label={words.settings.changeEmail.newEmail} autofocus={!form.errors?.['']} />
      <PasswordField form={form} name="password" label={words.ui.password} autocomplete="current-password" />
      <div class="row">
        <button type="submit" class="primary">
          {words.settings.changeEmail.submit}
        </button>
        <a class="button plain" href="/settings/email">
          {words.ui.cancel}
        </a>
      </div>
    </form>
  </Settings>
)
