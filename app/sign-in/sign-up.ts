import { type Origin, type SecurityEvent, securityEvent } from '../events.ts'
import type { PasswordRefusal, PasswordRules } from '../lib/password-rules.ts'
import type { Passwords } from '../lib/passwords.ts'
import { newAccountId } from '../lib/tokens.ts'
import { charge, type Forgiven, type LimitDeps, type Wait } from '../limits.ts'
import { type KnownBrowser, remembered } from './known-browsers.ts'
import { type NewSession, newSession } from './session.ts'

export type NewAccount = {
  id: number
  email: string
  passwordHash: string
  passwordChangedAt: Date
  securityVersion: number
  createdAt: Date
}

export type SignUpStore = {
  /** Account, session and events, all of it or none. False when the e-mail has an account already, which stays as it is. */
  signUp(of: {
    account: NewAccount
    session: NewSession
    events: SecurityEvent[]
    forgiven: Forgiven
    known: KnownBrowser
  }): Promise<boolean>
}

export type SignUpDeps = LimitDeps & {
  accounts: SignUpStore
  passwords: Passwords
  passwordRules: PasswordRules
  sessionLifetime: number
}

export type SignUpResult =
  | { ok: true; token: string; holds: { known: string } }
  | { ok: false; reason: 'weak_password'; refusal: PasswordRefusal }
  | { ok: false; reason: 'email_taken' }
  | Wait

/** Makes an account and signs it in. `email` is normalised (see forms.ts). */
export async function signUp(
  deps: SignUpDeps,
  { email, password }: { email: string; password: string },
  origin: Origin,
): Promise<SignUpResult> {
  const refusal = await deps.passwordRules.refusal(password, email)
  if (refusal) return { ok: false, reason: 'weak_password', refusal }
  const charged = await charge(deps, origin.address)
  if (!charged.ok) return charged

  const passwordHash = await deps.passwords.hash(password)
  const now = deps.now()
  const account = {
    id: newAccountId(),
    email,
    passwordHash,
    passwordChangedAt: now,
    securityVersion: 1,
    createdAt: now,
  }
  const { token, session } = newSession(
    { accountId: account.id, client: 'browser', method: 'password' },
    origin,
    now,
    deps.sessionLifetime,
  )
  const events = [
    securityEvent('signed_up', account.id, origin, now),
    securityEvent('signed_in', account.id, origin, now, 'password'),
  ]
  const known = remembered([], account.id, { knownBrowser: null }, now)
  const { forgiven } = charged
  const made = await deps.accounts.signUp({ account, session, events, forgiven, known: known.browser })
  return made ? { ok: true, token, holds: { known: known.token } } : { ok: false, reason: 'email_taken' }
}
