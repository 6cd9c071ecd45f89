import type { Child, PropsWithChildren } from 'hono/jsx'

type RowFormProps = PropsWithChildren<{
  action: string
  /** The words of its one button. */
  submit: string
  class?: string | undefined
  /** Other buttons, drawn in the same row: forms of their own, or no part of any. */
  beside: Child
}>

/** A form whose button is in a row with others. The others are outside it, because w3m sends a form by any button inside. */
export const RowForm = ({ action, submit, class: className = 'primary', beside, children }: RowFormProps) => (
  <div class="abreast">
    <form method="post" action={action} novalidate>
      <div class="stack">{children}</div>
      <button type="submit" class={className}>
        {submit}
      </button>
    </form>
    {beside}
  </div>
)
