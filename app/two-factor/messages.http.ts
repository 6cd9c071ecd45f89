import type { Said } from '#views/ui/types.ts'
import { type Words, words } from '#views/words/words.ts'
import type { Blocked, Wait } from '../identity/limits.ts'
import { NAME_MAX_LENGTH, type NameRefusal } from './authenticators.ts'
import type { Answering, KindsDeps } from './factor.http.ts'
import type { Refused } from './factor.ts'

export function nameRefused(refusal: NameRefusal): string {
  const { too_long, ...others } = words.messages.name
  return refusal === 'too_long' ? too_long(NAME_MAX_LENGTH) : others[refusal]
}

/** What a kind refuses, its own part of the pages says. */
export const speakerOf = ({ factorKinds, recoveryCodeAnswers }: KindsDeps, { kind }: { kind: string }): Answering =>
  factorKinds.find((known) => known.kind === kind) ?? recoveryCodeAnswers

/** Why an answer was refused, at sign-in or by a session that shows its second factor again. */
export type AnswerRefusal =
  | { ok: false; reason: 'malformed' | 'not_resistant' | 'expired' | 'no_attempts_left' }
  | Refused
  | Wait
  | Blocked

export function answerRefused(kinds: KindsDeps, result: AnswerRefusal, inWords: Words = words): Said {
  const { code } = inWords.messages
  switch (result.reason) {
    case 'refused':
      return speakerOf(kinds, result.refusal).said(result.refusal, inWords)
    case 'wait':
      return { ...code.wait, seconds: result.seconds }
    case 'no_attempts_left':
      return code.expired
    default:
      return code[result.reason]
  }
}
