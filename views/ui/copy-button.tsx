import type { PropsWithChildren } from 'hono/jsx'
import { words } from '../words/words.ts'

/** Copies what the element `of` shows. Needs the script, which unhides it. */
export const CopyButton = ({ of, children }: PropsWithChildren<{ of: string }>) => (
  <button
    type="button"
    hidden
    data-script=""
    data-copy={of}
    data-copied={words.ui.copied}
    data-selected={words.ui.selected}
  >
    {children}
  </button>
)

/** Where the script says, and screen readers speak, what copying `of` did. */
export const CopyOutcome = ({ of }: { of: string }) => <p role="status" class="said" data-said={of} />
