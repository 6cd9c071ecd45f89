import { Field, type FieldProps } from './field.tsx'

type PasswordFieldProps = FieldProps & { autocomplete: 'current-password' | 'new-password' }

/** A password, never shown again. The script adds a button to look at it: w3m would send the form by that one too. */
export const PasswordField = ({ autocomplete, ...props }: PasswordFieldProps) => (
  <Field {...props} input={{ type: 'password', autocomplete }} />
)
