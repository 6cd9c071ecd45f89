import {
  isNewBrowser,
  type KnownBrowser,
  knownAs,
  type Recognition,
  remembered,
  sourceOf,
} from '../identity/known-browsers.ts'
import type { Forgiven, LimitDeps, Wait } from '../identity/limits.ts'
import { type SecurityEvent, securityEvent } from '../identity/security-events.ts'
import { type NewSession, newSession } from '../identity/session.ts'
import { hasEnded } from '../identity/standing.ts'
import { type TrustUse, trustUse } from '../identity/trusted-browsers.ts'
import type { Client } from '../identity/visitor.ts'
import type { Origin } from '../lib/origin.ts'
import { HashQueueFull, type Passwords } from '../lib/passwords.ts'
import { hashToken, newToken } from '../lib/tokens.ts'
import type { Watch } from '../watch/watch.ts'
import { chargePassword } from './password-attempts.ts'

const FIVE_MINUTES = 5 * 60_000 // a pending sign-in's life
const ATTEMPTS = 5 // codes per pending sign-in

export type Account = Recognition &
  Readonly<{
    id: number
    /** What API clients know it by: 31 bits, and their sessions begin with it. */
    uid: number
    email: string
    passwordHash: string
    securityVersion: number
    hasSecondFactor: boolean
    suspendedAt: Date | null
    /** A guest's. */
    endsAt: Date | null
    deleteAt: Date | null
  }>

export type PendingSignIn = Readonly<{
  tokenHash: string
  client: Client
  accountId: number
  securityVersion: number
  attemptsLeft: number
  expiresAt: Date
}>

/** The tokens that a browser brings along: what it may be known by, and trusted by. */
export type Held = { known: string[]; trusted: string[] }
/** What it holds from now on. A client of an API holds none. */
export type Holds = { known?: string | undefined; trusted?: string | undefined }

export const NOTHING_HELD: Held = { known: [], trusted: [] }

export type SignInStore = {
  /** The account, and which of the hashes (five at most) that somebody arrives with it knows. One prepared read. */
  accountByEmail(email: string, browserHashes: string[]): Promise<Account | undefined>
  /** The same. */
  accountByUsername(username: string, browserHashes: string[]): Promise<Account | undefined>
  /** False when the account changed since `securityVersion` was read, or does not trust the browser. */
  signIn(of: {
    session: NewSession
    securityVersion: number
    event: SecurityEvent
    forgiven: Forgiven
    known: KnownBrowser | undefined
    trusted: TrustUse | undefined
    /** Where the account was to be deleted. */
    stays: SecurityEvent | undefined
  }): Promise<boolean>
  /** False when the account changed since `securityVersion` was read. */
  startPending(of: { pending: PendingSignIn; forgiven: Forgiven }): Promise<boolean>
  rehash(of: { accountId: number; from: string; to: string }): Promise<void>
  record(event: SecurityEvent): Promise<void>
}

export type SignInDeps = LimitDeps & {
  signIns: SignInStore
  passwords: Passwords
  sessionLifetime: number
  watch: Watch
}

/** A finished sign-in. */
export type FinishedSignIn = {
  ok: true
  accountId: number
  uid: number
  email: string
  token: string
  expiresAt: Date
  holds: Holds
  /** It was to be deleted, and isn't now. */
  stays: boolean
}

export type SignInResult =
  | (FinishedSignIn & { step: 'signed_in' })
  | {
      ok: true
      step: 'code_owed'
      accountId: number
      uid: number
      email: string
      pendingToken: string
      expiresAt: Date
      attemptsLeft: number
    }
  | { ok: false; reason: 'wrong_credentials' }
  /** Told only after a right password. */
  | { ok: false; reason: 'suspended' | 'account_ended' }
  | Wait

/**
 * First step: name and password. The name is an address in its stored form, or a username, which has no @. The answer and its
 * time are the same whether the account exists or not. A browser that the account trusts is in without a code.
 */
export const signIn = (
  deps: SignInDeps,
  typed: { name: string; password: string },
  origin: Origin,
  client: Client = 'browser',
  held: Held = NOTHING_HELD,
): Promise<SignInResult> =>
  deps.watch.attempt({ door: client, address: origin.address }, () => tryPassword(deps, typed, origin, client, held))

