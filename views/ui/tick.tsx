import type { PropsWithChildren } from 'hono/jsx'

type TickProps = PropsWithChildren<{
  name: string
  /** Differs from the name only where a page has several of one name. */
  id?: string | undefined
  ticked?: boolean | undefined
  describedBy?: string | undefined
}>

/** A checkbox that sends `yes`, and its label. */
export const Tick = ({ name, id = name, ticked, describedBy, children }: TickProps) => (
  <label class="check" for={id}>
    <input type="checkbox" id={id} name={name} value="yes" checked={ticked} aria-describedby={describedBy} />
    {children}
  </label>
)
