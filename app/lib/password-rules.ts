import type { ZxcvbnFactory } from '@zxcvbn-ts/core'
import { readableEmail } from './email-address.ts'

export const PASSWORD_MAX_LENGTH = 256 // code points; long passphrases fit, a megabyte is never hashed

/** Why a password is refused, in the order a person would fix it. */
export type PasswordRefusal = 'too_short' | 'too_long' | 'about_you' | 'easily_guessed'

export type PasswordRules = ReturnType<typeof createPasswordRules>

const GUESSES = 8 // as a power of ten: zxcvbn's border between "somewhat" and "safely" unguessable online
const ENOUGH = 8 // characters that must remain when the e-mail and the product's name are taken out
const MEASURED = 64 // characters: what is strong so far does not become weaker by what follows

/**
 * NIST SP 800-63B-4 section 3.1.1.2: length counts, composition does not; common and expected passwords are refused.
 * `minLength` is in code points.
 */
export function createPasswordRules({ minLength, productNames }: { minLength: number; productNames: string[] }) {
  let estimator: Promise<ZxcvbnFactory> | undefined // loaded at the first use: it is a megabyte that sign-in never needs

  return {
    minLength,
    /** Undefined when the password will do. `email` is the account's, normalised. */
    async refusal(password: string, email: string): Promise<PasswordRefusal | undefined> {
      const text = password.normalize('NFC')
      const length = [...text].length
      if (length < minLength) return 'too_short'
      if (length > PASSWORD_MAX_LENGTH) return 'too_long'
      const expected = expectedWords(email, productNames)
      if (isMadeOf(expected, text)) return 'about_you'
      estimator ??= loadEstimator()
      const { guessesLog10 } = (await estimator).check(text, expected)
      return guessesLog10 < GUESSES ? 'easily_guessed' : undefined
    },
  }
}

/** The e-mail, its parts and the product's names, longest first. */
const expectedWords = (email: string, productNames: string[]) =>
  [email, ...`${email} ${readableEmail(email)}`.split(/[^\p{L}\p{N}]+/u), ...productNames]
    .map((word) => word.toLowerCase())
    .filter((word) => word.length >= 4)
    .sort((a, b) => b.length - a.length)

/** Whether too little is left when these words are taken out. What has none of them is judged by the estimator alone. */
function isMadeOf(words: string[], text: string) {
  const whole = text.toLowerCase()
  const rest = words.reduce((left, word) => left.replaceAll(word, ''), whole)
  return rest !== whole && [...rest.replace(/[^\p{L}\p{N}]/gu, '')].length < ENOUGH
}

async function loadEstimator() {
  const [{ ZxcvbnFactory }, { adjacencyGraphs, dictionary }] = await Promise.all([
    import('@zxcvbn-ts/core'),
    import('@zxcvbn-ts/language-common'),
  ])
  return new ZxcvbnFactory({
    graphs: adjacencyGraphs,
    dictionary: { passwords: dictionary['passwords-common'] },
    maxLength: MEASURED,
  })
}
