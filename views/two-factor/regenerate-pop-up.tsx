import type { Child } from 'hono/jsx'
import { ButtonForm } from '../ui/button-form.tsx'
import { PopUp, PopUpButton, PopUpCancel } from '../ui/pop-up.tsx'

export const REGENERATE = {
  title: 'Generate new recovery codes',
  action: '/settings/two-factor/recovery-codes/regenerate',
  sentence:
    'You get twelve new codes at once, and the old ones stop working. Lists you have saved or printed become waste paper.',
} as const

/** Are you sure? In the pop-up, and on the page for browsers without one. `set` names the codes that are to be replaced. */
export const RegenerateForm = ({ set, cancel }: { set: string; cancel: Child }) => (
  <div class="row">
    <ButtonForm action={REGENERATE.action} class="primary" fields={{ set }}>
      Generate
    </ButtonForm>
    {cancel}
  </div>
)

export const RegeneratePopUp = ({ set }: { set: string }) => (
  <PopUp id="regenerate" title={REGENERATE.title}>
    <p>{REGENERATE.sentence}</p>
    <RegenerateForm set={set} cancel={<PopUpCancel closes="regenerate" />} />
  </PopUp>
)

export const RegenerateButton = ({ class: className }: { class?: string | undefined }) => (
  <PopUpButton opens="regenerate" href={REGENERATE.action} class={className}>
    {REGENERATE.title}
  </PopUpButton>
)
