import { and, asc, eq, gt, isNull, lt } from 'drizzle-orm'
import type { Database } from '../client.ts'
import { accounts, factors, mailLinks, mails, recoveryCodes } from '../schema.ts'
import { closeAccount, type EventRow, endEverything, insertEvents } from './statements.ts'

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
      closeAccount(tx, accountId, { wasFrozen, at }),
      ...endEverything(tx, accountId),
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
