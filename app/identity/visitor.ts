import type { Origin } from '../lib/origin.ts'
import type { Method } from './security-events.ts'

/** The door a session came in by, and the only one it opens: a cookie is no bearer token, and the other way round. */
export type Client = 'browser' | 'api'

export type Session = Origin &
  Readonly<{
    id: string
    tokenHash: string
    client: Client
    method: Method
    startedAt: Date
    lastSeenAt: Date
    expiresAt: Date
    codesShownUntil: Date | null
    /** When it last showed a second factor; null: it never did. */
    provedAt: Date | null
    /** When it last showed one that its owner holds, which a recovery code is not; null: it never did. */
    heldAt: Date | null
    /** When it last showed one that resists phishing; null: it never did. */
    resistedAt: Date | null
    /** When its owner last typed the password again; null: not since it began. */
    passwordAt: Date | null
  }>

/** An access token, as far as it decides what it opens. `scopes` are separated by spaces. */
export type Token = Readonly<{
  id: string
  tokenHash: string
  scopes: string
  expiresAt: Date | null
  previousUntil: Date | null
  lastUsedAt: Date | null
}>

/** A policy that is about the account. `until`: when the account leaves the group it is for; null: never. */
type Policy = Readonly<{ level: 'required' | 'phishing_resistant'; holdsFrom: Date; until: Date | null }>

export type Account = Readonly<{
  id: number
  /** What API clients know it by: 31 bits, and their sessions begin with it. */
  uid: number
  email: string
  username: string
  /** Null until its owner gives one. */
  displayName: string | null
  role: 'member' | 'operator'
  /** A guest's account opens nothing from then on; null: it has no end. */
  endsAt: Date | null
  suspendedAt: Date | null
  /** When it is deleted, unless its owner takes that back; null: never. */
  deleteAt: Date | null
  /** Since when its access tokens open nothing; null when they work. */
  tokensFrozenAt: Date | null
  /** When somebody who lost everything may set up again, even if that has ended; null: nobody waits for it. */
  recoveryOpensAt: Date | null
  /** Null while the second factor is off. */
  secondFactorSince: Date | null
  /** The same for one that resists phishing. */
  phishingResistantSince: Date | null
  /** Null until its owner followed the link in a mail to it. */
  emailConfirmedAt: Date | null
  securityVersion: number
  passwordChangedAt: Date
  recoveryCodesLeft: number
  /** Those for everybody and for its groups. */
  policies: readonly Policy[]
}>

/** What is read of the account for a token: no person is there who could be shown the rest. */
type AccountOfToken = Pick<
  Account,
  | 'id'
  | 'uid'
  | 'email'
  | 'role'
  | 'endsAt'
  | 'suspendedAt'
  | 'deleteAt'
  | 'tokensFrozenAt'
  | 'recoveryOpensAt'
  | 'secondFactorSince'
  | 'phishingResistantSince'
  | 'policies'
>

export type SignedIn = Readonly<{ session: Session; account: Account }>
export type TokenHolder = Readonly<{ token: Token; account: AccountOfToken }>

/** Who is at a door, and by what. Read in one query, which may bring what they came to see along. */
export type Visitor = SignedIn | TokenHolder

/** Reads a visitor by the hash of what they showed. */
export type Find<Found extends Visitor> = (tokenHash: string) => Promise<Found | undefined>
