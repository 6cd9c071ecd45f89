import { and, asc, eq, gt, isNotNull, isNull, lt, sql } from 'drizzle-orm'
import { type Database, must } from '../client.ts'
import {
  accounts,
  factors,
  mailLinks,
  mails,
  pendingSignIns,
  recoveryCodes,
  sessions,
  trustedBrowsers,
} from '../schema.ts'
import { type EventRow, insertEvents } from './statements.ts'

type Closing = { accountId: number; wasFrozen: boolean; counter: number; at: Date; events: EventRow[] }

export const restoredStore = ({ db, atomically }: Database) => ({
  accountsAfter: async (after: number, limit: number) =>
    await db
      .select({ id: accounts.id, tokensFrozenAt: accounts.tokensFrozenAt })
      .from(accounts)
      .where(gt(accounts.id, after))
      .orderBy(asc(accounts.id))
      .limit(limit),

  closeRestored: ({ accountId, wasFrozen, counter, at, events }: Closing) =>
    atomically((tx) => [
      must(
        tx
          .update(accounts)
          .set({ securityVersion: sql`${accounts.securityVersion} + 1`, ...(!wasFrozen && { tokensFrozenAt: at }) })
          .where(and(eq(accounts.id, accountId), (wasFrozen ? isNotNull : isNull)(accounts.tokensFrozenAt)))
          .returning({ id: accounts.id }),
      ),
      tx.delete(pendingSignIns).where(eq(pendingSignIns.accountId, accountId)),
      tx.delete(sessions).where(eq(sessions.accountId, accountId)),
      tx.delete(trustedBrowsers).where(eq(trustedBrowsers.accountId, accountId)),
      tx
        .update(factors)
        .set({ counter })
        .where(and(eq(factors.accountId, accountId), lt(factors.counter, counter))),
      tx
        .update(recoveryCodes)
        .set({ usedAt: at, sealed: null })
        .where(and(eq(recoveryCodes.accountId, accountId), isNull(recoveryCodes.usedAt))),
      tx.delete(mailLinks).where(eq(mailLinks.accountId, accountId)),
      tx.delete(mails).where(eq(mails.accountId, accountId)), // what waited then has been sent since
      insertEvents(tx, ...events),
    ]),
})
