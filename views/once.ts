import { raw } from 'hono/html'
import type { HtmlEscapedString } from 'hono/utils/html'

const KEPT = 100 // texts: a site has fewer than ten

const rendered = new Map<string, HtmlEscapedString>()

/**
 * What is the same on every page, rendered at its first use and text from then on. `key` tells it from all others: it names the
 * part and holds every value that the part shows, of which there are few.
 */
export function once(key: string, part: () => { toString(): string | Promise<string> }): HtmlEscapedString {
  const before = rendered.get(key)
  if (before) return before
  const text = raw(part().toString() as string)
  if (rendered.size < KEPT) rendered.set(key, text)
  return text
}
