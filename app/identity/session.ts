import type { Origin } from '../lib/origin.ts'
import { hashToken, looksLikeToken, newId, newToken } from '../lib/tokens.ts'
import type { Method } from './security-events.ts'
import { sessionClosed } from './standing.ts'

const MINUTE = 60_000 // between two writes of when a session was last seen

/** The door a session came in by, and the only one it opens: a cookie is no bearer token, and the other way round. */
export type Client = 'browser' | 'api'

/** A signed-in browser or API client, with what every page wants to know of its account. Read in one query. */
export type Session = Origin &
  Readonly<{
    id: string
    tokenHash: string
    accountId: number
    uid: number
    email: string
    /** Null until its owner followed the link in a mail to it. */
    emailConfirmedAt: Date | null
    securityVersion: number
    client: Client
    method: Method
    startedAt: Date
    lastSeenAt: Date
    expiresAt: Date
    codesShownUntil: Date | null
    suspendedAt: Date | null
    /** Since when its access tokens open nothing; null when they work. */
    tokensFrozenAt: Date | null
    passwordChangedAt: Date
    /** Null while the second factor is off. */
    secondFactorSince: Date | null
    recoveryCodesLeft: number
  }>

/** The row of a session that begins now. */
export type NewSession = Origin & {
  id: string
  tokenHash: string
  accountId: number
  client: Client
  method: Method
  startedAt: Date
  lastSeenAt: Date
  expiresAt: Date
}

export type SessionStore = {
  find(tokenHash: string): Promise<Session | undefined>
  seen(id: string, at: Date): Promise<void>
  end(id: string): Promise<void>
}

export type SessionDeps = { sessions: SessionStore; sessionIdle: number; now(): Date }

/**
 * A new session and the token for it, which only its client will know. `lifetime` in milliseconds. `token` where the
 * client holds one already that is to go on.
 */
export function newSession(
  {
    accountId,
    client,
    method,
    token = newToken(accountId),
  }: { accountId: number; client: Client; method: Method; token?: string | undefined },
  origin: Origin,
  now: Date,
  lifetime: number,
): { token: string; session: NewSession } {
  return {
    token,
    session: {
      id: newId(),
      tokenHash: hashToken(token),
      accountId,
      client,
      method,
      startedAt: now,
      lastSeenAt: now,
      expiresAt: new Date(now.getTime() + lifetime),
      ...origin,
    },
  }
}

/** The live session behind a token at its door, or undefined when there is none, it was idle for too long, or its time is over. */
export const currentSession = (
  deps: SessionDeps,
  token: string,
  client: Client = 'browser',
): Promise<Session | undefined> => sessionFound(deps, token, deps.sessions.find, client)

/** The same for a page that has its content read along with the session: `find` answers both, by the token's hash. */
export async function sessionFound<Found extends Session>(
  deps: SessionDeps,
  token: string,
  find: (tokenHash: string) => Promise<Found | undefined>,
  client: Client = 'browser',
): Promise<Found | undefined> {
  if (!looksLikeToken(token)) return undefined
  const session = await find(hashToken(token))
  if (!session || session.client !== client) return undefined
  const closed = sessionClosed(deps, session)
  if (closed === 'ended') await deps.sessions.end(session.id) // for good: a clock that is put back does not bring it to life again
  if (closed) return undefined
  const now = deps.now()
  const idle = now.getTime() - session.lastSeenAt.getTime()
  if (idle < Math.min(MINUTE, deps.sessionIdle / 2)) return session
  await deps.sessions.seen(session.id, now)
  return { ...session, lastSeenAt: now }
}
