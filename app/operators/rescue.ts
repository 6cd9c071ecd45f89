import { rescueCodeText } from '../identity/rescue-code.ts'
import { type SecurityEvent, securityEvent } from '../identity/security-events.ts'
import { displayed, newRescueCode } from '../lib/codes.ts'
import type { Vault } from '../lib/vault.ts'
import type { Acting } from './acting.ts'
import { type Owner, type OwnerDeps, ownerNamed } from './owners.ts'

const FIFTEEN_MINUTES = 15 * 60_000

type Rescue = { accountId: number; codeHash: string | null; askedBy: number | null; reason: string; expiresAt: Date }

export type OperatorRescueStore = {
  /** In the place of an earlier one. False, and nothing changed, if the account is suspended or has no second factor. */
  beginRescue(of: { rescue: Rescue; event: SecurityEvent }): Promise<boolean>
  /** False if nothing waits for an approval by somebody other than who asked. */
  approveRescue(of: {
    accountId: number
    codeHash: string
    approvedBy: number
    now: Date
    expiresAt: Date
    event: SecurityEvent
  }): Promise<boolean>
}

export type OperatorRescueDeps = OwnerDeps & {
  operatorRescues: OperatorRescueStore
  rescueApprovals: number
  vault: Vault
  now(): Date
}

/** `code` is shown once, to the operator who sees this. Undefined: another operator has to approve first. */
export type RescueResult =
  | { ok: true; email: string; code: string | undefined; until: Date }
  | { ok: false; reason: 'no_such_account' | 'suspended' | 'no_second_factor' | 'no_operator' | 'nothing_to_approve' }

/**
 * Makes a code for an account whose owner has lost the second factor, and mails its owner at once. The second factor stays on: with the
 * password, the code opens the set-up of another one, and nothing else.
 */
export async function beginRescue(
  deps: OperatorRescueDeps,
  name: string,
  by: Acting & { reason: string },
): Promise<RescueResult> {
  const owner = await ownerNamed(deps, name)
  if (!owner) return { ok: false, reason: 'no_such_account' }
  const needsApproval = deps.rescueApprovals > 1
  if (needsApproval && by.operatorId === null) return { ok: false, reason: 'no_operator' }
  const { code, codeHash, until } = newCode(deps, owner)
  const rescue = {
    accountId: owner.id,
    codeHash: needsApproval ? null : codeHash,
    askedBy: by.operatorId,
    reason: by.reason,
    expiresAt: until,
  }
  const event = securityEvent('rescue_begun', owner.id, by.origin, deps.now(), null, { by })
  if (await deps.operatorRescues.beginRescue({ rescue, event }))
    return { ok: true, email: owner.email, code: needsApproval ? undefined : displayed(code), until }
  const now = await ownerNamed(deps, name)
  return { ok: false, reason: now?.suspendedAt ? 'suspended' : 'no_second_factor' }
}

/** Another operator agrees, and is shown the code. */
export async function approveRescue(deps: OperatorRescueDeps, name: string, by: Acting): Promise<RescueResult> {
  const owner = await ownerNamed(deps, name)
  if (!owner) return { ok: false, reason: 'no_such_account' }
  if (by.operatorId === null) return { ok: false, reason: 'no_operator' }
  const { code, codeHash, until } = newCode(deps, owner)
  const event = securityEvent('rescue_approved', owner.id, by.origin, deps.now(), null, { by })
  const of = { accountId: owner.id, codeHash, approvedBy: by.operatorId, now: deps.now(), expiresAt: until, event }
  return (await deps.operatorRescues.approveRescue(of))
    ? { ok: true, email: owner.email, code: displayed(code), until }
    : { ok: false, reason: 'nothing_to_approve' }
}

/** The id of an operator's account that can be used. */
export async function operatorNamed(deps: OwnerDeps, name: string): Promise<number | undefined> {
  const owner = await ownerNamed(deps, name)
  return owner?.role === 'operator' && !owner.suspendedAt ? owner.id : undefined
}

function newCode({ vault, now }: OperatorRescueDeps, { id }: Owner) {
  const code = newRescueCode()
  const codeHash = vault.hash('rescue-code-hash', rescueCodeText(id, code))
  return { code, codeHash, until: new Date(now().getTime() + FIFTEEN_MINUTES) }
}
