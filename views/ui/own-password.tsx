import { PasswordField } from './password-field.tsx'
import type { FormState, Viewer } from './types.ts'

type OwnPasswordProps = { viewer: Viewer; form: FormState; autofocus?: boolean | undefined }

/** The signed-in person's password, for a change that asks for it among its other fields. */
export const OwnPassword = ({ viewer, form, autofocus }: OwnPasswordProps) => (
  <div>
    {/* Without a name it is not sent: it tells a password manager whose password this is. */}
    <input type="text" autocomplete="username" value={viewer.email} readonly hidden />
    <PasswordField
      form={form}
      name="password"
      label="Password"
      hint="Of your account, to confirm that it is you."
      autocomplete="current-password"
      autofocus={autofocus}
    />
  </div>
)
