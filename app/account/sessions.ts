import { type SecurityEvent, securityEvent } from '../identity/security-events.ts'
import { type Session, type SessionDeps, sessionFound } from '../identity/session.ts'
import type { ListedBrowser } from '../identity/trusted-browsers.ts'
import type { Origin } from '../lib/origin.ts'
import { looksLikeId } from '../lib/tokens.ts'

export type ListedSession = Pick<
  Session,
  'id' | 'client' | 'method' | 'startedAt' | 'lastSeenAt' | 'expiresAt' | 'address' | 'browser' | 'system'
>

export type SessionsStore = {
  /** The live ones seen since `seenAfter`, the latest first. */
  sessionsOf(accountId: number, now: Date, seenAfter: Date): Promise<readonly ListedSession[]>
  viewerWithSessions(
    tokenHash: string,
    now: Date,
    seenAfter: Date,
  ): Promise<(Session & { sessions: readonly ListedSession[]; trustedBrowsers: readonly ListedBrowser[] }) | undefined>
  /** Ends those of `ids` that are the account's, with one event each. Returns their ids. */
  endSessions(accountId: number, ids: string[], event: (id: string) => SecurityEvent): Promise<string[]>
  /** The same for all but one, and for sign-ins that still owe a code. */
  endOtherSessions(accountId: number, id: string, event: (id: string) => SecurityEvent): Promise<string[]>
}

export type SessionsDeps = { accountSessions: SessionsStore; sessionIdle: number; now(): Date }

/** Where the account is signed in. A session that idled too long doesn't count: it opens nothing, even if nobody tried. */
export function listSessions(
  { accountSessions, sessionIdle, now }: SessionsDeps,
  accountId: number,
): Promise<readonly ListedSession[]> {
  const at = now()
  return accountSessions.sessionsOf(accountId, at, new Date(at.getTime() - sessionIdle))
}

/** Who is looking, where the account is signed in, and which browsers skip the code. */
export async function sessionsViewer(deps: SessionsDeps & SessionDeps, token: string) {
  const at = deps.now()
  const seenAfter = new Date(at.getTime() - deps.sessionIdle)
  const viewer = await sessionFound(deps, token, (hash) => deps.accountSessions.viewerWithSessions(hash, at, seenAfter))
  if (!viewer) return undefined
  const { id, lastSeenAt } = viewer
  const sessions = viewer.sessions.map((each) => (each.id === id ? { ...each, lastSeenAt } : each)) // seen just now
  return { ...viewer, sessions: sessions.sort((a, b) => b.lastSeenAt.getTime() - a.lastSeenAt.getTime()) }
}

/** Ends sessions of the account. Returns the ended ids. Another account's ids and unknown ones aren't among them. */
export const endSessions = (
  { accountSessions, now }: SessionsDeps,
  accountId: number,
  ids: string[],
  origin: Origin,
): Promise<string[]> =>
  accountSessions.endSessions(accountId, ids.filter(looksLikeId), () =>
    securityEvent('session_ended', accountId, origin, now()),
  )

/** Ends every session but this one. Half-done sign-ins have to begin again. */
export const endOtherSessions = (
  { accountSessions, now }: SessionsDeps,
  { accountId, id }: Session,
  origin: Origin,
): Promise<string[]> =>
  accountSessions.endOtherSessions(accountId, id, () => securityEvent('session_ended', accountId, origin, now()))
