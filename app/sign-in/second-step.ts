import { type Origin, type SecurityEvent, securityEvent } from '../events.ts'
import { readTypedCode } from '../lib/codes.ts'
import { hashToken, looksLikeToken } from '../lib/tokens.ts'
import type { Vault } from '../lib/vault.ts'
import {
  authenticatorAttempt,
  type Blocked,
  charge,
  type Forgiven,
  isBlocked,
  type LimitDeps,
  recoveryCodeAttempt,
  type Wait,
} from '../limits.ts'
import type { Factor, Judgement } from '../two-factor/factor.ts'
import { openSecret, type StoredFactor } from '../two-factor/factor-secret.ts'
import { CODES_SHOWN_FOR, recoveryCodeText } from '../two-factor/recovery-codes.ts'
import { type Client, type NewSession, newSession } from './session.ts'
import type { PendingSignIn } from './sign-in.ts'

/** What turns a pending sign-in into a session, in one transaction, for one caller only. */
type Completion = {
  pendingHash: string
  securityVersion: number
  session: NewSession
  events: SecurityEvent[]
  forgiven: Forgiven
}

export type SecondStepStore = {
  findPending(tokenHash: string, now: Date): Promise<PendingSignIn | undefined>
  /** Takes one attempt before the answer is looked at. False when there was none to take. */
  spendAttempt(tokenHash: string, now: Date): Promise<boolean>
  cancelPending(tokenHash: string): Promise<void>
  factorsOf(accountId: number): Promise<StoredFactor[]>
  /** False when the counter is not below `counter` any more, or the pending sign-in is gone. */
  completeWithFactor(of: Completion & { factorId: string; counter: number; now: Date }): Promise<boolean>
  /** How many codes are left, or undefined when the code is none of the account's, was used, or the pending sign-in is gone. */
  completeWithRecoveryCode(
    of: Completion & { hashes: string[]; codesShownUntil: Date; now: Date },
  ): Promise<number | undefined>
  record(event: SecurityEvent): Promise<void>
}

export type SecondStepDeps = LimitDeps & {
  secondSteps: SecondStepStore
  factorKinds: Factor[]
  vault: Vault
  sessionLifetime: number
}

export type SecondStepResult =
  | { ok: true; token: string; expiresAt: Date; recoveryCodesLeft?: number }
  /** The password has to be typed again. */
  | { ok: false; reason: 'expired' | 'no_attempts_left' }
  | CodeRefused

/** `attemptsLeft` of this pending sign-in, where one was taken. */
type CodeRefused = (
  | { ok: false; reason: 'malformed' | 'wrong_recovery_code' }
  | Exclude<Judgement, { ok: true }>
  | Wait
  | Blocked
) & { attemptsLeft?: number }

/** The live pending sign-in behind a token at its door: whether a code is asked for at all. */
export async function pendingSignIn(
  deps: SecondStepDeps,
  token: string,
  client: Client = 'browser',
): Promise<PendingSignIn | undefined> {
  if (!looksLikeToken(token)) return undefined
  const pending = await deps.secondSteps.findPending(hashToken(token), deps.now())
  return pending?.client === client ? pending : undefined
}

/** `keepToken`: the session goes on under the token of the pending sign-in, for clients that know no other. */
type Door = { client: Client; keepToken?: boolean }

/** False after too many wrong codes in a row: then only a recovery code, or an operator, opens the account. */
export const canUseAuthenticator = async (deps: SecondStepDeps, { accountId }: PendingSignIn): Promise<boolean> =>
  !(await isBlocked(deps, authenticatorAttempt(accountId)))

