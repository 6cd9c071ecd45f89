import { Settings } from '../layouts.tsx'
import { ErrorSummary } from '../ui/error-summary.tsx'
import { PasswordField } from '../ui/password-field.tsx'
import type { FormState, Viewer } from '../ui/types.ts'

type ChangePasswordPageProps = {
  viewer: Viewer
  form: FormState<'current' | 'new'>
  minLength: number
  email: string
}

/** The current password and a new one of at least `minLength` characters. */
export const ChangePasswordPage = ({ viewer, form, minLength, email }: ChangePasswordPageProps) => (
  <Settings title="Change Password" viewer={viewer} current="account">
    <ErrorSummary form={form} />
    <p class="lead">Changing it signs you out everywhere else.</p>
    <form method="post" action="/settings/password" class="panel stack" novalidate>
      {/* Without a name it is not sent: it tells a password manager whose password this is. */}
      <input type="text" autocomplete="username" value={email} readonly hidden />
      <PasswordField form={form} name="current" label="Current password" autocomplete="current-password" autofocus />
      <PasswordField
        form={form}
        name="new"
        label="New password"
        autocomplete="new-password"
        hint={`At least ${minLength} characters, any you like.`}
      />
      <div class="row">
        <button type="submit" class="primary">
          Change Password
        </button>
        <a class="button plain" href="/settings/account">
          Cancel
        </a>
      </div>
    </form>
  </Settings>
)
