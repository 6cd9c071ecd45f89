import { z } from 'zod'
import { readEmailAddress } from '../lib/email-address.ts'
import { PASSWORD_MAX_LENGTH } from '../lib/password-rules.ts'

// Made anew at each call: what a schema can be asked for its documentation is settled when it is made.

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
