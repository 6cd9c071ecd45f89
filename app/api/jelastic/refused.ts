import type { Child } from 'hono/jsx'
import type { Said } from '#views/ui/types.ts'
import { waitInWords } from '#views/ui/wait.ts'
import { en } from '#views/words/en.ts'
import type { ChoiceRefused } from '../../access-tokens/change-tokens.ts'
import { tooManyAttempts } from '../../http/messages.ts'
import type { Hindrance } from '../../identity/standing.ts'
import type { KindsDeps } from '../../two-factor/factor.http.ts'
import { type AnswerRefusal, answerRefused } from '../../two-factor/messages.http.ts'
import { Failure, invalidParameter, type ResultName } from './results.ts'

// What the use cases refuse with, as results, in the English of the pages.

type Wait = { ok: false; reason: 'wait'; seconds: number }

export const wait = ({ seconds }: Wait): Failure =>
  new Failure('too_many_attempts', inWords(tooManyAttempts(seconds, en)), { retryAfter: seconds })

/** What a session is told that has to do something else first. */
export const hindered = (hindrance: Hindrance): Failure => {
  switch (hindrance) {
    case 'make_recovery_codes':
      return new Failure('recovery_codes_owed')
    case 'set_up_second_factor':
      return new Failure('second_factor_off')
    case 'prove_second_factor':
    case 'not_theirs':
      return new Failure('not_allowed')
    case 'change_second_factor':
      return new Failure('second_factor_on')
    case 'prove_resistant':
    case 'only_add_resistant':
      return new Failure('passkey_required')
    case 'only_set_up':
      return new Failure('second_factor_required')
    case 'recovery_waits':
      return new Failure('recovery_waits')
    case 'confirm_email':
      return new Failure('email_unconfirmed', en.messages.emailUnconfirmed)
  }
}

/** Of whatever asks for the password of who is signed in. */
export function confirmationRefused(
  refusal: Wait | { ok: false; reason: 'wrong_password' | 'changed' | 'required' },
): Failure {
  switch (refusal.reason) {
    case 'wait':
      return wait(refusal)
    case 'changed':
      return new Failure('changed_meanwhile', en.messages.changedMeanwhile)
    case 'required':
      return new Failure('second_factor_required', en.messages.secondFactorRequired)
    case 'wrong_password':
      return new Failure('wrong_password', en.messages.wrongPassword)
  }
}

const OF_ANSWERS = {
  blocked: 'authenticator_blocked',
  not_resistant: 'passkey_required',
  expired: 'authentication_failed',
  no_attempts_left: 'no_attempts_left',
} as const

const OF_REFUSALS: ResultName[] = ['used_code', 'old_code']

export function codeFailure(deps: KindsDeps, result: AnswerRefusal): Failure {
  const text = inWords(answerRefused(deps, result, en))
  const more = 'attemptsLeft' in result ? { attemptsLeft: result.attemptsLeft } : {}
  switch (result.reason) {
    case 'malformed':
      return invalidParameter('code', text)
    case 'wait':
      return new Failure('too_many_attempts', text, { ...more, retryAfter: result.seconds })
    case 'refused': {
      const { reason, nextInSeconds: retryAfter } = result.refusal
      const name = OF_REFUSALS.find((known) => known === reason) ?? 'wrong_code'
      return new Failure(name, text, { ...more, ...(retryAfter !== undefined && { retryAfter }) })
    }
    default:
      return new Failure(OF_ANSWERS[result.reason], text, more)
  }
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
