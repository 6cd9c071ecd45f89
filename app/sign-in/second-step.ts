import { knownAs, type Recognition, sourceOf } from '../identity/known-browsers.ts'
import {
  authenticatorAttempt,
  type Blocked,
  type Charged,
  charge,
  isBlocked,
  type LimitDeps,
  recoveryCodeAttempt,
  type Wait,
} from '../identity/limits.ts'
import { type SecurityEvent, securityEvent } from '../identity/security-events.ts'
import type { Client } from '../identity/visitor.ts'
import type { Origin } from '../lib/origin.ts'
import { hashToken, looksLikeToken } from '../lib/tokens.ts'
import { type AnswerDeps, judgeAnswer, noticed, type ReadAnswer, readAnswer } from '../two-factor/answers.ts'
import type { FactorWrite, Fields, Refused } from '../two-factor/factor.ts'
import type { StoredFactor } from '../two-factor/factor-secret.ts'
import type { Watch } from '../watch/watch.ts'
import { type Arriving, type Completion, complete } from './completion.ts'
import { type Held, type Holds, NOTHING_HELD, type PendingSignIn } from './sign-in.ts'

/** `uid` and `deleteAt` are the account's. `recoveryOpensAt` is as in visitor.ts. */
type FoundPending = PendingSignIn & { uid: number; deleteAt: Date | null; recoveryOpensAt: Date | null }

export type SecondStepStore = {
  findPending(tokenHash: string, now: Date): Promise<FoundPending | undefined>
  /** Takes one attempt before the answer is looked at. False when there was none to take. */
  spendAttempt(tokenHash: string, now: Date): Promise<boolean>
  cancelPending(tokenHash: string): Promise<void>
  /** Which of the hashes (five at most) that somebody arrives with the account knows. One prepared read. */
  recognise(accountId: number, browserHashes: string[]): Promise<Recognition>
  factorsOf(accountId: number): Promise<readonly StoredFactor[]>
  /** False if the answer is no longer what its proof takes it for, or the pending sign-in is gone. */
  complete(of: Completion & { pendingHash: string }, proof: FactorWrite): Promise<boolean>
  recoveryCodesLeft(accountId: number): Promise<number>
  record(event: SecurityEvent): Promise<void>
}

export type SecondStepDeps = LimitDeps &
  AnswerDeps & {
    secondSteps: SecondStepStore
    sessionLifetime: number
    watch: Watch
  }

export type SecondStepResult =
  | { ok: true; token: string; expiresAt: Date; holds: Holds; recoveryCodesLeft?: number; stays: boolean }
  /** The password has to be typed again. */
  | { ok: false; reason: 'expired' | 'no_attempts_left' }
  | AnswerRefused

/** `attemptsLeft` of this pending sign-in, where one was taken. */
type AnswerRefused = ({ ok: false; reason: 'malformed' } | Refused | Wait | Blocked) & { attemptsLeft?: number }

/** The live pending sign-in behind a token at its door: whether a second factor is asked for at all. */
export async function pendingSignIn(
  deps: SecondStepDeps,
  token: string,
  client: Client = 'browser',
): Promise<FoundPending | undefined> {
  if (!looksLikeToken(token)) return undefined
  const pending = await deps.secondSteps.findPending(hashToken(token), deps.now())
  return pending?.client === client ? pending : undefined
}

/**
 * `keepToken`: the session goes on under the token of the pending sign-in, for clients that know no other. `trust`: the
 * browser is not to be asked for a code again; heard only with an answer of a factor.
 */
type Door =
  | { client: 'api'; keepToken?: boolean }
  | { client: 'browser'; keepToken?: never; held?: Held; trust?: boolean }

/** False after too many wrong codes in a row: then only a recovery code, or an operator, opens the account. */
export const canUseAuthenticator = async (deps: SecondStepDeps, { accountId }: PendingSignIn): Promise<boolean> =>
  !(await isBlocked(deps, authenticatorAttempt(accountId)))

/** Second step: what a factor answers, or a recovery code. Whose sign-in it is comes from the pending row, never from the form. */
export const verifyAnswer = (
  deps: SecondStepDeps,
  token: string,
  fields: Fields,
  origin: Origin,
  door: Door = { client: 'browser' },
): Promise<SecondStepResult> =>
  deps.watch.attempt({ door: door.client, address: origin.address }, () => tryAnswer(deps, token, fields, origin, door))

