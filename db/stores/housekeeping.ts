import {
  and,
  asc,
  type Column,
  count,
  desc,
  eq,
  gt,
  isNotNull,
  lte,
  not,
  type SQL,
  type SQLWrapper,
  sql,
} from 'drizzle-orm'
import { type Database, returned } from '../client.ts'
import { passingOverHeldRows } from '../columns.ts'
import {
  accessTokens,
  eventSeals,
  events,
  factors,
  formerAddresses,
  formerUsernames,
  gateCodes,
  invitations,
  knownBrowsers,
  limits,
  mailLinks,
  memberships,
  openidKeys,
  openidRecords,
  pendingEnrolments,
  pendingSignIns,
  recoveries,
  recoveryCodes,
  rescues,
  sessions,
  spentChallenges,
  trustedBrowsers,
} from '../schema.ts'
import { leaseStore } from './leases.ts'

const A_FEW = 50 // rows: more than one account's, so one damaged value says nothing about the keys

const sealed = sql`exists (select 1 from ${eventSeals} where ${eventSeals.eventId} = ${events.id})`

/** What ends at a time in its row: the table, what names a row, and that time. Each time has an index. */
const ENDING = {
  pendingSignIns: { rows: pendingSignIns, key: [pendingSignIns.tokenHash], end: pendingSignIns.expiresAt },
  pendingEnrolments: { rows: pendingEnrolments, key: [pendingEnrolments.sessionId], end: pendingEnrolments.expiresAt },
  sessions: { rows: sessions, key: [sessions.id], end: sessions.expiresAt },
  trustedBrowsers: { rows: trustedBrowsers, key: [trustedBrowsers.id], end: trustedBrowsers.expiresAt },
  knownBrowsers: {
    rows: knownBrowsers,
    key: [knownBrowsers.tokenHash, knownBrowsers.accountId],
    end: knownBrowsers.lastSeenAt,
  },
  mailLinks: { rows: mailLinks, key: [mailLinks.tokenHash], end: mailLinks.expiresAt },
  formerAddresses: { rows: formerAddresses, key: [formerAddresses.id], end: formerAddresses.expiresAt },
  formerUsernames: { rows: formerUsernames, key: [formerUsernames.usernameLook], end: formerUsernames.keptUntil },
  gateCodes: { rows: gateCodes, key: [gateCodes.codeHash], end: gateCodes.expiresAt },
  openidRecords: { rows: openidRecords, key: [openidRecords.id], end: openidRecords.expiresAt },
  spentChallenges: { rows: spentChallenges, key: [spentChallenges.hash], end: spentChallenges.expiresAt },
  invitations: { rows: invitations, key: [invitations.id], end: invitations.expiresAt },
  memberships: { rows: memberships, key: [memberships.accountId, memberships.groupId], end: memberships.until },
  recoveries: { rows: recoveries, key: [recoveries.accountId], end: recoveries.opensAt },
  rescues: { rows: rescues, key: [rescues.accountId], end: rescues.expiresAt },
  // Those in the chain go with their seals: event-chain.ts.
  unsealedEvents: { rows: events, key: [events.id], end: events.at, unless: sealed },
} satisfies Record<string, { rows: object; key: SQLWrapper[]; end: Column; unless?: SQL }>
type Ending = keyof typeof ENDING

/**
 * Removes what has ended, `atMost` rows per statement, so a lock lasts milliseconds and nobody on SQLite waits longer. It leaves
 * rows that a request holds for the next time, so it waits for nobody, in whatever order requests lock rows.
 */
