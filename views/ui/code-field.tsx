import { words } from '../words/words.ts'
import { Field, type FieldProps } from './field.tsx'

type CodeFieldProps = Omit<FieldProps, 'name' | 'label'> & { digitsOnly?: boolean | undefined }

/** The one-time code. `digitsOnly` where a recovery code, which has letters, is not taken. */
export const CodeField = ({ digitsOnly, ...props }: CodeFieldProps) => (
  <Field
    {...props}
    name="code"
    label={words.ui.code}
    input={{
      class: 'one-time',
      type: 'text',
      inputmode: digitsOnly ? 'numeric' : undefined,
      autocomplete: 'one-time-code',
      autocapitalize: 'none',
      autocorrect: 'off',
      spellcheck: 'false',
      'data-code-field': '',
    }}
  />
)
