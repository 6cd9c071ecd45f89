import { Settings } from '../layouts.tsx'
import { ErrorSummary } from '../ui/error-summary.tsx'
import { OwnPassword } from '../ui/own-password.tsx'
import type { FormState, Visitor } from '../ui/types.ts'
import { words } from '../words/words.ts'
import { SettingsButtons } from './settings-buttons.tsx'

/** What goes and when, how to take it back, and the password that it takes. */
export const DeleteAccountPage = ({ visitor, form }: { visitor: Visitor; form: FormState<'password'> }) => (
  <Settings title={words.settings.deleteAccount.title} visitor={visitor} current="account">
    <ErrorSummary form={form} />
    <p class="lead">{words.settings.deleteAccount.lead}</p>
    <p>{words.settings.deleteAccount.until}</p>
    <p>
      {words.settings.deleteAccount.stays} <a href="/settings/account/data">{words.settings.data.title}</a>
    </p>
    <form method="post" action="/settings/account/delete" class="panel stack" novalidate>
      <OwnPassword visitor={visitor} form={form} autofocus={!form.errors?.['']} />
      <SettingsButtons submit={words.settings.deleteAccount.title} isDangerous />
    </form>
  </Settings>
)
