import { raw } from 'hono/html'
import type { HtmlEscapedString } from 'hono/utils/html'
import { type Words, words } from './words/words.ts'

const KEPT = 100 // texts of a language: a site has fewer than ten

const rendered = new WeakMap<Words, Map<string, HtmlEscapedString>>()

/**
 * What is the same on every page of a language, rendered at its first use and text from then on. `key` tells it from all others: it
 * names the part and holds every value that the part shows, of which there are few.
 */
export function once(key: string, part: () => { toString(): string | Promise<string> }): HtmlEscapedString {
  const kept = rendered.get(words) ?? new Map<string, HtmlEscapedString>()
  const before = kept.get(key)
  if (before) return before
  const text = raw(part().toString() as string)
  if (kept.size === 0) rendered.set(words, kept)
  if (kept.size < KEPT) kept.set(key, text)
  return text
}
