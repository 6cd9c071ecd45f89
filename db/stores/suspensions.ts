import { and, eq, isNotNull, isNull, sql } from 'drizzle-orm'
import { type Database, must } from '../client.ts'
import { accounts, mailLinks } from '../schema.ts'
import { leavesAnOperator, lockOperators } from './owners.ts'
import { dropRescue } from './rescues.ts'
import { type EventRow, endEverything, insertEvents } from './statements.ts'

export const suspensionStore = ({ atomically }: Database) => ({
  suspend: ({ accountId, at, reason, event }: { accountId: number; at: Date; reason: string; event: EventRow }) =>
    atomically((tx) => [
      lockOperators(tx),
      must(
        tx
          .update(accounts)
          // What began before doesn't finish after it, also if the account is resumed meanwhile.
          .set({ suspendedAt: at, suspendedFor: reason, securityVersion: sql`${accounts.securityVersion} + 1` })
          .where(and(eq(accounts.id, accountId), isNull(accounts.suspendedAt), leavesAnOperator(accountId)))
          .returning({ id: accounts.id }),
      ),
      ...endEverything(tx, accountId),
      dropRescue(tx, accountId),
      tx.delete(mailLinks).where(eq(mailLinks.accountId, accountId)),
      insertEvents(tx, event),
    ]),

  resume: ({ accountId, event }: { accountId: number; event: EventRow }) =>
    atomically((tx) => [
      must(
        tx
          .update(accounts)
          .set({ suspendedAt: null, suspendedFor: null })
          .where(and(eq(accounts.id, accountId), isNotNull(accounts.suspendedAt)))
          .returning({ id: accounts.id }),
      ),
      insertEvents(tx, event),
    ]),
})
