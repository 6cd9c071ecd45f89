import { and, desc, eq, gt, inArray, ne, sql } from 'drizzle-orm'
import { type Database, must } from '../client.ts'
import { later, prepared } from '../prepared.ts'
import { accounts, factors, pendingSignIns, recoveryCodes, sessions } from '../schema.ts'
import { type EventRow, insertEvents } from './statements.ts'

/** The hot read: one prepared statement for every signed-in page. */
export function sessionStore({ db, atomically }: Database) {
  const find = prepared(
    'find_session',
    db
      .select({
        id: sessions.id,
        tokenHash: sessions.tokenHash,
        accountId: sessions.accountId,
        email: accounts.email,
        emailConfirmedAt: accounts.emailConfirmedAt,
        securityVersion: accounts.securityVersion,
        client: sessions.client,
        method: sessions.method,
        startedAt: sessions.startedAt,
        lastSeenAt: sessions.lastSeenAt,
        expiresAt: sessions.expiresAt,
        codesShownUntil: sessions.codesShownUntil,
        address: sessions.address,
        browser: sessions.browser,
        suspendedAt: accounts.suspendedAt,
        passwordChangedAt: accounts.passwordChangedAt,
        secondFactorSince:
          sql<Date | null>`(select min(${factors.addedAt}) from ${factors} where ${factors.accountId} = ${sessions.accountId})`.mapWith(
            factors.addedAt,
          ),
        recoveryCodesLeft:
          sql<number>`(select count(*) from ${recoveryCodes} where ${recoveryCodes.accountId} = ${sessions.accountId} and ${recoveryCodes.usedAt} is null)`.mapWith(
            Number,
          ),
      })
      .from(sessions)
      .innerJoin(accounts, eq(accounts.id, sessions.accountId))
      .where(eq(sessions.tokenHash, later('tokenHash', sessions.tokenHash))),
  )

  /** One transaction each: of two at once that end the same session, one has ended it and one event says so. */
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
    find: async (tokenHash: string) => (await find({ tokenHash }))[0],
    sessionsOf: async (accountId: number, now: Date, seenAfter: Date) =>
      await db
        .select()
        .from(sessions)
        .where(and(eq(sessions.accountId, accountId), gt(sessions.expiresAt, now), gt(sessions.lastSeenAt, seenAfter)))
        .orderBy(desc(sessions.lastSeenAt), desc(sessions.id)),

    async endSessions(accountId: number, ids: string[], event: (id: string) => EventRow): Promise<string[]> {
      const own = and(eq(sessions.accountId, accountId), inArray(sessions.id, ids))
      return endOneByOne(await db.select({ id: sessions.id }).from(sessions).where(own), event)
    },

    async endOtherSessions(accountId: number, id: string, event: (id: string) => EventRow): Promise<string[]> {
      // First: one that is being answered right now either dies here or has its session ended below.
      await db.delete(pendingSignIns).where(eq(pendingSignIns.accountId, accountId))
      const others = and(eq(sessions.accountId, accountId), ne(sessions.id, id))
      return endOneByOne(await db.select({ id: sessions.id }).from(sessions).where(others), event)
    },

    async end(id: string): Promise<void> {
      await db.delete(sessions).where(eq(sessions.id, id))
    },
    async seen(id: string, at: Date): Promise<void> {
      await atomically((tx) => [tx.update(sessions).set({ lastSeenAt: at }).where(eq(sessions.id, id))], {
        durable: false,
      })
    },
  }
}
