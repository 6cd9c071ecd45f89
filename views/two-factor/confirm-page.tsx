import { Settings } from '../layouts.tsx'
import { ErrorSummary } from '../ui/error-summary.tsx'
import type { FormState, Viewer } from '../ui/types.ts'
import { ConfirmForm } from './confirm-form.tsx'
import { type Flow, flows } from './flows.ts'

type ConfirmPageProps = { viewer: Viewer; flow: Flow; form: FormState<'password'> }

/** A flow's pop-up as a page: for browsers without popovers, and for the answer to a wrong password. */
export const ConfirmPage = ({ viewer, flow, form }: ConfirmPageProps) => (
  <Settings title={flows[flow].title} viewer={viewer} current="account">
    <ErrorSummary form={form} />
    <div class="panel stack">
      <p class="lead">{flows[flow].sentence}</p>
      <ConfirmForm
        viewer={viewer}
        flow={flow}
        form={form}
        fieldId="password"
        cancel={
          <a class="button plain" href="/settings/account">
            Cancel
          </a>
        }
      />
    </div>
  </Settings>
)
