import { Field, type FieldProps } from './field.tsx'

/** A word or two. A refused form shows what was typed. */
export const TextField = (props: FieldProps) => (
  <Field
    {...props}
    input={{
      type: 'text',
      autocomplete: 'off',
      autocapitalize: 'none',
      spellcheck: 'false',
      value: props.form.values?.[props.name],
    }}
  />
)
