import type { PropsWithChildren } from 'hono/jsx'

/** Copies what the element `of` shows. Needs the script, which unhides it. */
export const CopyButton = ({ of, children }: PropsWithChildren<{ of: string }>) => (
  <button type="button" hidden data-script data-copy={of}>
    {children}
  </button>
)

/** Where the script says, and screen readers speak, what copying `of` did. */
export const CopyOutcome = ({ of }: { of: string }) => <p role="status" class="said" data-said={of} />
