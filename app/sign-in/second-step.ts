import { type Origin, type SecurityEvent, securityEvent } from '../identity/security-events.ts'
import { readTypedCode } from '../lib/codes.ts'
import { hashToken, looksLikeToken, newToken } from '../lib/tokens.ts'
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
import type { Watch } from '../watch/watch.ts'
import {
  isNewBrowser,
  type KnownBrowser,
  knownAs,
  type Recognition,
  remembered,
  sourceOf,
  type Visitor,
} from './known-browsers.ts'
import { type Client, type NewSession, newSession } from './session.ts'
import { type Held, type Holds, NOTHING_HELD, type PendingSignIn } from './sign-in.ts'
import { newTrust, type Trust } from './trusted-browsers.ts'

/** `uid` is the account's. */
type FoundPending = PendingSignIn & { uid: number }

/** What turns a pending sign-in into a session, in one transaction, for one caller only. */
type Completion = {
  pendingHash: string
  securityVersion: number
  session: NewSession
  events: SecurityEvent[]
  forgiven: Forgiven
  known: KnownBrowser | undefined
  trust: Trust | undefined
}

export type SecondStepStore = {
  findPending(tokenHash: string, now: Date): Promise<FoundPending | undefined>
  /** Takes one attempt before the answer is looked at. False when there was none to take. */
  spendAttempt(tokenHash: string, now: Date): Promise<boolean>
  cancelPending(tokenHash: string): Promise<void>
  /** Which of what the visitor is known by (hashes, five at most) the account knows. One prepared read. */
  recognise(accountId: number, browserHashes: string[]): Promise<Recognition>
  factorsOf(accountId: number): Promise<readonly StoredFactor[]>
  /** False if the counter is no longer below `counter`, or if the pending sign-in is gone. */
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
  watch: Watch
}

export type SecondStepResult =
  | { ok: true; token: string; expiresAt: Date; holds: Holds; recoveryCodesLeft?: number }
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
): Promise<FoundPending | undefined> {
  if (!looksLikeToken(token)) return undefined
  const pending = await deps.secondSteps.findPending(hashToken(token), deps.now())
  return pending?.client === client ? pending : undefined
}

/**
 * `keepToken`: the session goes on under the token of the pending sign-in, for clients that know no other. `trust`: the
 * browser is not to be asked for a code again; heard only with a code of the authenticator.
 */
type Door =
  | { client: 'api'; keepToken?: boolean }
  | { client: 'browser'; keepToken?: never; held?: Held; trust?: boolean }

/** False after too many wrong codes in a row: then only a recovery code, or an operator, opens the account. */
export const canUseAuthenticator = async (deps: SecondStepDeps, { accountId }: PendingSignIn): Promise<boolean> =>
  !(await isBlocked(deps, authenticatorAttempt(accountId)))

/** Second step: an authenticator code or a recovery code. Whose sign-in it is comes from the pending row, never from the form. */
export const verifyCode = (
  deps: SecondStepDeps,
  token: string,
  typed: string,
  origin: Origin,
  door: Door = { client: 'browser' },
): Promise<SecondStepResult> =>
  deps.watch.attempt({ door: door.client, address: origin.address }, () => tryCode(deps, token, typed, origin, door))

async function tryCode(
  deps: SecondStepDeps,
  token: string,
  typed: string,
  origin: Origin,
  door: Door,
): Promise<SecondStepResult> {
  const { client, keepToken = false } = door
  const pending = await pendingSignIn(deps, token, client)
  if (!pending) return { ok: false, reason: 'expired' }
  const visiting = await recognise(deps, pending, origin, door)
  const source = sourceOf(visiting.recognised, visiting)
  const answer = readTypedCode(typed)
  if (answer.kind === 'malformed') {
    const charged = await charge(deps, source) // costs no attempt, but is not free either
    return charged.ok ? { ok: false, reason: 'malformed' } : charged
  }
  const { accountId } = pending
  const charged =
    answer.kind === 'authenticator'
      ? await charge(deps, source, authenticatorAttempt(accountId))
      : await charge(deps, source, recoveryCodeAttempt(accountId))
  if (!charged.ok) return charged
  if (!(await deps.secondSteps.spendAttempt(pending.tokenHash, deps.now()))) return { ok: false, reason: 'expired' }

  const attempt = { deps, pending, origin, visiting, forgiven: charged.forgiven, ...(keepToken && { token }) }
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
type Visiting = Visitor & { recognised: Recognition; trusts: string[] | undefined }
type Attempt = {
  deps: SecondStepDeps
  pending: FoundPending
  origin: Origin
  visiting: Visiting
  forgiven: Forgiven
  token?: string
}

async function recognise(
  deps: SecondStepDeps,
  { accountId }: PendingSignIn,
  origin: Origin,
  door: Door,
): Promise<Visiting> {
  const { held = NOTHING_HELD, trust = false } = door.client === 'browser' ? door : {}
  const visitor = { client: door.client, held: held.known, origin }
  const recognised = await deps.secondSteps.recognise(accountId, knownAs(visitor))
  return { ...visitor, recognised, trusts: trust ? held.trusted : undefined }
}

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
    const { token, holds, ...completion } = complete(attempt, 'authenticator')
    const { counter } = judgement
    if (await deps.secondSteps.completeWithFactor({ ...completion, factorId: factor.id, counter, now: deps.now() }))
      return { ok: true, token, holds, expiresAt: completion.session.expiresAt }
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
  const { token, holds, ...completion } = complete(attempt, 'recovery_code')
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
    : { ok: true, token, holds, expiresAt: completion.session.expiresAt, recoveryCodesLeft }
}

function complete(
  { deps, pending, origin, visiting, forgiven, token: kept = newToken(pending.uid) }: Attempt,
  method: 'authenticator' | 'recovery_code',
): Completion & { token: string; holds: Holds } {
  const now = deps.now()
  const { accountId, client, securityVersion, tokenHash: pendingHash } = pending
  const { token, session } = newSession({ accountId, client, method, token: kept }, origin, now, deps.sessionLifetime)
  const known = remembered(visiting, accountId, visiting.recognised, now)
  const noticed = isNewBrowser(visiting.recognised, pending)
  const events = [securityEvent('signed_in', accountId, origin, now, method, { noticed })]
  const trusted =
    visiting.trusts && method === 'authenticator'
      ? newTrust(visiting.trusts, { accountId, securityVersion }, origin, now)
      : undefined
  if (trusted) {
    const subject = trusted.trust.browser.id
    events.push(securityEvent('browser_trusted', accountId, origin, now, null, { subject }))
  }
  const holds = { known: known.token, trusted: trusted?.token }
  const rows = { session, events, known: known.browser, trust: trusted?.trust }
  return { token, holds, pendingHash, securityVersion, forgiven, ...rows }
}
