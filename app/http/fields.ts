import { z } from 'zod'
import { words } from '#views/words/words.ts'
import { readEmailAddress } from '../lib/email-address.ts'
import { canBeSeen, staysOnItsLine } from '../lib/one-line.ts'
import { PASSWORD_MAX_LENGTH } from '../lib/password-rules.ts'
import { readKnownUsername } from '../lib/username.ts'

// Made at each call, because what a schema says in documentation is settled when it is made.

type Words = typeof words.fields

/** Asked when the field is refused, and not before: the pages' language is chosen by then. The APIs pass English. */
export type InWords = () => Words
const ofPages: InWords = () => words.fields

/** In the one form that is stored: one mailbox is one account, however its address is typed. */
export const emailField = (inWords = ofPages) =>
  z.string().transform((text, context): string => {
    const read = readEmailAddress(text)
    if (read.ok) return read.email
    context.addIssue({ code: 'custom', message: inWords().email[read.reason] })
    return z.NEVER
  })

/** Who signs in: an address in its stored form, or a username, which never has an @. */
export const signInNameField = (inWords = ofPages) =>
  z.string().transform((text, context): string => {
    if (text.includes('@')) {
      const read = readEmailAddress(text)
      if (read.ok) return read.email
      context.addIssue({ code: 'custom', message: inWords().email[read.reason] })
      return z.NEVER
    }
    const username = readKnownUsername(text)
    if (username) return username
    context.addIssue({ code: 'custom', message: inWords().signInName })
    return z.NEVER
  })

/** A password that is being chosen: the rules judge it, once it is there. */
export const chosenPasswordField = (missing: 'firstPassword' | 'newPassword') => {
  const error = () => words.fields[missing]
  return z.string({ error }).min(1, { error })
}

export const codeField = () => {
  const error = () => words.fields.code
  return z.string({ error }).trim().min(1, { error })
}

/** A password that an account may have. One that none can have costs no hash. */
export const passwordField = (inWords = ofPages) => {
  const missing = { error: () => inWords().password }
  const tooLong = { error: () => inWords().passwordTooLong(PASSWORD_MAX_LENGTH) }
  return z
    .string(missing)
    .min(1, missing)
    .refine((text) => [...text].length <= PASSWORD_MAX_LENGTH, tooLong)
}

const DESCRIPTION_AT_MOST = 100 // characters

/** What an access token is for, in its owner's words. Pages and programs show it on one line. */
export const descriptionField = (inWords = ofPages) => {
  const missing = { error: () => inWords().description }
  return z
    .string(missing)
    .trim()
    .normalize('NFC')
    .min(1, missing)
    .max(DESCRIPTION_AT_MOST, { error: () => inWords().descriptionTooLong(DESCRIPTION_AT_MOST) })
    .refine(staysOnItsLine, { error: () => inWords().descriptionNotText })
    .refine(canBeSeen, missing)
}
