import { type Origin, type SecurityEvent, securityEvent } from '../events.ts'
import type { Session } from '../sign-in/session.ts'

export type ListedSession = Pick<
  Session,
  'id' | 'client' | 'method' | 'startedAt' | 'lastSeenAt' | 'expiresAt' | 'address' | 'browser'
>

export type SessionsStore = {
  /** The live ones, the latest first. */
  sessionsOf(accountId: number, now: Date): Promise<ListedSession[]>
  /** Ends those of `ids` that are the account's, with one event each; the ids that were. */
  endSessions(accountId: number, ids: string[], event: (id: string) => SecurityEvent): Promise<string[]>
}

export type SessionsDeps = { accountSessions: SessionsStore; now(): Date }

/** Where the account is signed in. */
export const listSessions = ({ accountSessions, now }: SessionsDeps, accountId: number): Promise<ListedSession[]> =>
  accountSessions.sessionsOf(accountId, now())

/** Ends sessions of the account. The ids that were ended; another account's, and unknown ones, are not among them. */
export const endSessions = (
  { accountSessions, now }: SessionsDeps,
  accountId: number,
  ids: string[],
  origin: Origin,
): Promise<string[]> =>
  accountSessions.endSessions(accountId, ids, () => securityEvent('session_ended', accountId, origin, now()))
