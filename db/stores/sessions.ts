import { and, desc, eq, gt, inArray, sql } from 'drizzle-orm'
import { type Database, must, prepared } from '../client.ts'
import { accounts, factors, recoveryCodes, sessions } from '../schema.ts'
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
      .where(eq(sessions.tokenHash, sql.placeholder('tokenHash'))),
  )

  return {
    find: async (tokenHash: string) => (await find({ tokenHash }))[0],
    sessionsOf: async (accountId: number, now: Date) =>
      await db
        .select()
        .from(sessions)
        .where(and(eq(sessions.accountId, accountId), gt(sessions.expiresAt, now)))
        .orderBy(desc(sessions.lastSeenAt), desc(sessions.id)),

    async endSessions(accountId: number, ids: string[], event: (id: string) => EventRow): Promise<string[]> {
      const own = and(eq(sessions.accountId, accountId), inArray(sessions.id, ids))
      const ended: string[] = []
      for (const { id } of await db.select({ id: sessions.id }).from(sessions).where(own)) {
        const gone = await atomically((tx) => [
          must(tx.delete(sessions).where(eq(sessions.id, id)).returning({ id: sessions.id })),
          insertEvents(tx, event(id)),
        ])
        if (gone) ended.push(id)
      }
      return ended
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
