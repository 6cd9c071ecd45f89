import type { FormState, Said } from '#views/ui/types.ts'
import { type Words, words } from '#views/words/words.ts'
import { PASSWORD_MAX_LENGTH, type PasswordRefusal } from '../lib/password-rules.ts'
import type { AnyContext } from './env.ts'

// Reasons that several pages are refused with, in words. The APIs pass English: their answers are the same in every language.

export const tooManyAttempts = (seconds: number, { messages }: Words = words): Said => ({
  ...messages.tooManyAttempts,
  seconds,
})

export function passwordRefused(refusal: PasswordRefusal, minLength: number, { messages }: Words = words): string {
  const { too_short, too_long, ...others } = messages.password
  if (refusal === 'too_short') return too_short(minLength)
  return refusal === 'too_long' ? too_long(PASSWORD_MAX_LENGTH) : others[refusal]
}

/** 422, or 429 with `Retry-After` if the person has to wait. */
export function refusedStatus(c: AnyContext, refusal: { reason: string; seconds?: number }): 422 | 429 {
  if (refusal.seconds === undefined) return refusal.reason === 'blocked' ? 429 : 422
  c.header('Retry-After', String(refusal.seconds))
  return 429
}

/** The form as it is shown again: one error, beside `field` or ('') for the form as a whole. */
export const refusedForm = <Field extends string>(
  field: NoInfer<Field> | '',
  said: Said,
  values: Partial<Record<NoInfer<Field>, string>> = {},
): FormState<Field> => ({ values, errors: { [field]: said } as FormState<Field>['errors'] & {} })
