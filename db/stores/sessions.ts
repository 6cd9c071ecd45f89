import { aliasedTable, and, desc, eq, gt, inArray, ne, type SQLWrapper } from 'drizzle-orm'
import { type Database, must } from '../client.ts'
import { listOf } from '../lists.ts'
import { placeholders } from '../placeholders.ts'
import { accounts, gateSessions, pendingSignIns, sessions, trustedBrowsers } from '../schema.ts'
import { openedApps } from './opened-apps.ts'
import { type EventRow, insertEvents } from './statements.ts'
import { isTrusted } from './trusted-browsers.ts'
import { signedInRead, tokenHolderRead } from './visitors.ts'

/** The sessions on the list, beside the one that is looking at it. */
const listed = aliasedTable(sessions, 'listed')

export function sessionStore({ db, atomically }: Database) {
  const times = placeholders({ now: listed.expiresAt, seenAfter: listed.lastSeenAt })
  const live = (accountId: SQLWrapper) =>
    db
      .select()
      .from(listed)
      .where(
        and(eq(listed.accountId, accountId), gt(listed.expiresAt, times.now), gt(listed.lastSeenAt, times.seenAfter)),
      )
      .orderBy(desc(listed.lastSeenAt), desc(listed.id))
  const find = signedInRead(db, 'visitor', {}, {})
  const visitorWithSessions = signedInRead(
    db,
    'visitor_with_sessions',
    {
      sessions: listOf(live(accounts.id)),
      opened: openedApps(
        db,
        inArray(
          gateSessions.sessionId,
          db.select({ id: listed.id }).from(listed).where(eq(listed.accountId, accounts.id)),
        ),
      ),
      trustedBrowsers: listOf(
        db
          .select()
          .from(trustedBrowsers)
          .where(isTrusted(accounts, times.now))
          .orderBy(desc(trustedBrowsers.trustedAt), desc(trustedBrowsers.id)),
      ),
    },
    times,
  )
  const holderWithSessions = tokenHolderRead(db, 'holder_with_sessions', { sessions: listOf(live(accounts.id)) }, times)

  /** One transaction each: if two end the same session at once, one succeeds and one event says so. */
  async function endOneByOne(found: { id: string }[], event: (id: string) => EventRow): Promise<string[]> {
    const ended: string[] = []
    for (const { id } of found) {
      const gone = await atomically((tx) => [
        must(tx.delete(sessions).where(eq(sessions.id, id)).returning({ id: sessions.id })),
        insertEvents(tx, event(id)),
      ])
      if (gone) ended.push(id)
    }
    return ended
  }

  return {
    find,
    visitorWithSessions: (tokenHash: string, now: Date, seenAfter: Date) =>
      visitorWithSessions(tokenHash, { now, seenAfter }),
    holderWithSessions: (tokenHash: string, now: Date, seenAfter: Date) =>
      holderWithSessions(tokenHash, { now, seenAfter }),

    async endSessions(accountId: number, ids: string[], event: (id: string) => EventRow): Promise<string[]> {
      const own = and(eq(sessions.accountId, accountId), inArray(sessions.id, ids))
      return endOneByOne(await db.select({ id: sessions.id }).from(sessions).where(own), event)
    },

    async endOtherSessions(accountId: number, id: string, event: (id: string) => EventRow): Promise<string[]> {
      // First, because one that is being answered right now either dies here or has its session ended below.
      await atomically((tx) => [tx.delete(pendingSignIns).where(eq(pendingSignIns.accountId, accountId))])
      const others = and(eq(sessions.accountId, accountId), ne(sessions.id, id))
      return endOneByOne(await db.select({ id: sessions.id }).from(sessions).where(others), event)
    },

    async end(id: string): Promise<void> {
      await atomically((tx) => [tx.delete(sessions).where(eq(sessions.id, id))])
    },
    async seen(id: string, at: Date): Promise<void> {
      await atomically((tx) => [tx.update(sessions).set({ lastSeenAt: at }).where(eq(sessions.id, id))], {
        durable: false,
      })
    },
  }
}
