import type { PropsWithChildren } from 'hono/jsx'

type TickProps = PropsWithChildren<{ name: string; ticked?: boolean | undefined; describedBy?: string | undefined }>

/** A checkbox that sends `yes`, and its label. */
export const Tick = ({ name, ticked, describedBy, children }: TickProps) => (
  <label class="check" for={name}>
    <input type="checkbox" id={name} name={name} value="yes" checked={ticked} aria-describedby={describedBy} />
    {children}
  </label>
)
