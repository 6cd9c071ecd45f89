import { z } from 'zod'
import { readEmailAddress } from '#app/lib/email-address.ts'
import { GROUP_NAME } from '#app/operators/groups.ts'

/** An address in the form in which it is stored. */
export const emailWord = z.string().transform((text, context): string => {
  const read = readEmailAddress(text)
  if (read.ok) return read.email
  context.addIssue({ code: 'custom', message: `${text} is no email address.` })
  return z.NEVER
})

export const groupWord = z
  .string()
  .regex(
    GROUP_NAME,
    'A group is called by 1 to 32 small letters, digits, dots, dashes and underscores, and begins with a letter or a digit.',
  )

export const inWords = (at: Date | null): string => at?.toISOString() ?? 'no end'
