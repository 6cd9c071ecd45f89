import type { Origin } from '../lib/origin.ts'
import { hashToken, looksLikeToken, newId, newToken } from '../lib/tokens.ts'
import { warnedOfRecovery } from './recovery.ts'
import type { Method } from './security-events.ts'
import { sessionClosed } from './standing.ts'
import type { Client, Find, SignedIn } from './visitor.ts'

const MINUTE = 60_000 // between two writes of when a session was last seen

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
  provedAt: Date | null
  heldAt: Date | null
  resistedAt: Date | null
}

export type SessionStore = {
  find: Find<SignedIn>
  seen(id: string, at: Date): Promise<void>
  end(id: string): Promise<void>
}

export type SessionDeps = { sessions: SessionStore; sessionIdle: number; now(): Date }

const HELD: ReadonlySet<Method> = new Set<Method>(['authenticator', 'passkey'])

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
      provedAt: HELD.has(method) || method === 'recovery_code' ? now : null,
      heldAt: HELD.has(method) ? now : null,
      resistedAt: method === 'passkey' ? now : null,
      ...origin,
    },
  }
}

/** Who is signed in by a token at its door; undefined if there is none, it was idle for too long, or its time is over. */
export const currentVisitor = (
  deps: SessionDeps,
  token: string,
  client: Client = 'browser',
): Promise<SignedIn | undefined> => visitorFound(deps, token, deps.sessions.find, client)

/** The same with what they came to see, in the same read. */
export async function visitorFound<Found extends SignedIn>(
  deps: SessionDeps,
  token: string,
  find: Find<Found>,
  client: Client = 'browser',
): Promise<Found | undefined> {
  if (!looksLikeToken(token)) return undefined
  const found = await find(hashToken(token))
  if (!found || found.session.client !== client) return undefined
  const { session } = found
  const closed = sessionClosed(deps, found)
  if (closed === 'ended') await deps.sessions.end(session.id) // for good: a clock that is put back does not bring it to life again
  if (closed) return undefined
  const now = deps.now()
  const visitor = warnedOfRecovery(found, now)
  if (!isDueToBeSeen(deps, session.lastSeenAt, now)) return visitor
  await deps.sessions.seen(session.id, now)
  return { ...visitor, session: { ...session, lastSeenAt: now } }
}

/** Whether it is written again that somebody is there: at most once a minute, and before they could count as idle. */
export const isDueToBeSeen = (
  { sessionIdle }: Pick<SessionDeps, 'sessionIdle'>,
  lastSeenAt: Date,
  now: Date,
): boolean => now.getTime() - lastSeenAt.getTime() >= Math.min(MINUTE, sessionIdle / 2)

/** Where nothing is shown beside who is signed in. */
export const visitorAlone = ({ sessions }: Pick<SessionDeps, 'sessions'>): Find<SignedIn> => sessions.find
