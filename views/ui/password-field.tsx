import { words } from '../words/words.ts'
import { Field, type FieldProps } from './field.tsx'

type PasswordFieldProps = FieldProps & { autocomplete: 'current-password' | 'new-password' }

/** A password, never shown again. The script adds a button to look at it: w3m would send the form by that one too. */
export const PasswordField = ({ autocomplete, ...props }: PasswordFieldProps) => (
  <Field
    {...props}
    input={{
      type: 'password',
      autocomplete,
      'data-show': words.ui.show,
      'data-show-label': words.ui.showPassword,
      'data-hide': words.ui.hide,
      'data-hide-label': words.ui.hidePassword,
    }}
  />
)
