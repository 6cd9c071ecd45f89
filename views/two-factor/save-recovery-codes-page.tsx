import { Settings } from '../layouts.tsx'
import { ButtonForm } from '../ui/button-form.tsx'
import { ErrorSummary } from '../ui/error-summary.tsx'
import { RecoveryCodeList } from '../ui/recovery-code-list.tsx'
import { RowForm } from '../ui/row-form.tsx'
import { SavedTick } from '../ui/saved-tick.tsx'
import type { FormState, Visitor } from '../ui/types.ts'
import { words } from '../words/words.ts'
import { RecoveryCodeActions } from './recovery-code-actions.tsx'
import { Steps } from './steps.tsx'

const PATH = '/settings/two-factor/set-up/recovery-codes'

type SaveRecoveryCodesPageProps = {
  visitor: Visitor
  enrolmentId: string
  codes: string[]
  downloaded: boolean
  form: FormState<'saved'>
}

/** Step 2 of setting up. The tick is not `required`: a download without the script counts as one. */
export const SaveRecoveryCodesPage = ({
  visitor,
  enrolmentId,
  codes,
  downloaded,
  form,
}: SaveRecoveryCodesPageProps) => {
  return (
    <Settings title={words.twoFactor.save.title} visitor={visitor} current="account" above={<Steps step={2} />}>
      <ErrorSummary form={form} />
      <p class="lead">{words.twoFactor.save.lead}</p>
      <div class="panel stack kept">
        <RecoveryCodeList codes={codes.map((code) => ({ code, usedAt: null }))} />
        <RecoveryCodeActions path={PATH} />
      </div>
      <RowForm
        action={PATH}
        submit={words.ui.done}
        beside={
          <ButtonForm action="/settings/two-factor/set-up/cancel" class="plain">
            {words.ui.cancel}
          </ButtonForm>
        }
      >
        <input type="hidden" name="enrolment" value={enrolmentId} />
        <SavedTick form={form} ticked={downloaded || form.values?.saved === 'yes'} />
        <p class="hint">{words.twoFactor.save.notYet}</p>
      </RowForm>
    </Settings>
  )
}