export function housekeepingStore({ db, ...database }: Database) {
  const chosen = (key: SQL, from: SQL) => sql`(${key}) in (select ${key} from ${from} ${passingOverHeldRows})`

  /** The `atMost` rows after `after` in the order of `column`, as a condition. `next` is undefined if they are the last. */
  async function stretch<Value>(column: Column, after: Value, atMost: number) {
    const later = gt(column, sql.param(after, column))
    const [last] = await db
      .select({ value: sql<Value>`${column}`.mapWith(column) })
      .from(column.table as typeof sessions)
      .where(later)
      .orderBy(asc(column))
      .limit(1)
      .offset(atMost - 1)
    return {
      within: last ? and(later, lte(column, sql.param(last.value, column))) : later,
      next: last?.value as Value | undefined,
    }
  }

  return {
    ...leaseStore(database),

    /** How many rows there were: fewer than `atMost` if nothing is left. */
    async removeEnded(what: Ending, endedBy: Date, atMost: number): Promise<number> {
      const { rows, key, end, ...of } = ENDING[what]
      const over = 'unless' in of ? and(lte(end, endedBy), not(of.unless)) : lte(end, endedBy)
      const ended = sql`${rows} where ${over} order by ${end} limit ${atMost}`
      const removed = await returned(database, (tx) =>
        tx
          .delete(rows)
          .where(chosen(sql.join(key, sql`, `), ended))
          .returning({ end }),
      )
      return removed.length
    },

    async removeEndedLimits(endedBy: Date, atMost: number): Promise<number> {
      const ended = sql`${limits} where ${lte(limits.expiresAtMs, endedBy.getTime())} order by ${limits.expiresAtMs} limit ${atMost}`
      const removed = await returned(database, (tx) =>
        tx
          .delete(limits)
          .where(chosen(sql`${limits.key}`, ended))
          .returning({ key: limits.key }),
      )
      return removed.length
    },

    /**
     * Looks at the `atMost` sessions after `after`, in the order of their end, and removes those last seen by `seenBy`. That time
     * has no index, because every page would have to write it. Returns where to go on.
     */
    async removeIdleSessions(seenBy: Date, after: Date, atMost: number) {
      const { within, next } = await stretch(sessions.expiresAt, after, atMost)
      const idle = sql`${sessions} where ${within} and ${lte(sessions.lastSeenAt, seenBy)}`
      const removed = await returned(database, (tx) =>
        tx
          .delete(sessions)
          .where(chosen(sql`${sessions.id}`, idle))
          .returning({ id: sessions.id }),
      )
      return { removed: removed.length, next }
    },

    /** Forgets the former values of access tokens that have ended, among the `atMost` tokens after `after`. */
    async forgetFormerValues(endedBy: Date, after: string, atMost: number) {
      const { within, next } = await stretch(accessTokens.previousHash, after, atMost)
      const over = sql`${accessTokens} where ${within} and ${lte(accessTokens.previousUntil, endedBy)}`
      const forgotten = await returned(database, (tx) =>
        tx
          .update(accessTokens)
          .set({ previousHash: null, previousUntil: null })
          .where(chosen(sql`${accessTokens.id}`, over))
          .returning({ id: accessTokens.id }),
      )
      return { removed: forgotten.length, next }
    },

    /**
     * Accounts that know more than `most` browsers, among the owners of the `atMost` browsers seen after `after`. An account gets
     * one too many only when a browser is seen, so this finds all of them.
     */
    async crowdedAccounts(most: number, after: Date, atMost: number) {
      const { within, next } = await stretch(knownBrowsers.lastSeenAt, after, atMost)
      const crowded = await db
        .select({ accountId: knownBrowsers.accountId })
        .from(knownBrowsers)
        .where(
          sql`${knownBrowsers.accountId} in (select ${knownBrowsers.accountId} from ${knownBrowsers} where ${within})`,
        )
        .groupBy(knownBrowsers.accountId)
        .having(gt(count(), most))
      return { accounts: crowded.map(({ accountId }) => accountId), next }
    },

    /** Forgets `atMost` of an account's browsers, all older than its `most` newest. */
    async forgetOldestBrowsers(accountId: number, most: number, atMost: number): Promise<number> {
      const own = eq(knownBrowsers.accountId, accountId)
      const [oldestKept] = await db
        .select({ seenAt: knownBrowsers.lastSeenAt })
        .from(knownBrowsers)
        .where(own)
        .orderBy(sql`${knownBrowsers.lastSeenAt} desc`)
        .limit(1)
        .offset(most - 1)
      if (!oldestKept) return 0
      const older = sql`${knownBrowsers} where ${own} and ${knownBrowsers.lastSeenAt} < ${sql.param(oldestKept.seenAt, knownBrowsers.lastSeenAt)} limit ${atMost}`
      const forgotten = await returned(database, (tx) =>
        tx
          .delete(knownBrowsers)
          .where(chosen(sql`${knownBrowsers.tokenHash}, ${knownBrowsers.accountId}`, older))
          .returning({ accountId: knownBrowsers.accountId }),
      )
      return forgotten.length
    },

    /** Throws if the database doesn't answer. */
    async answers(): Promise<void> {
      await db.select({ key: limits.key }).from(limits).limit(1)
    },

    /** Whether there is anything that only the present keys can open. */
    async hasSealedData(): Promise<boolean> {
      if ((await db.select({ id: factors.id }).from(factors).limit(1)).length > 0) return true
      return (await db.select({ id: openidKeys.id }).from(openidKeys).limit(1)).length > 0
    },

    /** A few sealed values as stored. At the start, the keys are tried on them. */
    async someSealed(): Promise<{
      factors: { id: string; secret: string }[]
      codes: { id: string; sealed: string | null }[]
      openidKeys: { id: string; sealed: string }[]
    }> {
      return {
        factors: await db.select({ id: factors.id, secret: factors.secret }).from(factors).limit(A_FEW),
        codes: await db
          .select({ id: recoveryCodes.id, sealed: recoveryCodes.sealed })
          .from(recoveryCodes)
          .where(isNotNull(recoveryCodes.sealed))
          .limit(A_FEW),
        openidKeys: await db
          .select({ id: openidKeys.id, sealed: openidKeys.sealed })
          .from(openidKeys)
          .orderBy(desc(openidKeys.createdAt))
          .limit(A_FEW),
      }
    },
  }
}
