import { type SecurityEvent, securityEvent } from '../identity/security-events.ts'
import type { Acting } from './acting.ts'
import { type OwnerDeps, ownerNamed } from './owners.ts'

export type OperatorSignOutStore = {
  /** What the owner's own button closes. `frozen` is written if the access tokens weren't frozen already. */
  signOutAccount(of: { accountId: number; at: Date; event: SecurityEvent; frozen: SecurityEvent }): Promise<boolean>
}

export type OperatorSignOutDeps = OwnerDeps & { operatorSignOuts: OperatorSignOutStore; now(): Date }

export type OperatorSignOutResult = { ok: true; email: string } | { ok: false; reason: 'no_such_account' }

/** Ends all sessions, half-done sign-ins and trust in browsers, and freezes access tokens: as the owner's own button does. */
export async function signOutAccount(
  deps: OperatorSignOutDeps,
  name: string,
  by: Acting,
): Promise<OperatorSignOutResult> {
  const owner = await ownerNamed(deps, name)
  if (!owner) return { ok: false, reason: 'no_such_account' }
  const at = deps.now()
  const done = await deps.operatorSignOuts.signOutAccount({
    accountId: owner.id,
    at,
    event: securityEvent('signed_out_everywhere', owner.id, by.origin, at, null, { by, noticed: true }),
    frozen: securityEvent('tokens_frozen', owner.id, by.origin, at, null, { by }),
  })
  return done ? { ok: true, email: owner.email } : { ok: false, reason: 'no_such_account' }
}
