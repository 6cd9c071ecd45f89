import { type SecurityEvent, securityEvent } from '../identity/security-events.ts'
import type { Origin } from '../lib/origin.ts'
import type { Vault } from '../lib/vault.ts'
import type { ActiveFactor, Factor, FactorKinds, Fields, Judged, SignInAnswer } from './factor.ts'
import { activeFactors, type StoredFactor } from './factor-secret.ts'

/** What it takes to read an answer of any kind and to judge it. */
export type AnswerDeps = {
  factorKinds: FactorKinds
  recoveryCodeAnswers: { kind: string; read(fields: Fields): SignInAnswer | undefined }
  userHandles: { userHandleOf(accountId: number): Promise<string | undefined> }
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
export type Challenge<Kind extends Factor> = {
  kind: Kind
  challenge: string
  factors: ActiveFactor[]
  /** Whether the account has one beside it whose answers are typed. */
  hasTyped: boolean
}

/** Whose answers are judged, and the hash of the token of what asks: a pending sign-in, or a session. */
type Asked = { accountId: number; tokenHash: string }
type FactorsOf = (accountId: number) => Promise<readonly StoredFactor[]>

export const judgeAnswer = (
  { vault, userHandles, now }: AnswerDeps,
  { kind, answer }: ReadAnswer,
  factorsOf: FactorsOf,
  { accountId, tokenHash }: Asked,
): Promise<Judged> =>
  answer.judge({
    accountId,
    factors: async () => activeFactors(vault, await factorsOf(accountId), kind),
    challenges: () => challengesAt(vault, kind, tokenHash, now()),
    userHandle: () => userHandles.userHandleOf(accountId),
    now: now(),
  })

/** What is asked of an account beside a code. Nothing is read for it unless a kind asks. */
export async function challengesOf<Kind extends Factor>(
  { factorKinds, vault, now }: { factorKinds: FactorKinds<Kind>; vault: Vault; now(): Date },
  factorsOf: FactorsOf,
  { accountId, tokenHash }: Asked,
): Promise<Challenge<Kind>[]> {
  const asking = factorKinds.filter(({ isChallenged }) => isChallenged)
  if (asking.length === 0) return []
  const stored = await factorsOf(accountId)
  const hasTyped = stored.some((factor) => asking.every(({ kind }) => kind !== factor.kind))
  return asking
    .map((kind) => ({
      kind,
      challenge: newestChallenge(vault, kind.kind, tokenHash, now()),
      factors: activeFactors(vault, stored, kind.kind),
      hasTyped,
    }))
    .filter(({ factors }) => factors.length > 0)
}

/** Milliseconds: how long a challenge can be answered at least, and at most. */
export const ANSWERED_AT_LEAST = 10 * 60_000
export const ANSWERED_AT_LATEST = 2 * ANSWERED_AT_LEAST

/** What asks (the hash of a token) has another challenge in each such stretch of time. */
const challengeIn = (vault: Vault, kind: string, tokenHash: string, stretch: number) =>
  vault.hash('factor-challenge', `${kind} ${tokenHash} ${stretch}`)

const stretchOf = (now: Date) => Math.floor(now.getTime() / ANSWERED_AT_LEAST)

/** What is asked now. Nobody else can know it: it is made from what asks, and ends with it. */
export const newestChallenge = (vault: Vault, kind: string, tokenHash: string, now: Date): string =>
  challengeIn(vault, kind, tokenHash, stretchOf(now))

/** Those that may be answered now, the newest first. */
export const challengesAt = (vault: Vault, kind: string, tokenHash: string, now: Date): readonly string[] =>
  [stretchOf(now), stretchOf(now) - 1].map((stretch) => challengeIn(vault, kind, tokenHash, stretch))

/** What the account's owner has to hear of an answer that was right. */
export const noticed = (judged: Judged, accountId: number, origin: Origin, at: Date): SecurityEvent[] =>
  judged.ok && judged.notice ? [securityEvent(judged.notice, accountId, origin, at)] : []
