import { Settings } from '../layouts.tsx'
import { ErrorSummary } from '../ui/error-summary.tsx'
import type { FormState, Visitor } from '../ui/types.ts'
import { words } from '../words/words.ts'
import { ConfirmForm } from './confirm-form.tsx'
import { type Flow, flows } from './flows.ts'

type ConfirmPageProps = {
  visitor: Visitor
  flow: Flow
  form: FormState<'password'>
  /** The authenticator it is about, where it is about one. */
  about?: { id: string; name: string } | undefined
}

/** A flow's pop-up as a page: for browsers without popovers, and for the answer to a wrong password. */
export const ConfirmPage = ({ visitor, flow, form, about }: ConfirmPageProps) => (
  <Settings title={words.twoFactor.flows[flow].title} visitor={visitor} current="account">
    <ErrorSummary form={form} />
    <div class="panel stack">
      {about && <p class="long">{words.twoFactor.about(<strong>{about.name}</strong>)}</p>}
      <p class="lead">{words.twoFactor.flows[flow].sentence}</p>
      <ConfirmForm
        visitor={visitor}
        flow={flow}
        form={form}
        fieldId="password"
        about={about?.id}
        cancel={
          <a class="button plain" href={flows[flow].back}>
            {words.ui.cancel}
          </a>
        }
      />
    </div>
  </Settings>
)
