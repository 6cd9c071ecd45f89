import { randomFillSync } from 'node:crypto'
import { generateRandomString } from '@oslojs/crypto/random'

/** Crockford's base32: no i, l, o, u, so that nothing is misread or spells a word. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz'
const LENGTH = 10 // characters of 5 bits: 50 bits, against guessing at a few attempts per account
export const RECOVERY_CODES = 12 // per account

const random = { read: (bytes: Uint8Array) => void randomFillSync(bytes) }

/** Twelve different recovery codes, ten characters each, without the dash. */
export function newRecoveryCodes(): string[] {
  const codes = new Set<string>()
  while (codes.size < RECOVERY_CODES) codes.add(generateRandomString(random, ALPHABET, LENGTH))
  return [...codes]
}

/** As it is shown: `xxxxx-xxxxx`. */
export const displayed = (code: string): string => `${code.slice(0, 5)}-${code.slice(5)}`

/** What a person typed into the one field for both kinds of code. */
export type TypedCode =
  | { kind: 'authenticator'; code: string }
  | { kind: 'recovery_code'; code: string }
  | { kind: 'malformed' }

/** Forgives spaces, dashes of any kind and letter case; reads o as 0, and i and l as 1, as Crockford's base32 does. */
export function readTypedCode(typed: string): TypedCode {
  const code = typed.replace(/[\s\p{Pd}]/gu, '')
  if (/^[0-9]{6}$/.test(code)) return { kind: 'authenticator', code }
  // ASCII first: lower-casing some other letters (the Kelvin sign) would turn them into ours.
  if (!/^[0-9A-Za-z]+$/.test(code) || code.length !== LENGTH) return { kind: 'malformed' }
  const canonical = code.toLowerCase().replaceAll('o', '0').replace(/[il]/g, '1')
  return canonical.includes('u') ? { kind: 'malformed' } : { kind: 'recovery_code', code: canonical }
}
