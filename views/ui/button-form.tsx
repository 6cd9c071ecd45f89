import type { PropsWithChildren } from 'hono/jsx'

/** In a form that may have nothing else to send: Lynx sends a form without a field by GET, whatever its method. */
export const Pressed = () => <input type="hidden" name="pressed" value="yes" />

type ButtonFormProps = PropsWithChildren<{
  action: string
  class?: string | undefined
  fields?: Record<string, string | undefined>
  describedBy?: string | undefined
  /** It saves what the page shows: it can be pressed again at once, and the script takes it for the tick. */
  saves?: boolean | undefined
  /** What it leads to does: without the script it isn't there. */
  needsScript?: boolean | undefined
}>

/** A button that is its own form: text browsers don't know `formaction`, and treat every button of a form as its first. */
export const ButtonForm = ({
  action,
  class: className,
  fields = {},
  describedBy,
  saves,
  needsScript,
  children,
}: ButtonFormProps) => {
  const sent = Object.entries(fields).filter(([, value]) => value !== undefined)
  return (
    <form
      method="post"
      action={action}
      data-repeatable={saves}
      data-saves={saves}
      data-script={needsScript ? '' : undefined}
      hidden={needsScript}
    >
      {sent.length > 0 ? sent.map(([name, value]) => <input type="hidden" name={name} value={value} />) : <Pressed />}
      <button type="submit" class={className} aria-describedby={describedBy}>
        {children}
      </button>
    </form>
  )
}
