import {
  type ConfirmPasswordDeps,
  type ConfirmPasswordResult,
  confirmPassword,
  renewal,
} from '../identity/fresh-password.ts'
import { secondFactorForgiven } from '../identity/limits.ts'
import { needsSecondFactor, type PolicyDeps } from '../identity/policy.ts'
import { securityEvent } from '../identity/security-events.ts'
import type { SignedIn } from '../identity/visitor.ts'
import type { Origin } from '../lib/origin.ts'
import type { FactorChange } from './enrol.ts'

export type DisableStore = {
  /** Deletes factors and recovery codes. False if the account changed since `securityVersion` was read. */
  disable(of: FactorChange): Promise<boolean>
}

export type DisableDeps = ConfirmPasswordDeps & PolicyDeps & { disabling: DisableStore }

/** Turns the second factor off, unless the account needs it: secret and recovery codes leave the database, other sessions end. */
export async function disable(
  deps: DisableDeps,
  visitor: SignedIn,
  password: string,
  origin: Origin,
): Promise<
  | { ok: true; token: string | undefined }
  | Exclude<ConfirmPasswordResult, { ok: true }>
  | { ok: false; reason: 'changed' | 'required' }
> {
  if (needsSecondFactor(deps, visitor.account)) return { ok: false, reason: 'required' }
  const confirmed = await confirmPassword(deps, visitor, password, origin)
  if (!confirmed.ok) return confirmed
  const { id: accountId, securityVersion } = visitor.account
  const { token, renewal: renewed } = renewal(visitor)
  const event = securityEvent('second_factor_off', accountId, origin, deps.now())
  const forgiven = {
    ...confirmed.forgiven,
    delays: [...confirmed.forgiven.delays, ...secondFactorForgiven(accountId).delays],
  }
  const off = await deps.disabling.disable({ accountId, securityVersion, renewal: renewed, event, forgiven })
  return off ? { ok: true, token } : { ok: false, reason: 'changed' }
}
