import { Field } from '../ui/field.tsx'
import type { FormState } from '../ui/types.ts'

type NameFieldProps = { form: FormState; name?: string | undefined; autofocus?: boolean | undefined }

/**
 * What its owner calls an authenticator. `name` stands in it until something else was typed. Without `maxlength`, which
 * cuts what is pasted and says nothing, and counts an emoji as two.
 */
export const NameField = ({ form, name, autofocus }: NameFieldProps) => (
  <Field
    form={form}
    name="name"
    label="Name"
    hint="To tell it from your others: the phone it is on, perhaps."
    autofocus={autofocus}
    input={{ type: 'text', value: form.values?.name ?? name, autocomplete: 'off' }}
  />
)
