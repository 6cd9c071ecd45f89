import { randomString } from './random.ts'

/** Crockford's base32: no i, l, o, u, so nothing is misread or spells a word. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz'
const LENGTH = 10 // characters of 5 bits: 50 bits, against guessing at a few attempts per account
const RECOVERY_CODES = 12 // per account
const FEW = 3

/** How many recovery codes are left, of how many, and whether that is a warning. */
export const codesLeft = (left: number) => ({ left, of: RECOVERY_CODES, areFew: left <= FEW })

/** Twelve different recovery codes, ten characters each, without the dash. */
export function newRecoveryCodes(): string[] {
  const codes = new Set<string>()
  while (codes.size < RECOVERY_CODES) codes.add(randomString(ALPHABET, LENGTH))
  return [...codes]
}

/** What an operator gives a person who has lost everything. It looks like a recovery code. */
export const newRescueCode = (): string => randomString(ALPHABET, LENGTH)

/** As it is shown: `xxxxx-xxxxx`. */
export const displayed = (code: string): string => `${code.slice(0, 5)}-${code.slice(5)}`

/** What a person typed into the one field for both kinds of code. */
export type TypedCode =
  | { kind: 'authenticator'; code: string }
  | { kind: 'recovery_code'; code: string }
  | { kind: 'malformed' }

/** UTF-16 units. A line of our own file has 15. A longer text isn't a code, and costs nothing to look at. */
export const TYPED_CODE_AT_MOST = 256

/**
 * A code as people have it: a line of our own file, an entry of a list, in quotes, with other dashes, invisible marks, or
 * digits of another script. Reads o as 0, and i and l as 1, as Crockford's base32 does. A text with two codes is none.
 */
export function readTypedCode(typed: string): TypedCode {
  if (typed.length > TYPED_CODE_AT_MOST) return MALFORMED
  const code = withoutListMark(inOurDigits(typed.replace(INVISIBLE, ''))).replace(GAP, '')
  if (/^[0-9]{6}$/.test(code)) return { kind: 'authenticator', code }
  // ASCII first: lower-casing some other letters (the Kelvin sign) would turn them into ours.
  if (!/^[0-9A-Za-z]+$/.test(code) || code.length !== LENGTH) return MALFORMED
  const canonical = code.toLowerCase().replaceAll('o', '0').replace(/[il]/g, '1')
  return canonical.includes('u') ? MALFORMED : { kind: 'recovery_code', code: canonical }
}

const MALFORMED: TypedCode = { kind: 'malformed' }

const INVISIBLE = /[\p{Cf}\p{Default_Ignorable_Code_Point}]/gu

/** Blanks and dashes: Unicode's, and what people type or paste for one (minus signs, rules, a Japanese long vowel). */
const GAP = /[\s\p{Pd}\u207B\u208B\u2212\u2043\u02D7\u2500\u2501\u2796\u30FC\uFF70]/gu

/** What may surround a code: bullets, boxes, quotes, punctuation. Never between its characters. */
const AROUND = /^[\s\p{P}\p{S}]+|[\s\p{P}\p{S}]+$/gu

/** A list's tick and number. The mark and the blank after it tell them from the code's own characters. */
const LIST_MARK = /^(?:x\]\s+)?(?:[0-9]{1,2}[.):\]]\s+)?/i

const withoutListMark = (text: string) => text.replace(AROUND, '').replace(LIST_MARK, '').replace(AROUND, '')

const inOurDigits = (text: string) => text.replace(/\p{Nd}/gu, (digit) => String(digitValue(digit.codePointAt(0) ?? 0)))

/** Unicode keeps a script's decimal digits together, zero to nine, and begins each run with a zero. */
function digitValue(digit: number): number {
  let zero = digit
  while (/\p{Nd}/u.test(String.fromCodePoint(zero - 1))) zero--
  return (digit - zero) % 10
}
