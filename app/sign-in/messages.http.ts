import type { Said } from '#views/ui/types.ts'
import { type Words, words } from '#views/words/words.ts'
import type { KindsDeps } from '../two-factor/factor.http.ts'
import { speakerOf } from '../two-factor/messages.http.ts'
import type { SecondStepResult } from './second-step.ts'

/** Why an answer to the second step was refused. */
export type AnswerRefusal = Exclude<SecondStepResult, { ok: true }>

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
