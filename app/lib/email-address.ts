import { domainToASCII, domainToUnicode } from 'node:url'

/** RFC 5321 section 4.5.3.1.3, without the angle brackets, for the address as we store it. */
const LENGTH_AT_MOST = 254
/** UTF-16 units that we look at. No address that fits is longer when typed. */
const TYPED_AT_MOST = 1024

export type EmailAddress =
  | { ok: true; email: string }
  | { ok: false; reason: 'no_address' | 'other_letters' | 'too_long' }

/**
 * The one form in which we store, look up and write to an address, however it is typed: without blanks around it and invisible
 * marks, in lower case, its domain in ASCII (UTS 46). This form stays as it is.
 */
export function readEmailAddress(typed: string): EmailAddress {
  if (typed.length > TYPED_AT_MOST) return { ok: false, reason: 'too_long' }
  const text = typed.replace(INVISIBLE, '').trim()
  const at = text.lastIndexOf('@')
  const local = text.slice(0, Math.max(at, 0)).replace(JOINERS, '')
  const domain = domainIn(text.slice(at + 1))
  if (local === '' || !DOMAIN.test(domain)) return { ok: false, reason: 'no_address' }
  // Before lower-casing, which would turn some other letters (the Kelvin sign) into ours.
  if (/[^\0-\x7F]/.test(local)) return { ok: false, reason: 'other_letters' }
  if (!DOT_ATOM.test(local)) return { ok: false, reason: 'no_address' }
  const email = `${local.toLowerCase()}@${domain}`
  return email.length > LENGTH_AT_MOST ? { ok: false, reason: 'too_long' } : { ok: true, email }
}

/** For people to read: the domain in its own letters, unless they could be taken for others. */
export function readableEmail(email: string): string {
  const at = email.lastIndexOf('@') + 1
  const domain = email.slice(at)
  if (!domain.includes('xn--')) return email
  const readable = domainToUnicode(domain)
  const isItself = domainToASCII(readable) === domain && looksLikeItself(readable.split('.'))
  return isItself ? email.slice(0, at) + readable : email
}

const INVISIBLE = /(?![\u200C\u200D])[\p{Cf}\p{Default_Ignorable_Code_Point}]/gu
/** They have a meaning in some scripts' domains (RFC 5892 appendix A), and none elsewhere. */
const JOINERS = /[\u200C\u200D]/g

/** RFC 5321 section 4.1.2. `type=email` also takes dots at an end or two in a row, which no mailbox may have. */
const DOT_ATOM = /^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/i
const DOMAIN = /^(?:[a-z0-9][a-z0-9-]*\.)+(?:[a-z]{2,}|xn--[a-z0-9-]*[a-z0-9])$/

/** In ASCII, or ''. */
function domainIn(typed: string): string {
  // Only names, if it is ASCII: `domainToASCII` cuts off a path, decodes percent signs, and reads numbers as an address.
  if (!/^(?:[a-z0-9.-]|[^\0-\x7F])+$/i.test(typed)) return ''
  const domain = domainToASCII(typed) || domainToASCII(typed.replace(JOINERS, ''))
  return domain || typed.toLowerCase() // a name that only begins like an internationalized one stays as it is
}

/**
 * Each label has one script, and a domain with a Latin label has no letters that look like Latin ones: what you read is what it
 * is. Like browsers (UTS 39), and stricter.
 */
function looksLikeItself(labels: string[]): boolean {
  const isLatin = (label: string) => LATIN.test(label)
  return (
    labels.every((label) => isLatin(label) || APART.some((script) => script.test(label))) ||
    LIKE_LATIN.some((script) => labels.every((label) => script.test(label)))
  )
}

const ofScripts = (...scripts: string[]) =>
  new RegExp(`^[0-9${scripts.map((script) => `\\p{Script_Extensions=${script}}`).join('')}-]+$`, 'u')

/** The letters of European languages and Vietnamese, without the phonetic ones that look like them. */
const LATIN = /^[a-z0-9\u00DF-\u00F6\u00F8-\u0137\u0139-\u017E\u0219\u021B\u1E01-\u1EF9-]+$/

const LIKE_LATIN = [ofScripts('Cyrillic'), ofScripts('Greek'), ofScripts('Armenian')]

const APART = [
  ofScripts('Han', 'Hiragana', 'Katakana'),
  ofScripts('Han', 'Hangul'),
  ofScripts('Han', 'Bopomofo'),
  ...['Arabic', 'Bengali', 'Devanagari', 'Georgian', 'Gujarati', 'Gurmukhi', 'Hebrew', 'Kannada', 'Khmer', 'Lao'].map(
    (script) => ofScripts(script),
  ),
  ...['Malayalam', 'Myanmar', 'Oriya', 'Sinhala', 'Tamil', 'Telugu', 'Thai', 'Tibetan'].map((script) =>
    ofScripts(script),
  ),
]
