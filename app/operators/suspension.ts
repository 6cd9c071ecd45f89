import { type SecurityEvent, securityEvent } from '../identity/security-events.ts'
import type { Acting } from './acting.ts'
import { type OwnerDeps, ownerNamed } from './owners.ts'

export type SuspensionStore = {
  /** False, and nothing changed, if it is suspended or the last operator's. */
  suspend(of: { accountId: number; at: Date; reason: string; event: SecurityEvent }): Promise<boolean>
  /** False if it isn't suspended. */
  resume(of: { accountId: number; event: SecurityEvent }): Promise<boolean>
}

export type SuspensionDeps = OwnerDeps & { suspensions: SuspensionStore; now(): Date }

/** Who does it. An operator always says why. */
export type Operator = Acting & { reason: string }

export type SuspensionResult =
  | { ok: true; email: string }
  | { ok: false; reason: 'no_such_account' | 'suspended' | 'last_operator' | 'not_suspended' }

/** Nothing of the account opens anything from then on: sessions, half-done sign-ins, trusted browsers and links that went out are gone. */
export async function suspend(deps: SuspensionDeps, name: string, by: Operator): Promise<SuspensionResult> {
  const owner = await ownerNamed(deps, name)
  if (!owner) return { ok: false, reason: 'no_such_account' }
  if (owner.suspendedAt) return { ok: false, reason: 'suspended' }
  const at = deps.now()
  const event = securityEvent('account_suspended', owner.id, by.origin, at, null, { by })
  const done = await deps.suspensions.suspend({ accountId: owner.id, at, reason: by.reason, event })
  if (done) return { ok: true, email: owner.email }
  const now = await ownerNamed(deps, name)
  return { ok: false, reason: now?.suspendedAt ? 'suspended' : 'last_operator' }
}

/** Its owner may sign in again. What was open before stays closed. */
export async function resume(deps: SuspensionDeps, name: string, by: Acting): Promise<SuspensionResult> {
  const owner = await ownerNamed(deps, name)
  if (!owner) return { ok: false, reason: 'no_such_account' }
  const event = securityEvent('account_resumed', owner.id, by.origin, deps.now(), null, { by })
  const done = await deps.suspensions.resume({ accountId: owner.id, event })
  return done ? { ok: true, email: owner.email } : { ok: false, reason: 'not_suspended' }
}
