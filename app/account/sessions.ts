import { type SecurityEvent, securityEvent } from '../identity/security-events.ts'
import type { ListedBrowser } from '../identity/trusted-browsers.ts'
import type { Find, Session, SignedIn, TokenHolder, Visitor } from '../identity/visitor.ts'
import type { Origin } from '../lib/origin.ts'
import { looksLikeId } from '../lib/tokens.ts'

export type ListedSession = Pick<
  Session,
  'id' | 'client' | 'method' | 'startedAt' | 'lastSeenAt' | 'expiresAt' | 'address' | 'browser' | 'system'
>

type Sessions = { sessions: readonly ListedSession[] }

/** An app that one of the sessions has opened. */
type OpenedApp = Readonly<{ sessionId: string; title: string }>

/** The sessions are the live ones seen since `seenAfter`, the latest first. */
export type SessionsStore = {
  visitorWithSessions(
    tokenHash: string,
    now: Date,
    seenAfter: Date,
  ): Promise<
    (SignedIn & Sessions & { opened: readonly OpenedApp[]; trustedBrowsers: readonly ListedBrowser[] }) | undefined
  >
  holderWithSessions(tokenHash: string, now: Date, seenAfter: Date): Promise<(TokenHolder & Sessions) | undefined>
  /** Ends those of `ids` that are the account's, with one event each. Returns their ids. */
  endSessions(accountId: number, ids: string[], event: (id: string) => SecurityEvent): Promise<string[]>
  /** The same for all but one, and for sign-ins that still owe a code. */
  endOtherSessions(accountId: number, id: string, event: (id: string) => SecurityEvent): Promise<string[]>
}

export type SessionsDeps = { accountSessions: SessionsStore; sessionIdle: number; now(): Date }

/** Who looks, where the account is signed in, and which browsers skip the code. */
export const sessionsView = (deps: SessionsDeps) => (tokenHash: string) =>
  deps.accountSessions.visitorWithSessions(tokenHash, ...live(deps))

export const sessionsOfToken =
  (deps: SessionsDeps): Find<TokenHolder & Sessions> =>
  (tokenHash) =>
    deps.accountSessions.holderWithSessions(tokenHash, ...live(deps))

/** A session that idled too long doesn't count: it opens nothing, even if nobody tried. */
function live({ now, sessionIdle }: SessionsDeps): [now: Date, seenAfter: Date] {
  const at = now()
  return [at, new Date(at.getTime() - sessionIdle)]
}

/** Where the account is signed in, the latest first. Who looks was seen just now, after the list was read. */
export function sessionsSeenBy(visitor: Visitor & Sessions): readonly ListedSession[] {
  if (!('session' in visitor)) return visitor.sessions
  const { id, lastSeenAt } = visitor.session
  const sessions = visitor.sessions.map((each) => (each.id === id ? { ...each, lastSeenAt } : each))
  return sessions.sort((a, b) => b.lastSeenAt.getTime() - a.lastSeenAt.getTime())
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
  { session, account }: SignedIn,
  origin: Origin,
): Promise<string[]> =>
  accountSessions.endOtherSessions(account.id, session.id, () =>
    securityEvent('session_ended', account.id, origin, now()),
  )

/** What people call the apps that a session has opened, each once. */
export const appsOpenedBy = ({ opened }: { opened: readonly OpenedApp[] }, id: string): string[] => [
  ...new Set(opened.filter(({ sessionId }) => sessionId === id).map(({ title }) => title)),
]
