import { z } from 'zod'
import { PASSWORD_MAX_LENGTH } from '../lib/password-rules.ts'

// Made anew at each call: what a schema can be asked for its documentation is settled when it is made.

/** Trimmed, NFC and lower case: one spelling is one account. RFC 5321 section 4.5.3.1.3 sets the length. */
export const emailField = () =>
  z
    .string()
    .transform((text) => text.trim().normalize('NFC').toLowerCase())
    .pipe(z.email('Enter an email address, such as ada@example.com.').max(254, 'That email address is too long.'))

/** A password that an account may have. One that none can have costs no hash. */
export const passwordField = () =>
  z
    .string('Enter your password.')
    .min(1, 'Enter your password.')
    .refine(
      (text) => [...text].length <= PASSWORD_MAX_LENGTH,
      `No password here has more than ${PASSWORD_MAX_LENGTH} characters.`,
    )
