import { Settings } from '../layouts.tsx'
import { ErrorSummary } from '../ui/error-summary.tsx'
import type { FormState, Viewer } from '../ui/types.ts'
import { words } from '../words/words.ts'
import { ConfirmForm } from './confirm-form.tsx'
import { type Flow, flows } from './flows.ts'

type ConfirmPageProps = {
  viewer: Viewer
  flow: Flow
  form: FormState<'password'>
  /** The authenticator it is about, where it is about one. */
  about?: { id: string; name: string } | undefined
}

/** A flow's pop-up as a page: for browsers without popovers, and for the answer to a wrong password. */
export const ConfirmPage = ({ viewer, flow, form, about }: ConfirmPageProps) => (
  <Settings title={words.twoFactor.flows[flow].title} viewer={viewer} current="account">
    <ErrorSummary form={form} />
    <div class="panel stack">
      {about && <p class="long">{words.twoFactor.about(<strong>{about.name}</strong>)}</p>}
      <p class="lead">{words.twoFactor.flows[flow].sentence}</p>
      <ConfirmForm
        viewer={viewer}
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
