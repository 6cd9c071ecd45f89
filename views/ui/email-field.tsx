import { Field, type FieldProps } from './field.tsx'

/** The address an account is known by. What was typed is shown again when the form is refused. */
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
