import type { Child } from 'hono/jsx'
import type { Said } from '#views/ui/types.ts'
import { waitInWords } from '#views/ui/wait.ts'
import { en } from '#views/words/en.ts'
import type { ChoiceRefused } from '../../access-tokens/access-tokens.ts'
import { type CodeRefusal, codeRefused, tooManyAttempts } from '../../http/messages.ts'
import { Failure, invalidParameter, type ResultName } from './results.ts'

// What the use cases refuse with, as results, in the English of the pages.

type Wait = { ok: false; reason: 'wait'; seconds: number }

export const wait = ({ seconds }: Wait): Failure =>
  new Failure('too_many_attempts', inWords(tooManyAttempts(seconds, en)), { retryAfter: seconds })

/** Of whatever asks for the password of who is signed in. */
export function confirmationRefused(
  refusal: Wait | { ok: false; reason: 'wrong_password' | 'changed' | 'email_unconfirmed' },
): Failure {
  if (refusal.reason === 'wait') return wait(refusal)
  if (refusal.reason === 'email_unconfirmed') return new Failure('email_unconfirmed', en.messages.emailUnconfirmed)
  return refusal.reason === 'changed'
    ? new Failure('changed_meanwhile', en.messages.changedMeanwhile)
    : new Failure('wrong_password', en.messages.wrongPassword)
}

const OF_CODES: Record<Exclude<CodeRefusal['reason'], 'malformed' | 'wait'>, ResultName> = {
  wrong_code: 'wrong_code',
  wrong_recovery_code: 'wrong_code',
  used_code: 'used_code',
  old_code: 'old_code',
  blocked: 'authenticator_blocked',
  expired: 'authentication_failed',
  no_attempts_left: 'no_attempts_left',
}

export function codeFailure(refusal: CodeRefusal): Failure {
  const text = inWords(codeRefused(refusal, en))
  if (refusal.reason === 'malformed') return invalidParameter('code', text)
  const more = {
    ...('attemptsLeft' in refusal && { attemptsLeft: refusal.attemptsLeft }),
    ...(refusal.reason === 'wait' && { retryAfter: refusal.seconds }),
    ...(refusal.reason === 'used_code' && { retryAfter: refusal.nextInSeconds }),
  }
  return new Failure(refusal.reason === 'wait' ? 'too_many_attempts' : OF_CODES[refusal.reason], text, more)
}

/** With the wait as it is now, which nobody counts down. */
function inWords(said: Said): string {
  if (typeof said === 'string') return said
  const { before, wait, seconds } = said
  return [before, text(wait(waitInWords(seconds, en)))].join(' ')
}

const text = (part: Child): string => (Array.isArray(part) ? part.map(text).join('') : String(part))

export function choiceFailure({ reason }: ChoiceRefused): Failure {
  switch (reason) {
    case 'no_scope':
      return invalidParameter('apiList', 'Name at least one method or scope.')
    case 'expires_in_the_past':
      return invalidParameter('expiresAt', 'That is over already.')
    case 'expires_too_late':
      return invalidParameter('expiresAt', 'At most 366 days from now.')
  }
}
