import {
  type ConfirmPasswordDeps,
  chargeConfirmation,
  comparePassword,
  type Renewal,
  renewal,
} from '../identity/fresh-password.ts'
import { knownAs } from '../identity/known-browsers.ts'
import { type Charged, type Forgiven, type Wait, whileCharged, withoutGuess } from '../identity/limits.ts'
import { type SecurityEvent, securityEvent } from '../identity/security-events.ts'
import type { SignedIn } from '../identity/visitor.ts'
import type { WeakPassword } from '../lib/new-password.ts'
import type { Origin } from '../lib/origin.ts'
import type { PasswordRules } from '../lib/password-rules.ts'

export type ChangePasswordStore = {
  /** Sets the hash, ends other sessions and pending sign-ins, forgets all browsers but `knownBy`. False if the account changed meanwhile. */
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
  | WeakPassword
  | { ok: false; reason: 'same_password' | 'wrong_password' | 'changed' }
  | Wait

/**
 * Changes the password; the session goes on under a new token, every other one ends. `held`: what the browser is known by, which
 * stays known; others are forgotten.
 */
export async function changePassword(
  deps: ChangePasswordDeps,
  visitor: SignedIn,
  passwords: { current: string; new: string },
  origin: Origin,
  held: string[] = [],
): Promise<ChangePasswordResult> {
  const charged = await chargeConfirmation(deps, visitor)
  if (!charged.ok) return charged
  const judged = await whileCharged(deps, charged, () => judge(deps, visitor, passwords, origin, charged))
  if (!judged.ok) return judged

  const { passwordHash } = judged
  const at = deps.now()
  const { token, renewal: renewed } = renewal(visitor)
  const changed = await deps.passwordChanges.changePassword({
    accountId: visitor.account.id,
    securityVersion: visitor.account.securityVersion,
    passwordHash,
    at,
    knownBy: knownAs({ client: visitor.session.client, held, origin }),
    renewal: renewed,
    event: securityEvent('password_changed', visitor.account.id, origin, at),
    forgiven: charged.forgiven,
  })
  return changed ? { ok: true, token } : { ok: false, reason: 'changed' }
}

/** Judges the new one first, so choosing another doesn't cost a guess at the present one. */
async function judge(
  deps: ChangePasswordDeps,
  visitor: SignedIn,
  passwords: { current: string; new: string },
  origin: Origin,
  charged: Charged,
) {
  const refused = await refusedFirst(deps, visitor, passwords, origin)
  if (refused) {
    await withoutGuess(deps, charged)
    return refused
  }
  const confirmed = await comparePassword(deps, visitor, passwords.current, origin, charged)
  if (!confirmed.ok) return confirmed
  return { ok: true, passwordHash: await deps.passwords.hash(passwords.new, origin.address) } as const
}

async function refusedFirst(
  { passwordRules }: ChangePasswordDeps,
  { account: { email } }: SignedIn,
  passwords: { current: string; new: string },
  { address }: Origin,
): Promise<WeakPassword | { ok: false; reason: 'same_password' } | undefined> {
  if (passwords.new.normalize('NFC') === passwords.current.normalize('NFC'))
    return { ok: false, reason: 'same_password' }
  const refusal = await passwordRules.refusal(passwords.new, email, address)
  return refusal && { ok: false, reason: 'weak_password', refusal }
}
