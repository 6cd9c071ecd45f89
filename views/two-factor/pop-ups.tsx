import { PopUp, PopUpButton, PopUpCancel } from '../ui/pop-up.tsx'
import type { Visitor } from '../ui/types.ts'
import { words } from '../words/words.ts'
import { ConfirmForm } from './confirm-form.tsx'
import { type Flow, flows } from './flows.ts'

type FlowProps = { visitor: Visitor; flow: Flow }

/** The button that starts a flow; its pop-up is a `FlowPopUp` elsewhere on the page. */
export const FlowButton = ({ flow, class: className }: { flow: Flow; class?: string | undefined }) => (
  <PopUpButton opens={flow} href={flows[flow].action} class={className}>
    {words.twoFactor.flows[flow].title}
  </PopUpButton>
)

const PasswordPopUp = ({ visitor, flow, id = flow, closes = id }: FlowProps & { id?: string; closes?: string }) => (
  <PopUp id={id} title={words.twoFactor.flows[flow].title}>
    {id === flow && <p>{words.twoFactor.flows[flow].sentence}</p>}
    <ConfirmForm
      visitor={visitor}
      flow={flow}
      form={{}}
      fieldId={`${id}-password`}
      cancel={<PopUpCancel closes={closes} />}
    />
  </PopUp>
)

/** Asks "are you sure"; Continue opens the password pop-up inside it. Inside, so that closing both leads the focus back to the button. */
const DisablePopUps = ({ visitor }: { visitor: Visitor }) => (
  <PopUp id="disable" title={words.twoFactor.flows.disable.title}>
    <p>{words.twoFactor.flows.disable.sentence}</p>
    <div class="row">
      <button type="button" class="danger" popovertarget="disable-confirm" aria-haspopup="dialog">
        {words.ui.continue}
      </button>
      <PopUpCancel closes="disable" />
    </div>
    <PasswordPopUp visitor={visitor} flow="disable" id="disable-confirm" closes="disable" />
  </PopUp>
)

/** What a `FlowButton` opens. */
export const FlowPopUp = ({ visitor, flow }: FlowProps) =>
  flow === 'disable' ? <DisablePopUps visitor={visitor} /> : <PasswordPopUp visitor={visitor} flow={flow} />
