import type { PropsWithChildren } from 'hono/jsx'
import { words } from '../words/words.ts'

/** A pop-up that needs no script: opened by `PopUpButton`, closed by Escape, a click beside it, or a button that hides it. */
export const PopUp = ({ id, title, children }: PropsWithChildren<{ id: string; title: string }>) => (
  <dialog popover="auto" id={id} class="stack" aria-labelledby={`${id}-title`}>
    <h2 id={`${id}-title`}>{title}</h2>
    {children}
  </dialog>
)

type PopUpButtonProps = PropsWithChildren<{ opens: string; href: string; class?: string | undefined }>

/** Opens a pop-up; where a browser does not know popovers, CSS shows the link to the same form as a page instead. */
export const PopUpButton = ({ opens, href, class: className = '', children }: PopUpButtonProps) => (
  <>
    <button type="button" class={className || undefined} popovertarget={opens} aria-haspopup="dialog">
      {children}
    </button>
    <a class={`button fallback ${className}`.trim()} href={href}>
      {children}
    </a>
  </>
)

/** Cancel inside a pop-up. */
export const PopUpCancel = ({ closes }: { closes: string }) => (
  <button type="button" class="plain" popovertarget={closes} popovertargetaction="hide">
    {words.ui.cancel}
  </button>
)
