import { Settings } from '../layouts.tsx'
import { ErrorSummary } from '../ui/error-summary.tsx'
import { PasswordField } from '../ui/password-field.tsx'
import type { FormState, Visitor } from '../ui/types.ts'
import { words } from '../words/words.ts'
import { SettingsButtons } from './settings-buttons.tsx'

type ChangePasswordPageProps = {
  visitor: Visitor
  form: FormState<'current' | 'new'>
  minLength: number
  email: string
}

/** The current password and a new one of at least `minLength` characters. */
export const ChangePasswordPage = ({ visitor, form, minLength, email }: ChangePasswordPageProps) => (
  <Settings title={words.settings.changePassword.title} visitor={visitor} current="account">
    <ErrorSummary form={form} />
    <p class="lead">{words.settings.changePassword.lead}</p>
    <form method="post" action="/settings/password" class="panel stack" novalidate>
      {/* Without a name it is not sent: it tells a password manager whose password this is. */}
      <input type="text" autocomplete="username" value={email} readonly hidden />
      <PasswordField
        form={form}
        name="current"
        label={words.ui.currentPassword}
        autocomplete="current-password"
        autofocus
      />
      <PasswordField
        form={form}
        name="new"
        label={words.ui.newPassword}
        autocomplete="new-password"
        hint={words.ui.atLeast(minLength)}
      />
      <SettingsButtons submit={words.settings.changePassword.title} />
    </form>
  </Settings>
)
