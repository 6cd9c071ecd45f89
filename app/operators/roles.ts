import { type SecurityEvent, securityEvent } from '../identity/security-events.ts'
import type { Acting } from './acting.ts'
import { type OwnerDeps, ownerNamed } from './owners.ts'

export type RoleStore = {
  /** False if it is an operator already. */
  makeOperator(of: { accountId: number; event: SecurityEvent }): Promise<boolean>
  /** False if it is none, or no other operator could still work. */
  makeMember(of: { accountId: number; event: SecurityEvent }): Promise<boolean>
}

export type RoleDeps = OwnerDeps & { roles: RoleStore; now(): Date }

export type RoleResult =
  | { ok: true; email: string }
  | { ok: false; reason: 'no_such_account' | 'operator_already' | 'no_operator' | 'last_operator' }

export async function addOperator(deps: RoleDeps, name: string, by: Acting): Promise<RoleResult> {
  const owner = await ownerNamed(deps, name)
  if (!owner) return { ok: false, reason: 'no_such_account' }
  const event = securityEvent('operator_added', owner.id, by.origin, deps.now(), null, { by })
  const done = await deps.roles.makeOperator({ accountId: owner.id, event })
  return done ? { ok: true, email: owner.email } : { ok: false, reason: 'operator_already' }
}

/** At once, in every session they have. Somebody always has to be left who can run the site. */
export async function removeOperator(deps: RoleDeps, name: string, by: Acting): Promise<RoleResult> {
  const owner = await ownerNamed(deps, name)
  if (!owner) return { ok: false, reason: 'no_such_account' }
  if (owner.role !== 'operator') return { ok: false, reason: 'no_operator' }
  const event = securityEvent('operator_removed', owner.id, by.origin, deps.now(), null, { by })
  if (await deps.roles.makeMember({ accountId: owner.id, event })) return { ok: true, email: owner.email }
  const now = await ownerNamed(deps, name)
  return { ok: false, reason: now?.role === 'operator' ? 'last_operator' : 'no_operator' }
}
