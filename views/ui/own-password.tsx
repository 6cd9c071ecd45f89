import { words } from '../words/words.ts'
import { PasswordField } from './password-field.tsx'
import type { FormState, Visitor } from './types.ts'

type OwnPasswordProps = { visitor: Visitor; form: FormState; autofocus?: boolean | undefined }

/** The signed-in person's password, for a change that asks for it among its other fields. */
export const OwnPassword = ({ visitor, form, autofocus }: OwnPasswordProps) => (
  <div>
    {/* Without a name it is not sent: it tells a password manager whose password this is. */}
    <input type="text" autocomplete="username" value={visitor.account.email} readonly hidden />
    <PasswordField
      form={form}
      name="password"
      label={words.ui.password}
      hint={words.ui.ownPassword}
      autocomplete="current-password"
      autofocus={autofocus}
    />
  </div>
)
