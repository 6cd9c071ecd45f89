import { type Origin, type SecurityEvent, securityEvent } from '../events.ts'
import type { Passwords } from '../lib/passwords.ts'
import { hashToken, newToken } from '../lib/tokens.ts'
import { charge, type Forgiven, type LimitDeps, passwordAttempt, type Wait } from '../limits.ts'
import type { Watch } from '../watch/watch.ts'
import { type Client, type NewSession, newSession, type Session } from './session.ts'

const FIVE_MINUTES = 5 * 60_000 // a pending sign-in's life
const ATTEMPTS = 5 // codes per pending sign-in

export type Account = {
  id: number
  email: string
  passwordHash: string
  securityVersion: number
  hasSecondFactor: boolean
  suspendedAt: Date | null
}

export type PendingSignIn = {
  tokenHash: string
  client: Client
  accountId: number
  securityVersion: number
  attemptsLeft: number
  expiresAt: Date
}

export type SignInStore = {
  accountByEmail(email: string): Promise<Account | undefined>
  /** False when the account changed since `securityVersion` was read. */
  signIn(of: {
    session: NewSession
    securityVersion: number
    event: SecurityEvent
    forgiven: Forgiven
  }): Promise<boolean>
  /** False as above. */
  startPending(of: { pending: PendingSignIn; forgiven: Forgiven }): Promise<boolean>
  signOut(of: { sessionId: string; event: SecurityEvent }): Promise<boolean>
  rehash(of: { accountId: number; from: string; to: string }): Promise<void>
  record(event: SecurityEvent): Promise<void>
}

export type SignInDeps = LimitDeps & {
  signIns: SignInStore
  passwords: Passwords
  sessionLifetime: number
  watch: Watch
}

export type SignInResult =
  | { ok: true; step: 'signed_in'; accountId: number; token: string; expiresAt: Date }
  | { ok: true; step: 'code_owed'; accountId: number; pendingToken: string; expiresAt: Date; attemptsLeft: number }
  | { ok: false; reason: 'wrong_credentials' }
  /** Told only after a right password. */
  | { ok: false; reason: 'suspended' }
  | Wait

/** First step: e-mail (normalised) and password. The answer and its time are the same whether the account exists or not. */
export const signIn = (
  deps: SignInDeps,
  typed: { email: string; password: string },
  origin: Origin,
  client: Client = 'browser',
): Promise<SignInResult> =>
  deps.watch.attempt({ door: client, address: origin.address }, () => tryPassword(deps, typed, origin, client))

async function tryPassword(
  deps: SignInDeps,
  { email, password }: { email: string; password: string },
  origin: Origin,
  client: Client,
): Promise<SignInResult> {
  const charged = await charge(deps, origin.address, passwordAttempt(email, origin.address))
  if (!charged.ok) return charged

  const account = await deps.signIns.accountByEmail(email)
  const right = await deps.passwords.verify(account?.passwordHash, password)
  const now = deps.now()
  if (!account || !right) {
    if (account) await deps.signIns.record(securityEvent('password_wrong', account.id, origin, now))
    return { ok: false, reason: 'wrong_credentials' }
  }
  if (account.suspendedAt) return { ok: false, reason: 'suspended' }
  await strengthen(deps, account, password)

  const { forgiven } = charged
  const { securityVersion } = account
  if (account.hasSecondFactor) {
    const pendingToken = newToken(account.id)
    const expiresAt = new Date(now.getTime() + FIVE_MINUTES)
    const pending = {
      tokenHash: hashToken(pendingToken),
      client,
      accountId: account.id,
      securityVersion,
      attemptsLeft: ATTEMPTS,
      expiresAt,
    }
    const started = await deps.signIns.startPending({ pending, forgiven })
    return started
      ? { ok: true, step: 'code_owed', accountId: account.id, pendingToken, expiresAt, attemptsLeft: ATTEMPTS }
      : { ok: false, reason: 'wrong_credentials' }
  }
  const { token, session } = newSession(
    { accountId: account.id, client, method: 'password' },
    origin,
    now,
    deps.sessionLifetime,
  )
  const event = securityEvent('signed_in', account.id, origin, now, 'password')
  const signedIn = await deps.signIns.signIn({ session, securityVersion, event, forgiven })
  return signedIn
    ? { ok: true, step: 'signed_in', accountId: account.id, token, expiresAt: session.expiresAt }
    : { ok: false, reason: 'wrong_credentials' }
}

/** Ends the session; the token in the browser is worth nothing from here on. */
export async function signOut(deps: SignInDeps, session: Session, origin: Origin): Promise<void> {
  await deps.signIns.signOut({
    sessionId: session.id,
    event: securityEvent('signed_out', session.accountId, origin, deps.now()),
  })
}

/** The one moment the password is known: a hash of older, weaker settings is replaced. */
async function strengthen(deps: SignInDeps, account: Account, password: string) {
  if (!deps.passwords.needsRehash(account.passwordHash)) return
  await deps.signIns.rehash({
    accountId: account.id,
    from: account.passwordHash,
    to: await deps.passwords.hash(password),
  })
}
