import type { Vault } from '../lib/vault.ts'
import type { ActiveFactor, Factor, FactorKinds, Fields, Judged, SignInAnswer } from './factor.ts'
import { activeFactors, type StoredFactor } from './factor-secret.ts'

/** What it takes to read an answer of any kind and to judge it. */
export type AnswerDeps = {
  factorKinds: FactorKinds
  recoveryCodeAnswers: { kind: string; read(fields: Fields): SignInAnswer | undefined }
  vault: Vault
  now(): Date
}

export type ReadAnswer = { kind: string; answer: SignInAnswer }

/** By the first kind that finds an answer of its own in the fields. */
export function readAnswer({ factorKinds, recoveryCodeAnswers }: AnswerDeps, fields: Fields): ReadAnswer | undefined {
  for (const kind of [...factorKinds, recoveryCodeAnswers]) {
    const answer = kind.read(fields)
    if (answer) return { kind: kind.kind, answer }
  }
  return undefined
}

/** A kind that asks for an answer to a challenge, and the factors of the account that can give it. */
export type Challenge<Kind extends Factor> = { kind: Kind; challenge: string; factors: ActiveFactor[] }

/** Whose answers are judged, and the hash of the token of what asks: a pending sign-in, or a session. */
type Asked = { accountId: number; tokenHash: string }
type FactorsOf = (accountId: number) => Promise<readonly StoredFactor[]>

export const judgeAnswer = (
  { vault, now }: AnswerDeps,
  { kind, answer }: ReadAnswer,
  factorsOf: FactorsOf,
  { accountId, tokenHash }: Asked,
): Promise<Judged> =>
  answer.judge({
    accountId,
    factors: async () => activeFactors(vault, await factorsOf(accountId), kind),
    challenge: () => challengeOf(vault, kind, tokenHash),
    now: now(),
  })

/** What is asked of an account beside a code. Nothing is read for it unless a kind asks. */
export async function challengesOf<Kind extends Factor>(
  { factorKinds, vault }: { factorKinds: FactorKinds<Kind>; vault: Vault },
  factorsOf: FactorsOf,
  { accountId, tokenHash }: Asked,
): Promise<Challenge<Kind>[]> {
  const asking = factorKinds.filter(({ isChallenged }) => isChallenged)
  if (asking.length === 0) return []
  const stored = await factorsOf(accountId)
  return asking
    .map((kind) => ({
      kind,
      challenge: challengeOf(vault, kind.kind, tokenHash),
      factors: activeFactors(vault, stored, kind.kind),
    }))
    .filter(({ factors }) => factors.length > 0)
}

/** Nobody else can know it. It is made from the token of what asks, and ends with it. */
const challengeOf = (vault: Vault, kind: string, tokenHash: string) =>
  vault.hash('factor-challenge', `${kind} ${tokenHash}`)
