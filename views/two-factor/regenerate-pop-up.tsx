import type { Child } from 'hono/jsx'
import { ButtonForm } from '../ui/button-form.tsx'
import { PopUp, PopUpButton, PopUpCancel } from '../ui/pop-up.tsx'
import { words } from '../words/words.ts'

const ACTION = '/settings/two-factor/recovery-codes/regenerate'

/** Are you sure? In the pop-up, and on the page for browsers without one. `set` names the codes that are to be replaced. */
export const RegenerateForm = ({ set, cancel }: { set: string; cancel: Child }) => (
  <div class="row">
    <ButtonForm action={ACTION} class="primary" fields={{ set }}>
      {words.twoFactor.codes.regenerate.submit}
    </ButtonForm>
    {cancel}
  </div>
)

export const RegeneratePopUp = ({ set }: { set: string }) => (
  <PopUp id="regenerate" title={words.twoFactor.codes.regenerate.title}>
    <p>{words.twoFactor.codes.regenerate.sentence}</p>
    <RegenerateForm set={set} cancel={<PopUpCancel closes="regenerate" />} />
  </PopUp>
)

export const RegenerateButton = ({ class: className }: { class?: string | undefined }) => (
  <PopUpButton opens="regenerate" href={ACTION} class={className}>
    {words.twoFactor.codes.regenerate.title}
  </PopUpButton>
)
