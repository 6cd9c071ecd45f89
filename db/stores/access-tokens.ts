import { and, asc, desc, eq, inArray, isNotNull, type SQLWrapper, sql } from 'drizzle-orm'
import { type Database, must } from '../client.ts'
import { listOf } from '../lists.ts'
import { accessTokens, accounts, appGroups, apps, memberships } from '../schema.ts'
import { type EventRow, type Forgiven, forgive, insertEvents } from './statements.ts'
import { signedInRead, tokenHolderRead } from './visitors.ts'

type Token = typeof accessTokens.$inferInsert
type Change = { event: EventRow; forgiven: Forgiven }
type Origin = { address: string; browser: string; system: string | null }
type Ending = { expiresAt: Date | null; endMailAt: Date | null }
type Regeneration = Change & {
  accountId: number
  id: string
  fromHash: string
  toHash: string
  hint: string
  previousUntil: Date | null
} & Ending

export function accessTokenStore({ db, atomically }: Database) {
  const tokensOf = (accountId: number | SQLWrapper) =>
    db
      .select()
      .from(accessTokens)
      .where(eq(accessTokens.accountId, accountId))
      .orderBy(desc(accessTokens.createdAt), desc(accessTokens.id))
  /** Apps that take tokens and are open to one of the account's groups, with the end of its being there. */
  const openApps = db
    .select({ name: apps.name, title: apps.title, until: memberships.until })
    .from(memberships)
    .innerJoin(appGroups, eq(appGroups.groupId, memberships.groupId))
    .innerJoin(apps, eq(apps.id, appGroups.appId))
    .where(and(eq(memberships.accountId, accounts.id), eq(apps.takesTokens, 1)))
    .orderBy(asc(apps.name))
  const own = (accountId: number, id: string) => and(eq(accessTokens.accountId, accountId), eq(accessTokens.id, id))

  return {
    findToken: tokenHolderRead(db, 'token_holder', {}, {}),

    /** Not durable: a power cut only loses when a token was last used. */
    async tokenUsed(id: string, at: Date, { address, browser, system }: Origin): Promise<void> {
      const used = { lastUsedAt: at, lastAddress: address, lastBrowser: browser, lastSystem: system }
      await atomically((tx) => [tx.update(accessTokens).set(used).where(eq(accessTokens.id, id))], { durable: false })
    },

    async tokensFrozenSince(accountId: number): Promise<Date | null> {
      const [account] = await db
        .select({ since: accounts.tokensFrozenAt })
        .from(accounts)
        .where(eq(accounts.id, accountId))
      return account?.since ?? null
    },

    releaseTokens: ({
      accountId,
      securityVersion,
      event,
      forgiven,
    }: Change & { accountId: number; securityVersion: number }) =>
      atomically((tx) => [
        must(
          tx
            .update(accounts)
            .set({ tokensFrozenAt: null })
            .where(
              and(
                eq(accounts.id, accountId),
                eq(accounts.securityVersion, securityVersion),
                isNotNull(accounts.tokensFrozenAt),
              ),
            )
            .returning({ id: accounts.id }),
        ),
        ...forgive(tx, forgiven),
        insertEvents(tx, event),
      ]),

    tokensOf: async (accountId: number) => await tokensOf(accountId),
    visitorWithTokens: signedInRead(
      db,
      'visitor_with_tokens',
      { tokens: listOf(tokensOf(accounts.id)), apps: listOf(openApps) },
      {},
    ),

    insertToken: ({ token, atMost, event, forgiven }: Change & { token: Token; atMost: number }) =>
      atomically((tx) => [
        // Locks the account's row first, and counts the tokens in a separate statement: otherwise PostgreSQL would use the
        // count from before the wait, and two at once could both be the last that fits.
        must(
          tx
            .update(accounts)
            .set({ id: token.accountId })
            .where(eq(accounts.id, token.accountId))
            .returning({ id: accounts.id }),
        ),
        must(
          tx
            .select({ id: accounts.id })
            .from(accounts)
            .where(
              and(
                eq(accounts.id, token.accountId),
                sql`(select count(*) from ${accessTokens} where ${accessTokens}.account_id = ${token.accountId}) < ${atMost}`,
              ),
            ),
        ),
        tx.insert(accessTokens).values(token),
        ...forgive(tx, forgiven),
        insertEvents(tx, event),
      ]),

    editToken: ({
      accountId,
      id,
      description,
      scopes,
      expiresAt,
      endMailAt,
      event,
      forgiven,
    }: Change & { accountId: number; id: string; description: string; scopes: string } & Ending) =>
      atomically((tx) => [
        must(
          tx
            .update(accessTokens)
            .set({ description, scopes, expiresAt, endMailAt })
            .where(own(accountId, id))
            .returning({ id: accessTokens.id }),
        ),
        ...forgive(tx, forgiven),
        insertEvents(tx, event),
      ]),

    regenerateToken: ({
      accountId,
      id,
      fromHash,
      toHash,
      hint,
      expiresAt,
      endMailAt,
      previousUntil,
      event,
      forgiven,
    }: Regeneration) =>
      atomically((tx) => [
        must(
          tx
            .update(accessTokens)
            .set({
              tokenHash: toHash,
              hint,
              expiresAt,
              endMailAt,
              previousHash: previousUntil ? fromHash : null,
              previousUntil,
            })
            .where(and(own(accountId, id), eq(accessTokens.tokenHash, fromHash)))
            .returning({ id: accessTokens.id }),
        ),
        ...forgive(tx, forgiven),
        insertEvents(tx, event),
      ]),

    async removeTokens({
      accountId,
      ids,
      event,
      forgiven,
    }: {
      accountId: number
      ids: string[]
      event: () => EventRow
      forgiven: Forgiven
    }) {
      const found = await db
        .select({ id: accessTokens.id })
        .from(accessTokens)
        .where(and(eq(accessTokens.accountId, accountId), inArray(accessTokens.id, ids)))
      const removed: string[] = []
      // One transaction each: if two remove the same token at once, one succeeds and one event says so.
      for (const { id } of found) {
        const gone = await atomically((tx) => [
          must(tx.delete(accessTokens).where(own(accountId, id)).returning({ id: accessTokens.id })),
          insertEvents(tx, event()),
        ])
        if (gone) removed.push(id)
      }
      await atomically((tx) => forgive(tx, forgiven), { durable: false })
      return removed
    },
  }
}
