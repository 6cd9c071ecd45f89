import { Field, type FieldProps } from './field.tsx'

/** The account's address. A refused form shows what was typed. */
export const EmailField = (props: FieldProps) => (
  <Field
    {...props}
    input={{
      type: 'email',
      inputmode: 'email',
      autocomplete: 'username',
      autocapitalize: 'none',
      spellcheck: 'false',
      value: props.form.values?.[props.name],
    }}
  />
)
