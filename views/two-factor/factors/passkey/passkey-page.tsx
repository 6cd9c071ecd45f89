import { ButtonForm } from '../../../ui/button-form.tsx'
import { words } from '../../../words/words.ts'
import { EnrolForm, type EnrolFrame, EnrolFramePage, enrolAction } from '../../enrol-frame.tsx'
import { PasskeyFailed, PasskeyField, WithoutPasskeys, WithPasskeys } from './passkey-field.tsx'

/** A passkey is registered by the browser, which a script has to ask. */
export const PasskeyPage = ({ frame, options }: { frame: EnrolFrame; options: object }) => {
  const { titles, submit, ...said } = words.passkeys.enrol
  const { mode } = frame
  return (
    <EnrolFramePage frame={frame} title={titles[mode]} lead={said.lead}>
      <WithPasskeys>
        <h2>{said.choose}</h2>
        <dl class="details">
          {said.places.map(({ term, text }) => (
            <div>
              <dt>{term}</dt>
              <dd>{text}</dd>
            </div>
          ))}
        </dl>
        <EnrolForm frame={frame} submit={submit[mode]}>
          <p>{said.next}</p>
          <PasskeyFailed>{said.failed}</PasskeyFailed>
          <PasskeyFailed name="InvalidStateError">{said.already}</PasskeyFailed>
          <PasskeyField asks={{ create: options }} />
        </EnrolForm>
      </WithPasskeys>
      <WithoutPasskeys>
        <p>{said.unsupported}</p>
        <ButtonForm action={`${enrolAction(mode)}/cancel`}>{words.ui.cancel}</ButtonForm>
      </WithoutPasskeys>
    </EnrolFramePage>
  )
}
