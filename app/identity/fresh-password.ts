import type { Origin } from '../lib/origin.ts'
import type { Passwords } from '../lib/passwords.ts'
import { hashToken, newToken } from '../lib/tokens.ts'
import {
  type Charged,
  charge,
  type Forgiven,
  type LimitDeps,
  passwordAttempt,
  sessionSource,
  type Wait,
  whileCharged,
} from './limits.ts'
import { type SecurityEvent, securityEvent } from './security-events.ts'
import type { SignedIn } from './visitor.ts'

export type ConfirmPasswordStore = {
  passwordHash(accountId: number): Promise<string | undefined>
  record(event: SecurityEvent): Promise<void>
}

export type ConfirmPasswordDeps = LimitDeps & { passwordConfirmations: ConfirmPasswordStore; passwords: Passwords }

export type PasswordConfirmed = { ok: true; passwordHash: string; forgiven: Forgiven }

export type ConfirmPasswordResult = PasswordConfirmed | { ok: false; reason: 'wrong_password' } | Wait

/** A session gets a new token each time its owner proves themselves again, so a copy of the old one becomes worthless. */
export type Renewal = { sessionId: string; fromTokenHash: string; toTokenHash: string }

/** Asks for the password of a signed-in account again. */
export async function confirmPassword(
  deps: ConfirmPasswordDeps,
  visitor: SignedIn,
  password: string,
  origin: Origin,
): Promise<ConfirmPasswordResult> {
  const charged = await chargeConfirmation(deps, visitor)
  if (!charged.ok) return charged
  return whileCharged(deps, charged, () => comparePassword(deps, visitor, password, origin, charged))
}

/** Counts guesses by session, so no stranger slows it down. */
export function chargeConfirmation(deps: ConfirmPasswordDeps, visitor: SignedIn): Promise<Charged | Wait> {
  const source = sessionSource(visitor.session.id)
  return charge(deps, source, passwordAttempt(visitor.account.email, source))
}

/** What `charged` was for. Throws if the queue is full. */
export async function comparePassword(
  deps: ConfirmPasswordDeps,
  visitor: SignedIn,
  password: string,
  origin: Origin,
  { forgiven }: Charged,
): Promise<PasswordConfirmed | { ok: false; reason: 'wrong_password' }> {
  const passwordHash = await deps.passwordConfirmations.passwordHash(visitor.account.id)
  if (passwordHash && (await deps.passwords.verify(passwordHash, password, origin.address)))
    return { ok: true, passwordHash, forgiven }
  await deps.passwordConfirmations.record(securityEvent('password_wrong', visitor.account.id, origin, deps.now()))
  return { ok: false, reason: 'wrong_password' }
}

/**
 * A new token for the session, and what the store needs to replace the old one. An API client has no way to receive another
 * token, so it keeps its own, and there is none here.
 */
export function renewal({ session, account }: SignedIn): { token: string | undefined; renewal: Renewal } {
  const token = session.client === 'browser' ? newToken(account.id) : undefined
  const toTokenHash = token ? hashToken(token) : session.tokenHash
  return { token, renewal: { sessionId: session.id, fromTokenHash: session.tokenHash, toTokenHash } }
}