async function tryPassword(
  deps: SignInDeps,
  { name, password }: { name: string; password: string },
  origin: Origin,
  client: Client,
  held: Held,
): Promise<SignInResult> {
  const arrival = { client, held: held.known, origin }
  const account = await (name.includes('@')
    ? deps.signIns.accountByEmail(name, knownAs(arrival))
    : deps.signIns.accountByUsername(name, knownAs(arrival)))
  const charged = await chargePassword(deps, { name, email: account?.email }, sourceOf(account, arrival))
  if (!charged.ok) return charged

  const right = await charged.judge(() => deps.passwords.verify(account?.passwordHash, password, origin.address))
  if (!account || !right) {
    if (account) await deps.signIns.record(securityEvent('password_wrong', account.id, origin, deps.now()))
    return { ok: false, reason: 'wrong_credentials' }
  }
  if (account.suspendedAt) return { ok: false, reason: 'suspended' }
  if (hasEnded(account, deps.now())) return { ok: false, reason: 'account_ended' }
  await strengthen(deps, account, password, origin.address)

  const attempt = { deps, account, origin, client, held, forgiven: charged.forgiven }
  if (!account.hasSecondFactor) return (await finish(attempt, 'password')) ?? { ok: false, reason: 'wrong_credentials' }
  return (client === 'browser' && (await finishTrusted(attempt))) || oweCode(attempt)
}

type Attempt = {
  deps: SignInDeps
  account: Account
  origin: Origin
  client: Client
  held: Held
  forgiven: Forgiven
}

/** Undefined when the account changed meanwhile, or does not trust the browser. */
async function finish(
  { deps, account, origin, client, held, forgiven }: Attempt,
  method: 'password' | 'trusted_browser',
  trust?: ReturnType<typeof trustUse>,
): Promise<SignInResult | undefined> {
  const now = deps.now()
  const { id: accountId, uid, securityVersion } = account
  const begins = { accountId, client, method, token: newToken(uid) }
  const { token, session } = newSession(begins, origin, now, deps.sessionLifetime)
  const known = remembered({ client, held: held.known, origin }, accountId, account, now)
  const noticed = isNewBrowser(account, account)
  const stays = stayingEvent(account, accountId, origin, now)
  const signedIn = await deps.signIns.signIn({
    session,
    securityVersion,
    event: securityEvent('signed_in', accountId, origin, now, method, { noticed }),
    forgiven,
    known: known.browser,
    trusted: trust?.use,
    stays,
  })
  if (!signedIn) return undefined
  const holds = { known: known.token, trusted: trust?.token }
  return {
    ok: true,
    step: 'signed_in',
    accountId,
    uid,
    email: account.email,
    token,
    expiresAt: session.expiresAt,
    holds,
    stays: stays !== undefined,
  }
}

/** A complete sign-in takes the deletion of the account back. Undefined where none is ahead. */
export const stayingEvent = (
  { deleteAt }: Pick<Account, 'deleteAt'>,
  accountId: number,
  origin: Origin,
  now: Date,
): SecurityEvent | undefined => (deleteAt ? securityEvent('deletion_undone', accountId, origin, now) : undefined)

/** The browser's own token decides, in the transaction that makes the session. A second use of it owes the code. */
async function finishTrusted(attempt: Attempt): Promise<SignInResult | undefined> {
  const { deps, account, origin, held } = attempt
  const { id: accountId, securityVersion } = account
  const trust = trustUse(held.trusted, { accountId, securityVersion }, origin, deps.now())
  return trust && finish(attempt, 'trusted_browser', trust)
}

async function oweCode({ deps, account, client, forgiven }: Attempt): Promise<SignInResult> {
  const pendingToken = newToken(account.uid)
  const expiresAt = new Date(deps.now().getTime() + FIVE_MINUTES)
  const pending = {
    tokenHash: hashToken(pendingToken),
    client,
    accountId: account.id,
    securityVersion: account.securityVersion,
    attemptsLeft: ATTEMPTS,
    expiresAt,
  }
  return (await deps.signIns.startPending({ pending, forgiven }))
    ? {
        ok: true,
        step: 'code_owed',
        accountId: account.id,
        uid: account.uid,
        email: account.email,
        pendingToken,
        expiresAt,
        attemptsLeft: ATTEMPTS,
      }
    : { ok: false, reason: 'wrong_credentials' }
}

/** The one moment when the password is known: a hash with older, weaker settings is replaced. If the queue is full, next time. */
async function strengthen(deps: SignInDeps, account: Account, password: string, address: string) {
  if (!deps.passwords.needsRehash(account.passwordHash)) return
  try {
    const to = await deps.passwords.hash(password, address)
    await deps.signIns.rehash({ accountId: account.id, from: account.passwordHash, to })
  } catch (error) {
    if (!(error instanceof HashQueueFull)) throw error
  }
}
