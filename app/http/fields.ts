import { z } from 'zod'
import { readEmailAddress } from '../lib/email-address.ts'
import { canBeSeen, staysOnItsLine } from '../lib/one-line.ts'
import { PASSWORD_MAX_LENGTH } from '../lib/password-rules.ts'

// Made at each call, because what a schema says in documentation is settled when it is made.

/** In the one form that is stored: one mailbox is one account, however its address is typed. */
export const emailField = () =>
  z.string().transform((text, context): string => {
    const read = readEmailAddress(text)
    if (read.ok) return read.email
    context.addIssue({ code: 'custom', message: NO_EMAIL[read.reason] })
    return z.NEVER
  })

const NO_EMAIL = {
  no_address: 'Enter an email address, such as ada@example.com.',
  other_letters:
    'Before the @, an email address here can have only the letters a to z, digits, and signs such as . + and -.',
  too_long: 'That email address is too long.',
}

/** A password that an account may have. One that none can have costs no hash. */
export const passwordField = () =>
  z
    .string('Enter your password.')
    .min(1, 'Enter your password.')
    .refine(
      (text) => [...text].length <= PASSWORD_MAX_LENGTH,
      `No password here has more than ${PASSWORD_MAX_LENGTH} characters.`,
    )

/** What an access token is for, in its owner's words, of which pages and programs show one line. */
export const descriptionField = (missing = 'Say what it is for.') =>
  z
    .string(missing)
    .trim()
    .normalize('NFC')
    .min(1, missing)
    .max(100, 'The description can have at most 100 characters.')
    .refine(staysOnItsLine, "The description has a character that can't be shown on one line. Type it again.")
    .refine(canBeSeen, missing)