/** Second step: an authenticator code or a recovery code. Whose sign-in it is comes from the pending row, never from the form. */
export async function verifyCode(
  deps: SecondStepDeps,
  token: string,
  typed: string,
  origin: Origin,
  { client, keepToken = false }: Door = { client: 'browser' },
): Promise<SecondStepResult> {
  const pending = await pendingSignIn(deps, token, client)
  if (!pending) return { ok: false, reason: 'expired' }
  const answer = readTypedCode(typed)
  if (answer.kind === 'malformed') {
    const charged = await charge(deps, origin.address) // costs no attempt, but is not free either
    return charged.ok ? { ok: false, reason: 'malformed' } : charged
  }
  const { accountId } = pending
  const charged =
    answer.kind === 'authenticator'
      ? await charge(deps, origin.address, authenticatorAttempt(accountId))
      : await charge(deps, origin.address, recoveryCodeAttempt(accountId))
  if (!charged.ok) return charged
  if (!(await deps.secondSteps.spendAttempt(pending.tokenHash, deps.now()))) return { ok: false, reason: 'expired' }

  const attempt = { deps, pending, origin, forgiven: charged.forgiven, ...(keepToken && { token }) }
  const result =
    answer.kind === 'authenticator'
      ? await tryAuthenticator(attempt, answer.code)
      : await tryRecoveryCode(attempt, answer.code)
  if (result.ok || result.reason === 'expired') return result
  await deps.secondSteps.record(securityEvent('code_wrong', pending.accountId, origin, deps.now()))
  const left = await pendingSignIn(deps, token, client)
  return left ? { ...result, attemptsLeft: left.attemptsLeft } : { ok: false, reason: 'no_attempts_left' }
}

/** "Cancel" on the code page. */
export async function cancelPending(deps: SecondStepDeps, token: string): Promise<void> {
  if (looksLikeToken(token)) await deps.secondSteps.cancelPending(hashToken(token))
}

type Tried = Extract<SecondStepResult, { ok: true }> | { ok: false; reason: 'expired' } | CodeRefused
type Attempt = { deps: SecondStepDeps; pending: PendingSignIn; origin: Origin; forgiven: Forgiven; token?: string }

async function tryAuthenticator(attempt: Attempt, code: string): Promise<Tried> {
  const { deps, pending } = attempt
  let refusal: Exclude<Judgement, { ok: true }> = { ok: false, reason: 'wrong_code' }
  for (const factor of await deps.secondSteps.factorsOf(pending.accountId)) {
    const kind = deps.factorKinds.find((known) => known.kind === factor.kind)
    const secret = openSecret(deps.vault, factor)
    if (!kind || !secret) continue // a secret that does not open lets nobody in; the recovery codes still do
    const judgement = await kind.judge(secret, code, factor.counter, deps.now())
    if (!judgement.ok) {
      // Each is judged by its own counter, and the plainest reason is said: it was accepted, it is too old, it is wrong.
      if (refusal.reason === 'wrong_code' || judgement.reason === 'used_code') refusal = judgement
      continue
    }
    const { token, ...completion } = complete(attempt, 'authenticator')
    const { counter } = judgement
    if (await deps.secondSteps.completeWithFactor({ ...completion, factorId: factor.id, counter, now: deps.now() }))
      return { ok: true, token, expiresAt: completion.session.expiresAt }
    // Somebody was faster with the same code: judged again, it says so.
    const again = await kind.judge(secret, code, counter, deps.now())
    return again.ok ? { ok: false, reason: 'expired' } : again
  }
  return refusal
}

async function tryRecoveryCode(attempt: Attempt, code: string): Promise<Tried> {
  const { deps, pending, origin } = attempt
  const now = deps.now()
  const used = securityEvent('recovery_code_used', pending.accountId, origin, now)
  const { token, ...completion } = complete(attempt, 'recovery_code')
  const recoveryCodesLeft = await deps.secondSteps.completeWithRecoveryCode({
    ...completion,
    events: [used, ...completion.events],
    // A recovery code proves the owner: what strangers did to the authenticator's count is forgiven as well.
    forgiven: {
      ...attempt.forgiven,
      delays: [...attempt.forgiven.delays, authenticatorAttempt(pending.accountId).key],
    },
    hashes: deps.vault.hashes('recovery-code-hash', recoveryCodeText(pending.accountId, code)),
    codesShownUntil: new Date(now.getTime() + CODES_SHOWN_FOR),
    now,
  })
  return recoveryCodesLeft === undefined
    ? { ok: false, reason: 'wrong_recovery_code' }
    : { ok: true, token, expiresAt: completion.session.expiresAt, recoveryCodesLeft }
}

function complete(
  { deps, pending, origin, forgiven, token: kept }: Attempt,
  method: 'authenticator' | 'recovery_code',
): Completion & { token: string } {
  const now = deps.now()
  const { accountId, client } = pending
  const { token, session } = newSession({ accountId, client, method, token: kept }, origin, now, deps.sessionLifetime)
  const events = [securityEvent('signed_in', accountId, origin, now, method)]
  return { token, pendingHash: pending.tokenHash, securityVersion: pending.securityVersion, session, events, forgiven }
}
