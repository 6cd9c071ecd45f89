import type { PropsWithChildren } from 'hono/jsx'
import { icons } from './icons.tsx'
import type { Notice } from './types.ts'

const ICONS = { good: icons.Shield, warn: icons.Triangle, bad: icons.Stop }

type NoticeBoxProps = PropsWithChildren<{ notice: Notice | undefined; standing?: boolean | undefined }>

/** A notice with its icon; draws nothing without one. `standing` is for what is true on every visit and not news. */
export const NoticeBox = ({ notice, standing, children }: NoticeBoxProps) => {
  if (!notice) return null
  const { tone, title, text, link } = notice
  const Icon = ICONS[tone]
  return (
    <div class={`notice ${tone}${standing ? ' standing' : ''}`} role={standing ? undefined : 'status'}>
      <Icon />
      <div class="stack tight">
        <p>
          {title && <strong>{title} </strong>}
          {text}
        </p>
        {link && (
          <p>
            <a href={link.href}>{link.text}</a>
          </p>
        )}
        {children}
      </div>
    </div>
  )
}
