import { and, asc, eq, gt, inArray, isNull, or, sql } from 'drizzle-orm'
import { type Database, must, unlessOrphaned } from '../client.ts'
import { accounts, groups, memberships } from '../schema.ts'
import { type AnyEventRow, type EventRow, insertEvents } from './statements.ts'

/** Whether a membership is there: to the millisecond, whatever housekeeping has removed. */
const lasts = (now: Date) => or(isNull(memberships.until), gt(memberships.until, now))

/** Groups of accounts, and until when each account is in them. */
export const groupStore = ({ db, atomically }: Database) => ({
  /** False if there is one of that name. */
  createGroup: ({ group, event }: { group: typeof groups.$inferInsert; event: AnyEventRow }) =>
    atomically((tx) => [
      must(tx.insert(groups).values(group).onConflictDoNothing().returning({ id: groups.id })),
      insertEvents(tx, event),
    ]),

  /** With its memberships, and out of the invitations that name it. False if there is none of that name. */
  deleteGroup: ({ name, event }: { name: string; event: AnyEventRow }) =>
    atomically((tx) => [
      must(tx.delete(groups).where(eq(groups.name, name)).returning({ id: groups.id })),
      insertEvents(tx, event),
    ]),

  /** At most `most`, by name, from the one after `after`; with how many accounts are in them now. */
  listGroups: async ({ after, most, now }: { after: string | undefined; most: number; now: Date }) =>
    await db
      .select({
        id: groups.id,
        name: groups.name,
        createdAt: groups.createdAt,
        members:
          sql<number>`(select count(*) from ${memberships} where ${and(eq(memberships.groupId, groups.id), lasts(now))})`.mapWith(
            Number,
          ),
      })
      .from(groups)
      .where(after === undefined ? undefined : gt(groups.name, after))
      .orderBy(asc(groups.name))
      .limit(most),

  groupsNamed: async (names: string[]) =>
    names.length === 0
      ? []
      : await db.select({ id: groups.id, name: groups.name }).from(groups).where(inArray(groups.name, names)),

  /** At most `most` of those that are in it now, by the number of their account, from the one after `after`. */
  membersOf: async (groupId: string, { after, most, now }: { after: number | undefined; most: number; now: Date }) =>
    await db
      .select({
        accountId: accounts.id,
        email: accounts.email,
        username: accounts.username,
        until: memberships.until,
        addedAt: memberships.addedAt,
      })
      .from(memberships)
      .innerJoin(accounts, eq(accounts.id, memberships.accountId))
      .where(
        and(
          eq(memberships.groupId, groupId),
          after === undefined ? undefined : gt(memberships.accountId, after),
          lasts(now),
        ),
      )
      .orderBy(asc(memberships.accountId))
      .limit(most),

  /** Those that an account is in now, by name. */
  groupsOf: async (accountId: number, now: Date) =>
    await db
      .select({ id: groups.id, name: groups.name, until: memberships.until })
      .from(memberships)
      .innerJoin(groups, eq(groups.id, memberships.groupId))
      .where(and(eq(memberships.accountId, accountId), lasts(now)))
      .orderBy(asc(groups.name)),

  /** From now on until then; an earlier end is replaced. False if the group or the account is gone. */
  addMember: ({ event, ...membership }: typeof memberships.$inferInsert & { event: EventRow }) =>
    unlessOrphaned(
      atomically((tx) => [
        tx
          .insert(memberships)
          .values(membership)
          .onConflictDoUpdate({
            target: [memberships.accountId, memberships.groupId],
            set: { until: membership.until ?? null },
          }),
        insertEvents(tx, event),
      ]),
    ),

  /** False if the account isn't in it now. */
  removeMember: ({
    accountId,
    groupId,
    now,
    event,
  }: {
    accountId: number
    groupId: string
    now: Date
    event: EventRow
  }) =>
    atomically((tx) => [
      must(
        tx
          .delete(memberships)
          .where(and(eq(memberships.accountId, accountId), eq(memberships.groupId, groupId), lasts(now)))
          .returning({ accountId: memberships.accountId }),
      ),
      insertEvents(tx, event),
    ]),
})
