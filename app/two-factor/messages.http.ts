import { words } from '#views/words/words.ts'
import { NAME_MAX_LENGTH, type NameRefusal } from './authenticators.ts'
import type { Answering, KindsDeps } from './factor.http.ts'

export function nameRefused(refusal: NameRefusal): string {
  const { too_long, ...others } = words.messages.name
  return refusal === 'too_long' ? too_long(NAME_MAX_LENGTH) : others[refusal]
}

/** What a kind refuses, its own part of the pages says. */
export const speakerOf = ({ factorKinds, recoveryCodeAnswers }: KindsDeps, { kind }: { kind: string }): Answering =>
  factorKinds.find((known) => known.kind === kind) ?? recoveryCodeAnswers
