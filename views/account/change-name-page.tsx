import { Settings } from '../layouts.tsx'
import { ErrorSummary } from '../ui/error-summary.tsx'
import { Field } from '../ui/field.tsx'
import type { FormState, Visitor } from '../ui/types.ts'
import { words } from '../words/words.ts'
import { SettingsButtons } from './settings-buttons.tsx'

type ChangeNamePageProps = { visitor: Visitor; form: FormState<'name'> }

/** What others read in the place of the address. */
export const ChangeNamePage = ({ visitor, form }: ChangeNamePageProps) => (
  <Settings title={words.settings.changeName.title} visitor={visitor} current="account">
    <ErrorSummary form={form} />
    <p class="lead">{words.settings.changeName.lead}</p>
    <form method="post" action="/settings/name" class="panel stack" novalidate>
      <Field
        form={form}
        name="name"
        label={words.settings.changeName.label}
        autofocus
        optional
        input={{ type: 'text', autocomplete: 'name', value: form.values?.name }}
      />
      <SettingsButtons submit={words.settings.changeName.submit} />
    </form>
  </Settings>
)
