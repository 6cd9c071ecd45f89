import {
  type ConfirmPasswordDeps,
  type ConfirmPasswordResult,
  confirmPassword,
  type Renewal,
  renewal,
} from '../account/confirm-password.ts'
import { type Origin, type SecurityEvent, securityEvent } from '../identity/security-events.ts'
import { newRecoveryCodes, readTypedCode } from '../lib/codes.ts'
import { readableEmail } from '../lib/email-address.ts'
import type { Vault } from '../lib/vault.ts'
import { type Forgiven, secondFactorForgiven } from '../limits.ts'
import type { Session } from '../sign-in/session.ts'
import { FIRST_NAME } from './authenticators.ts'
import { type Enrolment, type EnrolmentMode, newEnrolment, stepOf } from './enrolment.ts'
import { type Enrolable, type Factor, type Judgement, NEVER_USED } from './factor.ts'
import { type StoredFactor, sealSecret } from './factor-secret.ts'
import { type StoredRecoveryCode, storedCodes } from './recovery-codes.ts'

/** A change of the second factor. It ends the account's other sessions and every pending sign-in. */
export type FactorChange = {
  accountId: number
  securityVersion: number
  renewal: Renewal
  event: SecurityEvent
  forgiven: Forgiven
}

export type EnrolStore = {
  renew(of: { renewal: Renewal; forgiven: Forgiven }): Promise<boolean>
  /** False, and nothing changed, when the account changed since `securityVersion` or has a factor. */
  enrol(of: FactorChange & { factor: StoredFactor; codes: StoredRecoveryCode[] }): Promise<boolean>
  /** False, and nothing changed, when the account changed since `securityVersion`, has no factor, or has `atMost`. */
  addFactor(of: FactorChange & { factor: StoredFactor; atMost: number }): Promise<boolean>
  /**
   * The new factor takes the place of `replaced`, whose name it bears; the recovery codes stay. False, and nothing changed,
   * when the account changed since `securityVersion`, or `replaced` is not there under that name.
   */
  replaceFactor(of: FactorChange & { factor: StoredFactor; replaced: { id: string; name: string } }): Promise<boolean>
  factorsOf(accountId: number): Promise<readonly StoredFactor[]>
  hasFactor(accountId: number, factorId: string): Promise<boolean>
}

export type EnrolDeps = ConfirmPasswordDeps & { enrolments: EnrolStore; factorKinds: Factor[]; vault: Vault }

export type Changed = { ok: false; reason: 'changed' }

/** Password first: begins an enrolment, of which nothing is stored here. */
export async function startEnrolment(
  deps: EnrolDeps,
  session: Session,
  {
    mode,
    kind,
    password,
    replaces = null,
  }: { mode: EnrolmentMode; kind: string; password: string; replaces?: string | null },
  origin: Origin,
): Promise<
  { ok: true; token: string | undefined; enrolment: Enrolment } | Exclude<ConfirmPasswordResult, { ok: true }> | Changed
> {
  const confirmed = await confirmPassword(deps, session, password, origin)
  if (!confirmed.ok) return confirmed
  const { token, renewal: renewed } = renewal(session)
  if (!(await deps.enrolments.renew({ renewal: renewed, forgiven: confirmed.forgiven })))
    return { ok: false, reason: 'changed' }
  return { ok: true, token, enrolment: newEnrolment(mode, factorOf(deps, kind), session, deps.now(), replaces) }
}

/** What step 1 shows. */
export const showEnrolment = (deps: EnrolDeps, enrolment: Enrolment, session: Session): Promise<Enrolable> =>
  factorOf(deps, enrolment.kind).show(enrolment.secret, readableEmail(session.email))

export type CodeRefused = Exclude<Judgement, { ok: true }> | { ok: false; reason: 'malformed' }

/** Step 1, "Next": the code proves that the device has the secret. The same recovery codes come back when it is done again. */
export async function confirmCode(
  deps: EnrolDeps,
  enrolment: Enrolment,
  typed: string,
): Promise<{ ok: true; enrolment: Enrolment } | CodeRefused> {
  const judged = await judgeFirstCode(deps, enrolment, typed)
  if (!judged.ok) return judged
  const codes = enrolment.codes.length > 0 ? enrolment.codes : newRecoveryCodes()
  return { ok: true, enrolment: { ...enrolment, counter: Math.max(judged.counter, enrolment.counter), codes } }
}

export type Done = { ok: true; token: string | undefined }

/** Step 2, "Done": turns the second factor on, in one transaction. Done twice is done once; the second has no new token. */
export async function finishEnrolment(
  deps: EnrolDeps,
  session: Session,
  enrolment: Enrolment,
  saved: boolean,
  origin: Origin,
): Promise<Done | { ok: false; reason: 'not_saved' | 'code_owed' | 'changed' }> {
  if (stepOf(enrolment) !== 2) return { ok: false, reason: 'code_owed' }
  if (!saved && !enrolment.downloaded) return { ok: false, reason: 'not_saved' }
  const now = deps.now()
  const { accountId } = session
  const { token, renewal: renewed } = renewal(session)
  const event = securityEvent('second_factor_on', accountId, origin, now, null, { subject: enrolment.id })
  const on = await deps.enrolments.enrol({
    ...enrolmentChange(session, enrolment, renewed, event, secondFactorForgiven(accountId)),
    factor: storedFactor(deps.vault, accountId, enrolment, FIRST_NAME, now),
    codes: storedCodes(deps.vault, accountId, enrolment.codes, now),
  })
  return on ? { ok: true, token } : alreadyDone(deps, accountId, enrolment)
}

/** The version is the enrolment's own, not the session's: what began before another change can not finish after it. */
export const enrolmentChange = (
  session: Session,
  enrolment: Enrolment,
  renewed: Renewal,
  event: SecurityEvent,
  forgiven: Forgiven,
): FactorChange => ({
  accountId: session.accountId,
  securityVersion: enrolment.securityVersion,
  renewal: renewed,
  event,
  forgiven,
})

/** What was not done again: a page that was sent twice is answered as if it had been sent once. */
export async function alreadyDone(
  { enrolments }: EnrolDeps,
  accountId: number,
  enrolment: Enrolment,
): Promise<Done | Changed> {
  return (await enrolments.hasFactor(accountId, enrolment.id))
    ? { ok: true, token: undefined }
    : { ok: false, reason: 'changed' }
}

/** The answer of a device that is about to be enrolled, against the secret of its enrolment. */
export async function judgeFirstCode(
  deps: EnrolDeps,
  enrolment: Enrolment,
  typed: string,
): Promise<Judgement | { ok: false; reason: 'malformed' }> {
  const answer = readTypedCode(typed)
  if (answer.kind !== 'authenticator') return { ok: false, reason: 'malformed' }
  const factor = factorOf(deps, enrolment.kind)
  return factor.judge(enrolment.secret, answer.code, NEVER_USED, deps.now()) // the code of step 1 may be sent again: it is spent at Done
}

export const storedFactor = (
  vault: Vault,
  accountId: number,
  { id, kind, secret, counter }: Enrolment,
  name: string,
  now: Date,
): StoredFactor => ({
  id,
  accountId,
  kind,
  slot: id, // an account may have several of a kind
  secret: sealSecret(vault, id, secret),
  name,
  counter,
  addedAt: now,
  lastUsedAt: null,
})

function factorOf({ factorKinds }: EnrolDeps, kind: string): Factor {
  const factor = factorKinds.find((known) => known.kind === kind)
  if (!factor) throw new Error(`There is no kind of second factor called ${kind}.`)
  return factor
}
