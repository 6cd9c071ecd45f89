import type { PropsWithChildren } from 'hono/jsx'
import { CopyButton, CopyOutcome } from '../ui/copy-button.tsx'

/** Download, Copy and Print of the codes shown above, which live under `path`. */
export const RecoveryCodeActions = ({ path, children }: PropsWithChildren<{ path: string }>) => (
  <>
    <div class="row actions">
      <form method="post" action={`${path}/download`} data-repeatable data-saves>
        <button type="submit">Download</button>
      </form>
      <CopyButton of="codes">Copy</CopyButton>
      <a class="button" href={`${path}/print`}>
        Print
      </a>
      {children}
    </div>
    <CopyOutcome of="codes" />
  </>
)
