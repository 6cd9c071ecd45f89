import type { Child } from 'hono/jsx'
import { Elsewhere } from '../elsewhere.tsx'
import { words } from '../words/words.ts'
import { WhomToAsk } from './whom-to-ask.tsx'

/** Why nobody gets on, in the words of each case. */
export type RefusedAt =
  | { reason: 'unknown_host' | 'no_cookies' | 'too_long' | 'other_scheme'; host: string }
  | { reason: 'not_entitled' | 'no_token_here'; app: { title: string } }

type RefusedPageProps = {
  refused: RefusedAt
  contact: string | undefined
  style: string
  link: { href: string; text: string }
}

/** At the host of an app, or of none. */
export const RefusedPage = ({ refused, contact, style, link }: RefusedPageProps) => {
  const { title, text } = saidOf(refused)
  return (
    <Elsewhere title={title} style={style}>
      <p>{text}</p>
      <WhomToAsk contact={contact} />
      <p>
        <a class="button" href={link.href}>
          {link.text}
        </a>
      </p>
    </Elsewhere>
  )
}

/** Heading and sentence, here and at the portal. */
export function saidOf(refused: RefusedAt): { title: string; text: Child } {
  const said = words.gate.refused
  switch (refused.reason) {
    case 'not_entitled':
    case 'no_token_here': {
      const { title, text } = said[refused.reason]
      return { title: title(refused.app.title), text: text(refused.app.title) }
    }
    case 'unknown_host':
    case 'no_cookies': {
      const { title, text } = said[refused.reason]
      return { title, text: text(<span class="long">{refused.host}</span>) }
    }
    default:
      return said[refused.reason]
  }
}
