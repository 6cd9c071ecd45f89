import type { FormState } from '#views/ui/types.ts'
import { inWords } from '#views/ui/words.ts'
import { PASSWORD_MAX_LENGTH, type PasswordRefusal } from '../lib/password-rules.ts'
import type { SecondStepResult } from '../sign-in/second-step.ts'
import { NAME_MAX_LENGTH, type NameRefusal } from '../two-factor/authenticators.ts'
import type { Answering, KindsDeps } from '../two-factor/factor.http.ts'
import type { Refusal } from '../two-factor/factor.ts'
import type { AnyContext } from './env.ts'

/** Why an answer to the second step was refused. */
export type AnswerRefusal = Exclude<SecondStepResult, { ok: true }>

export const tooManyAttempts = (seconds: number): string => `Too many attempts. Try again in ${inWords(seconds)}.`

export const WRONG_PASSWORD = 'That is not the password of this account.'
export const CHANGED_MEANWHILE = 'The account was changed in another window meanwhile. Look at it again.'

export const OTHER_ACCOUNT =
  'This browser is signed in to another account than the one the mail is about. Sign out of it first, or use another browser.'
export const EMAIL_UNCONFIRMED = 'Confirm your e-mail address first: it is your way back in when a password is lost.'

export function passwordRefused(refusal: PasswordRefusal, minLength: number): string {
  switch (refusal) {
    case 'too_short':
      return `The password needs at least ${minLength} characters.`
    case 'too_long':
      return `The password can have at most ${PASSWORD_MAX_LENGTH} characters.`
    case 'about_you':
      return 'The password is made of your email address or the name of this site, which is where guessing begins.'
    case 'easily_guessed':
      return 'This password is easy to guess. Try a few unrelated words.'
  }
}

export function nameRefused(refusal: NameRefusal): string {
  switch (refusal) {
    case 'empty':
      return 'Give it a name.'
    case 'too_long':
      return `The name can have at most ${NAME_MAX_LENGTH} characters.`
    case 'not_text':
      return 'The name has a character that cannot be shown on one line. Type it again.'
  }
}

/** What a kind refuses, its own part of the pages says. */
export const speakerOf = ({ factorKinds, recoveryCodeAnswers }: KindsDeps, { kind }: { kind: string }): Answering =>
  factorKinds.find((known) => known.kind === kind) ?? recoveryCodeAnswers

export function answerRefused(kinds: KindsDeps, result: AnswerRefusal): string {
  switch (result.reason) {
    case 'refused':
      return speakerOf(kinds, result.refusal).said(result.refusal)
    case 'malformed':
      return 'Enter the six digits your authenticator shows, or one of your recovery codes.'
    case 'wait':
      return `Too many wrong codes. Try again in ${inWords(result.seconds)}.`
    case 'blocked':
      return 'There were too many wrong codes in a row. Use a recovery code: it frees the authenticator as well.'
    case 'expired':
    case 'no_attempts_left':
      return 'That took too long or too many tries. Sign in again.'
  }
}

/** 422, or 429 with `Retry-After` where the person is told to wait. */
export function refusedStatus(c: AnyContext, refusal: { reason: string; seconds?: number }): 422 | 429 {
  if (refusal.seconds === undefined) return refusal.reason === 'blocked' ? 429 : 422
  c.header('Retry-After', String(refusal.seconds))
  return 429
}

/** The form as it is shown again: one error, beside `field` or ('') for the form as a whole. */
export function refusedForm<Field extends string>(
  field: NoInfer<Field> | '',
  message: string,
  refusal: object = {},
  values: Partial<Record<NoInfer<Field>, string>> = {},
): FormState<Field> {
  const { seconds, refusal: ofKind }: { seconds?: number; refusal?: Refusal | NameRefusal } = refusal
  const waitSeconds = seconds ?? (typeof ofKind === 'object' ? ofKind.nextInSeconds : undefined)
  return {
    values,
    errors: { [field]: message } as FormState<Field>['errors'] & {},
    ...(waitSeconds ? { waitSeconds } : {}),
  }
}
