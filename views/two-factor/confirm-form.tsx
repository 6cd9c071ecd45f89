import type { Child } from 'hono/jsx'
import { PasswordField } from '../ui/password-field.tsx'
import { RowForm } from '../ui/row-form.tsx'
import type { FormState, Visitor } from '../ui/types.ts'
import { words } from '../words/words.ts'
import { type Flow, flows } from './flows.ts'

type ConfirmFormProps = {
  visitor: Visitor
  flow: Flow
  form: FormState<'password'>
  fieldId: string
  cancel: Child
  /** The authenticator it is about, where there are several. */
  about?: string | undefined
}

/** The signed-in person's password, to go on with a flow. */
export const ConfirmForm = ({ visitor, flow, form, fieldId, cancel, about }: ConfirmFormProps) => (
  <RowForm
    action={flows[flow].action}
    submit={words.ui.continue}
    class={flow === 'disable' ? 'danger' : 'primary'}
    beside={cancel}
  >
    {/* Without a name it is not sent: it tells a password manager whose password this is. */}
    <input type="text" autocomplete="username" value={visitor.account.email} readonly hidden />
    {about && <input type="hidden" name="authenticator" value={about} />}
    <PasswordField
      form={form}
      name="password"
      id={fieldId}
      label={words.ui.password}
      autocomplete="current-password"
      autofocus
    />
  </RowForm>
)
