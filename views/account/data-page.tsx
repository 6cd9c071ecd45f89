import { Settings } from '../layouts.tsx'
import { ErrorSummary } from '../ui/error-summary.tsx'
import { OwnPassword } from '../ui/own-password.tsx'
import type { FormState, Visitor } from '../ui/types.ts'
import { words } from '../words/words.ts'
import { SettingsButtons } from './settings-buttons.tsx'

/** What the file has in it, and the password that it takes. The page stays, so the form can be sent again. */
export const DataPage = ({ visitor, form }: { visitor: Visitor; form: FormState<'password'> }) => (
  <Settings title={words.settings.data.title} visitor={visitor} current="account">
    <ErrorSummary form={form} />
    <p class="lead">{words.settings.data.lead}</p>
    <form method="post" action="/settings/account/data" class="panel stack" data-repeatable novalidate>
      <OwnPassword visitor={visitor} form={form} autofocus />
      <SettingsButtons submit={words.settings.data.title} />
    </form>
  </Settings>
)