async function tryAnswer(
  deps: SecondStepDeps,
  token: string,
  fields: Fields,
  origin: Origin,
  door: Door,
): Promise<SecondStepResult> {
  const { client, keepToken = false } = door
  const pending = await pendingSignIn(deps, token, client)
  if (!pending) return { ok: false, reason: 'expired' }
  const arriving = await recognise(deps, pending, origin, door)
  const source = sourceOf(arriving.recognised, arriving)
  const read = readAnswer(deps, fields)
  if (!read) {
    const charged = await charge(deps, source) // costs no attempt, but is not free either
    return charged.ok ? { ok: false, reason: 'malformed' } : charged
  }
  const { accountId } = pending
  const isRecovery = read.answer.method === 'recovery_code'
  const charged = await charge(deps, source, (isRecovery ? recoveryCodeAttempt : authenticatorAttempt)(accountId))
  if (!charged.ok) return charged
  if (!(await deps.secondSteps.spendAttempt(pending.tokenHash, deps.now()))) return { ok: false, reason: 'expired' }

  const attempt = { deps, pending, arriving, forgiven: charged.forgiven, ...(keepToken && { token }) }
  const result = await judge(attempt, read)
  if (result.ok) return result
  await deps.secondSteps.record(securityEvent('code_wrong', pending.accountId, origin, deps.now()))
  const left = await pendingSignIn(deps, token, client)
  return left ? { ...result, attemptsLeft: left.attemptsLeft } : { ok: false, reason: 'no_attempts_left' }
}

/** "Cancel" on the code page. */
export async function cancelPending(deps: SecondStepDeps, token: string): Promise<void> {
  if (looksLikeToken(token)) await deps.secondSteps.cancelPending(hashToken(token))
}

type Attempt = {
  deps: SecondStepDeps
  pending: FoundPending
  arriving: Arriving
  forgiven: Charged['forgiven']
  token?: string
}

async function recognise(
  deps: SecondStepDeps,
  { accountId }: PendingSignIn,
  origin: Origin,
  door: Door,
): Promise<Arriving> {
  const { held = NOTHING_HELD, trust = false } = door.client === 'browser' ? door : {}
  const arrival = { client: door.client, held: held.known, origin }
  const recognised = await deps.secondSteps.recognise(accountId, knownAs(arrival))
  return { ...arrival, recognised, trusts: trust ? held.trusted : undefined }
}

async function judge(attempt: Attempt, read: ReadAnswer): Promise<Extract<SecondStepResult, { ok: true }> | Refused> {
  const { deps, pending, arriving, forgiven } = attempt
  const { accountId, tokenHash: pendingHash } = pending
  const { origin } = arriving
  const { answer } = read
  const judged = await judgeAnswer(deps, read, deps.secondSteps.factorsOf, pending)
  if (!judged.ok) return judged
  const used = answer.method === 'recovery_code' && securityEvent('recovery_code_used', accountId, origin, deps.now())
  const { token, holds, completion: rows } = complete(deps, pending, arriving, { ...attempt, method: answer.method })
  const completion = { ...rows, pendingHash } // its event comes after that of the code
  completion.events.push(...noticed(judged, accountId, origin, deps.now()))
  const { session, stays } = completion
  const done = { ok: true, token, holds, expiresAt: session.expiresAt, stays: stays !== undefined } as const
  if (!used) return (await deps.secondSteps.complete(completion, judged.proof)) ? done : judged.otherwise

  const events = [used, ...completion.events]
  // A recovery code proves the owner: what strangers did to the authenticator's count is forgiven as well.
  const alsoForgiven = { ...forgiven, delays: [...forgiven.delays, authenticatorAttempt(accountId).key] }
  const completed = await deps.secondSteps.complete({ ...completion, events, forgiven: alsoForgiven }, judged.proof)
  if (!completed) return judged.otherwise
  return { ...done, recoveryCodesLeft: await deps.secondSteps.recoveryCodesLeft(accountId) }
}
