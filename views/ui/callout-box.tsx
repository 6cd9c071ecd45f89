import type { PropsWithChildren } from 'hono/jsx'
import { icons } from './icons.tsx'
import type { Callout } from './types.ts'

const ICONS = { good: icons.Shield, warn: icons.Triangle, bad: icons.Stop }

type CalloutBoxProps = PropsWithChildren<{ of: Callout | undefined; standing?: boolean | undefined }>

/** A callout with its icon; draws nothing without one. `standing` is for what is true on every visit and not news. */
export const CalloutBox = ({ of, standing, children }: CalloutBoxProps) => {
  if (!of) return null
  const { tone, title, text, link } = of
  const Icon = ICONS[tone]
  return (
    <div class={`callout ${tone}${standing ? ' standing' : ''}`} role={standing ? undefined : 'status'}>
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
