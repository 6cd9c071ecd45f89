import {
  type ConfirmPasswordDeps,
  type ConfirmPasswordResult,
  confirmPassword,
  type Renewal,
  renewal,
} from '../identity/fresh-password.ts'
import type { Forgiven } from '../identity/limits.ts'
import { type SecurityEvent, securityEvent } from '../identity/security-events.ts'
import type { SignedIn } from '../identity/visitor.ts'
import type { Origin } from '../lib/origin.ts'

export type PasswordAgainStore = {
  /** False if the account or the session changed meanwhile. */
  passwordTyped(of: {
    accountId: number
    securityVersion: number
    renewal: Renewal
    at: Date
    event: SecurityEvent
    forgiven: Forgiven
  }): Promise<boolean>
}

export type PasswordAgainDeps = ConfirmPasswordDeps & { passwordsAgain: PasswordAgainStore }

export type PasswordAgainResult =
  | { ok: true; token: string | undefined }
  | Exclude<ConfirmPasswordResult, { ok: true }>
  | { ok: false; reason: 'changed' }

/** A session shows its password again, for what needs one that was typed lately. It goes on under a new token. */
export async function typePasswordAgain(
  deps: PasswordAgainDeps,
  visitor: SignedIn,
  password: string,
  origin: Origin,
): Promise<PasswordAgainResult> {
  const confirmed = await confirmPassword(deps, visitor, password, origin)
  if (!confirmed.ok) return confirmed
  const at = deps.now()
  const { id: accountId, securityVersion } = visitor.account
  const { token, renewal: renewed } = renewal(visitor)
  const event = securityEvent('password_shown', accountId, origin, at)
  const { forgiven } = confirmed
  const change = { accountId, securityVersion, renewal: renewed, at, event, forgiven }
  return (await deps.passwordsAgain.passwordTyped(change)) ? { ok: true, token } : { ok: false, reason: 'changed' }
}
