import { type Origin, type SecurityEvent, securityEvent } from '../events.ts'
import type { PasswordRefusal, PasswordRules } from '../lib/password-rules.ts'
import type { Forgiven, Wait } from '../limits.ts'
import { knownAs } from '../sign-in/known-browsers.ts'
import type { Session } from '../sign-in/session.ts'
import { type ConfirmPasswordDeps, confirmPassword, type Renewal, renewal } from './confirm-password.ts'

export type ChangePasswordStore = {
  /** Sets the hash, ends the other sessions and every pending sign-in, forgets browsers but those of `knownBy`. False when the account changed meanwhile. */
  changePassword(of: {
    accountId: number
    securityVersion: number
    passwordHash: string
    at: Date
    knownBy: string[]
    renewal: Renewal
    event: SecurityEvent
    forgiven: Forgiven
  }): Promise<boolean>
}

export type ChangePasswordDeps = ConfirmPasswordDeps & {
  passwordChanges: ChangePasswordStore
  passwordRules: PasswordRules
}

export type ChangePasswordResult =
  | { ok: true; token: string | undefined }
  | { ok: false; reason: 'weak_password'; refusal: PasswordRefusal }
  | { ok: false; reason: 'same_password' | 'wrong_password' | 'changed' }
  | Wait

/**
 * Changes the password; the session goes on under a new token, every other one ends. `held`: what the browser is known by, which
 * stays known; others are forgotten.
 */
export async function changePassword(
  deps: ChangePasswordDeps,
  session: Session,
  passwords: { current: string; new: string },
  origin: Origin,
  held: string[] = [],
): Promise<ChangePasswordResult> {
  const refusal = await deps.passwordRules.refusal(passwords.new, session.email)
  if (refusal) return { ok: false, reason: 'weak_password', refusal }
  if (passwords.new.normalize('NFC') === passwords.current.normalize('NFC'))
    return { ok: false, reason: 'same_password' }
  const confirmed = await confirmPassword(deps, session, passwords.current, origin)
  if (!confirmed.ok) return confirmed

  const passwordHash = await deps.passwords.hash(passwords.new)
  const at = deps.now()
  const { token, renewal: renewed } = renewal(session)
  const changed = await deps.passwordChanges.changePassword({
    accountId: session.accountId,
    securityVersion: session.securityVersion,
    passwordHash,
    at,
    knownBy: knownAs({ client: session.client, held, origin }),
    renewal: renewed,
    event: securityEvent('password_changed', session.accountId, origin, at),
    forgiven: confirmed.forgiven,
  })
  return changed ? { ok: true, token } : { ok: false, reason: 'changed' }
}
