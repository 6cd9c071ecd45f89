import {
  type ConfirmPasswordDeps,
  type ConfirmPasswordResult,
  confirmPassword,
  type Renewal,
  renewal,
} from '../identity/fresh-password.ts'
import { type Forgiven, secondFactorForgiven } from '../identity/limits.ts'
import { needsResistance, type PolicyDeps } from '../identity/policy.ts'
import { recoveriesOver } from '../identity/recovery.ts'
import { type SecurityEvent, securityEvent } from '../identity/security-events.ts'
import type { SignedIn } from '../identity/visitor.ts'
import { newRecoveryCodes } from '../lib/codes.ts'
import type { Origin } from '../lib/origin.ts'
import { newUserHandle } from '../lib/tokens.ts'
import type { Vault } from '../lib/vault.ts'
import { begunAgain, type Enrolment, type EnrolmentMode, newEnrolment } from './enrolment.ts'
import {
  type ActiveFactor,
  type Factor,
  type FactorKinds,
  type Fields,
  kindOf,
  type Proven,
  type Refused,
} from './factor.ts'
import { activeFactors, type StoredFactor, sealSecret } from './factor-secret.ts'
import { type StoredRecoveryCode, storedCodes } from './recovery-codes.ts'

/** A change of the second factor. It ends the account's other sessions and every pending sign-in. */
export type FactorChange = {
  accountId: number
  securityVersion: number
  renewal: Renewal
  event: SecurityEvent
  forgiven: Forgiven
}

/** How a session was let in that can only set up again. `over`: waits that opened by then have ended. */
type Rescued = { method: 'rescue_code' } | { method: 'delayed_recovery'; now: Date; over: Date }

export type EnrolStore = {
  renew(of: { renewal: Renewal; forgiven: Forgiven }): Promise<boolean>
  /** False, and nothing changed, when the account changed since `securityVersion` or has a factor. */
  enrol(of: FactorChange & { factor: StoredFactor; codes: StoredRecoveryCode[] }): Promise<boolean>
  /**
   * In the place of every factor and recovery code that the account has; its trusted browsers are forgotten. The session is one of the new
   * factor. False also when the wait that let it in was stopped or has ended.
   */
  enrolAnew(
    of: FactorChange & { factor: StoredFactor; codes: StoredRecoveryCode[]; rescued: Rescued },
  ): Promise<boolean>
  /** False, and nothing changed, when the account changed since `securityVersion`, has no factor, or has `atMost`. */
  addFactor(of: FactorChange & { factor: StoredFactor; atMost: number }): Promise<boolean>
  /**
   * The new factor takes the place of `replaced`, whose name it bears; the recovery codes stay. False, and nothing changed,
   * when the account changed since `securityVersion`, or `replaced` is not there under that name.
   */
  replaceFactor(of: FactorChange & { factor: StoredFactor; replaced: { id: string; name: string } }): Promise<boolean>
  factorsOf(accountId: number): Promise<readonly StoredFactor[]>
  hasFactor(accountId: number, factorId: string): Promise<boolean>
  /** The id of the factor, of whichever account, that is known by this. */
  factorKnownBy(credentialId: string): Promise<string | undefined>
  /** The handle that the account has, or from now on this one. */
  makeUserHandle(accountId: number, handle: string): Promise<string>
}

export type EnrolDeps = ConfirmPasswordDeps & {
  enrolments: EnrolStore
  factorKinds: FactorKinds<Factor>
  vault: Vault
}

/** What the pages begin with: where only a factor that resists phishing is enough, the first kind that does. */
export const kindToBegin = (
  deps: Pick<EnrolDeps, 'factorKinds'> & PolicyDeps,
  { account }: SignedIn,
): string | undefined =>
  needsResistance(deps, account)
    ? deps.factorKinds.find(({ isPhishingResistant }) => isPhishingResistant)?.kind
    : undefined

export type Changed = { ok: false; reason: 'changed' }

/** Password first. Begins an enrolment; nothing is stored yet. If no kind is named, it is of the first of all kinds. */
export async function startEnrolment(
  deps: EnrolDeps,
  visitor: SignedIn,
  {
    mode,
    kind,
    password,
    replaces = null,
  }: { mode: EnrolmentMode; kind?: string | undefined; password: string; replaces?: string | null },
  origin: Origin,
): Promise<
  { ok: true; token: string | undefined; enrolment: Enrolment } | Exclude<ConfirmPasswordResult, { ok: true }> | Changed
> {
  const confirmed = await confirmPassword(deps, visitor, password, origin)
  if (!confirmed.ok) return confirmed
  const { token, renewal: renewed } = renewal(visitor)
  if (!(await deps.enrolments.renew({ renewal: renewed, forgiven: confirmed.forgiven })))
    return { ok: false, reason: 'changed' }
  return { ok: true, token, enrolment: newEnrolment(mode, kindOf(deps, kind), visitor, deps.now(), replaces) }
}

/** What the device is shown, or asked. `others` are the account's factors of the same kind. */
export type Enrolling = {
  begun: Uint8Array
  accountId: number
  email: string
  displayName: string | null
  others(): Promise<ActiveFactor[]>
  /** What devices are to know the account by, in base64url. Made at the first call, and the same ever after. */
  userHandle(): Promise<string>
}

export const enrolling = (
  { enrolments, vault }: EnrolDeps,
  { kind, begun }: Enrolment,
  { account: { id: accountId, email, displayName } }: SignedIn,
): Enrolling => ({
  begun,
  accountId,
  email,
  displayName,
  others: async () => activeFactors(vault, await enrolments.factorsOf(accountId), kind),
  userHandle: () => enrolments.makeUserHandle(accountId, newUserHandle()),
})

