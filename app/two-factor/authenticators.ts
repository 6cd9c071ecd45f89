import {
  type ConfirmPasswordDeps,
  type ConfirmPasswordResult,
  confirmPassword,
  renewal,
} from '../identity/fresh-password.ts'
import { type SecurityEvent, securityEvent } from '../identity/security-events.ts'
import type { Find, SignedIn } from '../identity/visitor.ts'
import { canBeSeen, staysOnItsLine } from '../lib/one-line.ts'
import type { Origin } from '../lib/origin.ts'
import type { Vault } from '../lib/vault.ts'
import type { FactorChange } from './enrol.ts'
import { openSecret, type StoredFactor } from './factor-secret.ts'

export const NAME_MAX_LENGTH = 40 // code points

/** As listed. `readable` false: its sealed secret does not open, so no answer of it is ever right. `passkey`: where it is, if it is one. */
export type Authenticator = {
  id: string
  name: string
  addedAt: Date
  lastUsedAt: Date | null
  readable: boolean
  passkey?: 'on_one_device' | 'synced' | undefined
}

export type AuthenticatorsStore = {
  /** The oldest first. */
  factorsOf(accountId: number): Promise<readonly StoredFactor[]>
  visitorWithFactors: Find<AuthenticatorsVisitor>
  /** False when it is not the account's, or the account changed since `securityVersion`. */
  renameFactor(of: {
    accountId: number
    securityVersion: number
    factorId: string
    name: string
    event: SecurityEvent
  }): Promise<boolean>
  /** False, and nothing changed, when the account changed since `securityVersion`, or it is not the account's, or its last. */
  removeFactor(of: FactorChange & { factorId: string }): Promise<boolean>
}

export type ListDeps = { authenticators: Pick<AuthenticatorsStore, 'visitorWithFactors'>; vault: Vault }
export type AuthenticatorsDeps = ConfirmPasswordDeps & { authenticators: AuthenticatorsStore; vault: Vault }

export type NameRefusal = 'empty' | 'too_long' | 'not_text'
export type NameRefused = { ok: false; reason: 'bad_name'; refusal: NameRefusal }
type Missing = { ok: false; reason: 'no_such_authenticator' }

/** Who looks, the account's authenticators as stored, the oldest first, and what devices know it by, if there were any that do. */
export type AuthenticatorsVisitor = SignedIn & { factors: readonly StoredFactor[]; userHandle: string | null }

export const authenticatorsView = ({ authenticators }: ListDeps): Find<AuthenticatorsVisitor> =>
  authenticators.visitorWithFactors

export const authenticatorsSeenBy = ({ vault }: ListDeps, { factors }: AuthenticatorsVisitor): Authenticator[] =>
  factors.map((factor) => {
    const { id, name, addedAt, lastUsedAt, isBackedUp } = factor
    const passkey = isBackedUp === null ? undefined : isBackedUp === 1 ? 'synced' : 'on_one_device'
    return { id, name, addedAt, lastUsedAt, readable: openSecret(vault, factor) !== undefined, passkey }
  })

/** A name nobody has to think of: "Authenticator 2" for the second, and so on past those that are taken. */
export function suggestedName(first: string, authenticators: readonly { name: string }[]): string {
  const taken = new Set(authenticators.map(({ name }) => name))
  let number = authenticators.length + 1
  while (taken.has(`${first} ${number}`)) number++
  return `${first} ${number}`
}

/** A name as its owner typed it: trimmed, NFC, 1 to 40 characters on one line, at least one of them visible. */
export function readName(typed: string): { ok: true; name: string } | NameRefused {
  const name = typed.trim().normalize('NFC')
  if (!staysOnItsLine(name)) return { ok: false, reason: 'bad_name', refusal: 'not_text' }
  if (!canBeSeen(name)) return { ok: false, reason: 'bad_name', refusal: 'empty' }
  return [...name].length > NAME_MAX_LENGTH
    ? { ok: false, reason: 'bad_name', refusal: 'too_long' }
    : { ok: true, name }
}

/** Changes nothing about who gets in, so it asks for no password and ends no session. */
export async function renameAuthenticator(
  deps: AuthenticatorsDeps,
  visitor: SignedIn,
  { id, name: typed }: { id: string; name: string },
  origin: Origin,
): Promise<{ ok: true } | NameRefused | { ok: false; reason: 'changed' }> {
  const named = readName(typed)
  if (!named.ok) return named
  const { id: accountId, securityVersion } = visitor.account
  const event = securityEvent('authenticator_renamed', accountId, origin, deps.now(), null, { subject: id })
  const change = { accountId, securityVersion, factorId: id, name: named.name, event }
  return (await deps.authenticators.renameFactor(change)) ? { ok: true } : { ok: false, reason: 'changed' }
}

type RemoveRefused =
  | Exclude<ConfirmPasswordResult, { ok: true }>
  | Missing
  /** Removing it would turn the second factor off, which is what `disable` does. */
  | { ok: false; reason: 'last_authenticator' }
  | { ok: false; reason: 'changed' }

/**
 * Takes one of several authenticators away; its secret leaves the database, other sessions end. The count of wrong codes
 * stays: they were guesses at the ones that remain as well.
 */
export async function removeAuthenticator(
  deps: AuthenticatorsDeps,
  visitor: SignedIn,
  { id, password }: { id: string; password: string },
  origin: Origin,
): Promise<{ ok: true; token: string | undefined } | RemoveRefused> {
  const { id: accountId, securityVersion } = visitor.account
  const factors = await deps.authenticators.factorsOf(accountId)
  if (!factors.some((factor) => factor.id === id)) return { ok: false, reason: 'no_such_authenticator' }
  if (factors.length === 1) return { ok: false, reason: 'last_authenticator' }
  const confirmed = await confirmPassword(deps, visitor, password, origin)
  if (!confirmed.ok) return confirmed
  const { token, renewal: renewed } = renewal(visitor)
  const removed = await deps.authenticators.removeFactor({
    accountId,
    securityVersion,
    renewal: renewed,
    event: securityEvent('authenticator_removed', accountId, origin, deps.now(), null, { subject: id }),
    forgiven: confirmed.forgiven,
    factorId: id,
  })
  return removed ? { ok: true, token } : { ok: false, reason: 'changed' }
}
