import { and, eq, gt, inArray, isNotNull, isNull, ne, sql } from 'drizzle-orm'
import { type Database, type Db, must } from '../client.ts'
import { accounts, pendingSignIns, rescues } from '../schema.ts'
import { accountStays } from './deletions.ts'
import {
  accountUnchanged,
  beginSession,
  type EventRow,
  type Forgiven,
  forgive,
  hasSecondFactor,
  insertEvents,
  type SessionRow,
} from './statements.ts'

type Rescue = typeof rescues.$inferInsert & { accountId: number }
type Approval = { accountId: number; codeHash: string; approvedBy: number; now: Date; expiresAt: Date; event: EventRow }
type Redemption = {
  pendingHash: string
  securityVersion: number
  codeHashes: string[]
  now: Date
  session: SessionRow
  events: EventRow[]
  stays: EventRow | undefined
  forgiven: Forgiven
}

export const rescueStore = ({ atomically }: Database) => ({
  beginRescue: ({ rescue, event }: { rescue: Rescue; event: EventRow }) =>
    atomically((tx) => [
      must(
        tx
          .update(accounts)
          .set({ securityVersion: sql`${accounts.securityVersion}` }) // the same value, because only the row's lock counts
          .where(and(eq(accounts.id, rescue.accountId), isNull(accounts.suspendedAt), hasSecondFactor))
          .returning({ id: accounts.id }),
      ),
      dropRescue(tx, rescue.accountId),
      tx.insert(rescues).values(rescue),
      insertEvents(tx, event),
    ]),

  approveRescue: ({ accountId, codeHash, approvedBy, now, expiresAt, event }: Approval) =>
    atomically((tx) => [
      must(
        tx
          .update(rescues)
          .set({ codeHash, expiresAt })
          .where(
            and(
              eq(rescues.accountId, accountId),
              isNull(rescues.codeHash),
              ne(rescues.askedBy, approvedBy),
              gt(rescues.expiresAt, now),
            ),
          )
          .returning({ accountId: rescues.accountId }),
      ),
      insertEvents(tx, event),
    ]),

  /** Of all who hold the code, the one whose DELETE returns its row gets the session. */
  redeemRescue: ({ pendingHash, securityVersion, codeHashes, now, session, events, stays, forgiven }: Redemption) =>
    atomically((tx) => [
      accountUnchanged(tx, session.accountId, securityVersion),
      must(
        tx
          .delete(pendingSignIns)
          .where(eq(pendingSignIns.tokenHash, pendingHash))
          .returning({ tokenHash: pendingSignIns.tokenHash }),
      ),
      must(
        tx
          .delete(rescues)
          .where(
            and(
              eq(rescues.accountId, session.accountId),
              isNotNull(rescues.codeHash),
              inArray(rescues.codeHash, codeHashes),
              gt(rescues.expiresAt, now),
            ),
          )
          .returning({ accountId: rescues.accountId }),
      ),
      ...beginSession(tx, session),
      insertEvents(tx, ...events),
      ...(stays ? accountStays(tx, stays) : []),
      ...forgive(tx, forgiven),
    ]),
})

export const dropRescue = (tx: Db, accountId: number) => tx.delete(rescues).where(eq(rescues.accountId, accountId))