/** Another kind of device in the same enrolment: its password was typed a moment ago. */
export const chooseKind = (deps: EnrolDeps, enrolment: Enrolment, kind: string): Enrolment =>
  begunAgain(enrolment, kindOf(deps, kind))

export type AnswerRefused = Refused | { ok: false; reason: 'malformed' }

/** Step 1, "Next": the answer proves that the device is there. The same recovery codes come back when it is done again. */
export async function confirmAnswer(
  deps: EnrolDeps,
  enrolment: Enrolment,
  fields: Fields,
): Promise<{ ok: true; enrolment: Enrolment } | AnswerRefused> {
  const judged = await judgeFirstAnswer(deps, enrolment, fields)
  if (!judged.ok) return judged
  const codes = enrolment.codes.length > 0 ? enrolment.codes : newRecoveryCodes()
  return { ok: true, enrolment: { ...enrolment, proven: judged.proven, codes } }
}

export type Done = { ok: true; token: string | undefined }

/** Step 2, "Done": turns the second factor on, in one transaction. Done twice is done once; the second has no new token. */
export async function finishEnrolment(
  deps: EnrolDeps,
  visitor: SignedIn,
  enrolment: Enrolment,
  saved: boolean,
  origin: Origin,
): Promise<Done | { ok: false; reason: 'not_saved' | 'code_owed' } | Changed | Refused> {
  const { proven } = enrolment
  if (!proven) return { ok: false, reason: 'code_owed' }
  if (!saved && !enrolment.downloaded) return { ok: false, reason: 'not_saved' }
  const now = deps.now()
  const { id: accountId } = visitor.account
  const { token, renewal: renewed } = renewal(visitor)
  const rescued = rescuedBy(visitor, now)
  const kind = rescued ? TURNED_ON_BY[rescued.method] : 'second_factor_on'
  const event = securityEvent(kind, accountId, origin, now, null, { subject: enrolment.id })
  const factorKind = kindOf(deps, enrolment.kind)
  const name = factorKind.nameOf?.(proven) ?? factorKind.firstName
  const of = {
    ...enrolmentChange(visitor, enrolment, renewed, event, secondFactorForgiven(accountId)),
    factor: storedFactor(deps.vault, accountId, factorKind, { ...enrolment, proven }, name, now),
    codes: storedCodes(deps.vault, accountId, enrolment.codes, now),
  }
  const on = await (rescued ? deps.enrolments.enrolAnew({ ...of, rescued }) : deps.enrolments.enrol(of))
  return on ? { ok: true, token } : alreadyDone(deps, accountId, enrolment, proven)
}

const TURNED_ON_BY = { rescue_code: 'second_factor_rescued', delayed_recovery: 'second_factor_recovered' } as const

function rescuedBy({ session: { method } }: SignedIn, now: Date): Rescued | undefined {
  if (method === 'delayed_recovery') return { method, now, over: recoveriesOver(now) }
  return method === 'rescue_code' ? { method } : undefined
}

/** The version is the enrolment's own, not the session's: what began before another change can't finish after it. */
export const enrolmentChange = (
  visitor: SignedIn,
  enrolment: Enrolment,
  renewed: Renewal,
  event: SecurityEvent,
  forgiven: Forgiven,
): FactorChange => ({
  accountId: visitor.account.id,
  securityVersion: enrolment.securityVersion,
  renewal: renewed,
  event,
  forgiven,
})

/** What was not done again: a page that was sent twice is answered as if it had been sent once. */
export async function alreadyDone(
  deps: EnrolDeps,
  accountId: number,
  enrolment: Enrolment,
  { credentialId }: Pick<Proven, 'credentialId'>,
): Promise<Done | Changed | Refused> {
  if (await deps.enrolments.hasFactor(accountId, enrolment.id)) return { ok: true, token: undefined }
  const { inUse } = kindOf(deps, enrolment.kind)
  const isElsewhere = inUse && credentialId !== undefined && (await isInUse(deps, enrolment, credentialId))
  return isElsewhere ? inUse : { ok: false, reason: 'changed' }
}

/** By another: the same page, sent again, brings the same device. */
async function isInUse({ enrolments }: EnrolDeps, { id }: Enrolment, credentialId: string): Promise<boolean> {
  const known = await enrolments.factorKnownBy(credentialId)
  return known !== undefined && known !== id
}

/** The answer of a device that is about to be enrolled, against what its enrolment began with. */
export async function judgeFirstAnswer(
  deps: EnrolDeps,
  enrolment: Enrolment,
  fields: Fields,
): Promise<{ ok: true; proven: Proven } | AnswerRefused> {
  const { kind, begun, proven: before } = enrolment
  const answer = kindOf(deps, kind).read(fields)
  if (!answer) return { ok: false, reason: 'malformed' }
  const to = { begun, before, now: deps.now(), isInUse: (id: string) => isInUse(deps, enrolment, id) }
  return answer.enrol(to)
}

export const storedFactor = (
  vault: Vault,
  accountId: number,
  { kind, isPhishingResistant }: Pick<Factor, 'kind' | 'isPhishingResistant'>,
  { id, proven: { secret, counter, credentialId, isBackedUp } }: { id: string; proven: Proven },
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
  resistsPhishing: isPhishingResistant ? 1 : 0,
  credentialId: credentialId ?? null,
  isBackedUp: isBackedUp === undefined ? null : isBackedUp ? 1 : 0,
  addedAt: now,
  lastUsedAt: null,
})
