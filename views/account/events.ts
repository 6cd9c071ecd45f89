import type { Method } from '../ui/types.ts'
import { words } from '../words/words.ts'

/** A security event as its owner reads it. A kind this version does not know is shown by its name. */
export function eventInWords(kind: string, method?: Method): string {
  if (kind === 'signed_in' && method) return words.signedInBy[method]
  return isKnown(kind) ? words.events[kind] : kind.replaceAll('_', ' ')
}

const isKnown = (kind: string): kind is keyof typeof words.events => Object.hasOwn(words.events, kind)
