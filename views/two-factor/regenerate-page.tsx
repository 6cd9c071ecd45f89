import { Settings } from '../layouts.tsx'
import type { Visitor } from '../ui/types.ts'
import { words } from '../words/words.ts'
import { RegenerateForm } from './regenerate-pop-up.tsx'

/** The pop-up's question as a page, for browsers without popovers. */
export const RegeneratePage = ({ visitor, set }: { visitor: Visitor; set: string }) => (
  <Settings title={words.twoFactor.codes.regenerate.title} visitor={visitor} current="account">
    <div class="panel stack">
      <p class="lead">{words.twoFactor.codes.regenerate.sentence}</p>
      <RegenerateForm
        set={set}
        cancel={
          <a class="button plain" href="/settings/two-factor/recovery-codes">
            {words.ui.cancel}
          </a>
        }
      />
    </div>
  </Settings>
)
