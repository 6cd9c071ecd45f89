import { Field } from '../ui/field.tsx'
import type { FormState } from '../ui/types.ts'
import { words } from '../words/words.ts'

type NameFieldProps = { form: FormState; name?: string | undefined; autofocus?: boolean | undefined }

/**
 * What its owner calls an authenticator. `name` stands in it until something else was typed. Without `maxlength`, which
 * cuts what is pasted and says nothing, and counts an emoji as two.
 */
export const NameField = ({ form, name, autofocus }: NameFieldProps) => (
  <Field
    form={form}
    name="name"
    label={words.twoFactor.enrol.name}
    hint={words.twoFactor.enrol.nameHint}
    autofocus={autofocus}
    input={{ type: 'text', value: form.values?.name ?? name, autocomplete: 'off' }}
  />
)
