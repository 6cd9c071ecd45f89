import { Settings } from '../layouts.tsx'
import { ErrorSummary } from '../ui/error-summary.tsx'
import { OwnPassword } from '../ui/own-password.tsx'
import type { FormState, Visitor } from '../ui/types.ts'
import { words } from '../words/words.ts'

type PasswordAgainPageProps = { visitor: Visitor; form: FormState<'password'>; returnTo: string | undefined }

/** The password once more, before what needs one that was typed lately. */
export const PasswordAgainPage = ({ visitor, form, returnTo }: PasswordAgainPageProps) => (
  <Settings title={words.settings.passwordAgain.title} visitor={visitor} current="account">
    <ErrorSummary form={form} />
    <form method="post" action="/settings/password/again" class="panel stack" novalidate>
      <p class="lead">{words.settings.passwordAgain.lead}</p>
      {returnTo && <input type="hidden" name="return_to" value={returnTo} />}
      <OwnPassword visitor={visitor} form={form} autofocus />
      <button type="submit" class="primary">
        {words.ui.continue}
      </button>
    </form>
  </Settings>
)
