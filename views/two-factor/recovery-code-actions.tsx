import type { PropsWithChildren } from 'hono/jsx'
import { ButtonForm } from '../ui/button-form.tsx'
import { CopyButton, CopyOutcome } from '../ui/copy-button.tsx'

/** Download, Copy and Print of the codes shown above, which live under `path`. */
export const RecoveryCodeActions = ({ path, children }: PropsWithChildren<{ path: string }>) => (
  <>
    <div class="row actions">
      <ButtonForm action={`${path}/download`} saves>
        Download
      </ButtonForm>
      <CopyButton of="codes">Copy</CopyButton>
      <a class="button" href={`${path}/print`}>
        Print
      </a>
      {children}
    </div>
    <CopyOutcome of="codes" />
  </>
)
