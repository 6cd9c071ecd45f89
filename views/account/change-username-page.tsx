import { Settings } from '../layouts.tsx'
import { ErrorSummary } from '../ui/error-summary.tsx'
import { Field } from '../ui/field.tsx'
import { PasswordField } from '../ui/password-field.tsx'
import type { FormState, Visitor } from '../ui/types.ts'
import { words } from '../words/words.ts'
import { SettingsButtons } from './settings-buttons.tsx'

type ChangeUsernamePageProps = {
  visitor: Visitor & { account: { username: string } }
  form: FormState<'username' | 'password'>
  /** The operator lets nobody change theirs. */
  isFixed: boolean
}

/** The new username, and the password. */
export const ChangeUsernamePage = ({ visitor, form, isFixed }: ChangeUsernamePageProps) => (
  <Settings title={words.settings.changeUsername.title} visitor={visitor} current="account">
    <ErrorSummary form={form} />
    <p class="lead">{words.settings.changeUsername.lead(<span class="long">{visitor.account.username}</span>)}</p>
    {isFixed ? (
      <p>{words.messages.username.usernames_stay}</p>
    ) : (
      <form method="post" action="/settings/username" class="panel stack" novalidate>
        <Field
          form={form}
          name="username"
          label={words.settings.changeUsername.newUsername}
          hint={words.settings.changeUsername.hint}
          autofocus={!form.errors?.['']}
          input={{
            type: 'text',
            autocomplete: 'username',
            autocapitalize: 'none',
            spellcheck: 'false',
            value: form.values?.username,
          }}
        />
        <PasswordField form={form} name="password" label={words.ui.password} autocomplete="current-password" />
        <SettingsButtons submit={words.settings.changeUsername.title} />
      </form>
    )}
  </Settings>
)
