import { domainToUnicode } from 'node:url'
import type { Guesses } from './guesses.ts'
import { isKnownPassword } from './known-passwords.ts'

export const PASSWORD_MAX_LENGTH = 256 // code points; long passphrases fit, and a megabyte is never hashed

/** Why a password is refused, in the order a person would fix it. */
export type PasswordRefusal = 'too_short' | 'too_long' | 'about_you' | 'easily_guessed'

export type PasswordRules = ReturnType<typeof createPasswordRules>

const GUESSES = 8 // as a power of ten: zxcvbn's border between "somewhat" and "safely" unguessable online
const ENOUGH = 8 // characters that must remain without the email and the site's names
const SHORTEST = 4 // characters of an expected word
const WORDS = 8 // the email's longest: an address can be cut into fifty

/**
 * NIST SP 800-63B-4 section 3.1.1.2: length counts, composition does not; common and expected passwords are refused.
 * `minLength` is in code points, `siteNames` are the product's, the brand and the host.
 */
export function createPasswordRules({
  minLength,
  siteNames,
  guesses,
}: {
  minLength: number
  siteNames: string[]
  guesses: Pick<Guesses, 'of'>
}) {
  const ofSite = siteNames.flatMap(readings).flatMap(parts)

  return {
    minLength,
    /**
     * Undefined if the password is good enough. `email` is the account's, normalised; `address` is whose turn it is. Cheap checks
     * come first. May cost milliseconds in another thread, so charge before you ask.
     */
    async refusal(password: string, email: string, address: string): Promise<PasswordRefusal | undefined> {
      const text = password.normalize('NFC')
      const length = [...text].length
      if (length < minLength) return 'too_short'
      if (length > PASSWORD_MAX_LENGTH) return 'too_long'
      const words = longestFirst([...longestFirst(readings(email).flatMap(parts)).slice(0, WORDS), ...ofSite])
      if (isMadeOf(words, text)) return 'about_you'
      if (isKnownPassword(text)) return 'easily_guessed'
      return (await guesses.of({ password: text, words }, address)) < GUESSES ? 'easily_guessed' : undefined
    },
  }
}

/** An email or host as we store it, and as a person reads it: "xn--mller-kva.example" is "müller.example". */
function readings(name: string): string[] {
  const at = name.lastIndexOf('@') + 1
  const readable = domainToUnicode(name.slice(at))
  return readable === '' ? [name] : [name, `${name.slice(0, at)}${readable}`]
}

/** The whole, its labels and its words. */
const parts = (name: string) => [name, ...name.split(/[@.]/), ...name.split(/[^\p{L}\p{N}]+/u)]

const longestFirst = (words: string[]) =>
  [...new Set(words.map((word) => word.normalize('NFC').toLowerCase()))]
    .filter((word) => word.length >= SHORTEST)
    .sort((a, b) => b.length - a.length)

/** Whether too little is left without these words. If it has none of them, only the estimator judges it. */
function isMadeOf(words: string[], text: string) {
  const whole = text.toLowerCase()
  const rest = words.reduce((left, word) => left.replaceAll(word, ''), whole)
  return rest !== whole && [...rest.replace(/[^\p{L}\p{N}]/gu, '')].length < ENOUGH
}
