import { Settings } from '../layouts.tsx'
import type { Viewer } from '../ui/types.ts'
import { REGENERATE, RegenerateForm } from './regenerate-pop-up.tsx'

/** The pop-up's question as a page, for browsers without popovers. */
export const RegeneratePage = ({ viewer, set }: { viewer: Viewer; set: string }) => (
  <Settings title={REGENERATE.title} viewer={viewer} current="account">
    <div class="panel stack">
      <p class="lead">{REGENERATE.sentence}</p>
      <RegenerateForm
        set={set}
        cancel={
          <a class="button plain" href="/settings/two-factor/recovery-codes">
            Cancel
          </a>
        }
      />
    </div>
  </Settings>
)
