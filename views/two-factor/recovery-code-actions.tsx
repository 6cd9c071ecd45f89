import type { PropsWithChildren } from 'hono/jsx'
import { ButtonForm } from '../ui/button-form.tsx'
import { CopyButton, CopyOutcome } from '../ui/copy-button.tsx'
import { words } from '../words/words.ts'

/** Download, Copy and Print of the codes shown above, which live under `path`. */
export const RecoveryCodeActions = ({ path, children }: PropsWithChildren<{ path: string }>) => (
  <>
    <div class="row actions">
      <ButtonForm action={`${path}/download`} saves>
        {words.ui.download}
      </ButtonForm>
      <CopyButton of="codes">{words.ui.copy}</CopyButton>
      <a class="button" href={`${path}/print`}>
        {words.ui.print}
      </a>
      {children}
    </div>
    <CopyOutcome of="codes" />
  </>
)
