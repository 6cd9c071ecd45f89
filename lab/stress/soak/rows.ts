import { count, getTableName, lte, or, sql } from 'drizzle-orm'
import type { Database } from '../../../db/client.ts'
import * as schema from '../../../db/schema.ts'

export type Rows = Record<string, number>

/** How many rows each table has. */
export async function rowsOf({ db }: Pick<Database, 'db'>): Promise<Rows> {
  const counted = Object.values(schema).map(async (table) => {
    const [row] = await db.select({ rows: count() }).from(table)
    return [getTableName(table), row?.rows ?? 0] as const
  })
  return Object.fromEntries(await Promise.all(counted))
}

/** How many rows of each table had ended by then. A table that isn't named has none. */
export async function endedRows({ db }: Pick<Database, 'db'>, at: Date, sessionIdle: number): Promise<Rows> {
  const idle = new Date(at.getTime() - sessionIdle)
  const { sessions, limits } = schema
  const ended = [
    [sessions, or(lte(sessions.expiresAt, at), lte(sessions.lastSeenAt, idle))],
    [schema.pendingSignIns, lte(schema.pendingSignIns.expiresAt, at)],
    [schema.pendingEnrolments, lte(schema.pendingEnrolments.expiresAt, at)],
    [schema.gateCodes, lte(schema.gateCodes.expiresAt, at)],
    [schema.openidRecords, lte(schema.openidRecords.expiresAt, at)],
    [schema.spentChallenges, lte(schema.spentChallenges.expiresAt, at)],
    [schema.trustedBrowsers, lte(schema.trustedBrowsers.expiresAt, at)],
    [schema.mailLinks, lte(schema.mailLinks.expiresAt, at)],
    [schema.formerAddresses, lte(schema.formerAddresses.expiresAt, at)],
    [limits, lte(limits.expiresAtMs, at.getTime())],
    [schema.accessTokens, lte(schema.accessTokens.previousUntil, at)],
  ] as const
  const rows: Rows = {}
  for (const [table, condition] of ended) {
    const [row] = await db
      .select({ rows: count() })
      .from(table as typeof sessions)
      .where(sql`${condition}`)
    if (row && row.rows > 0) rows[getTableName(table)] = row.rows
  }
  return rows
}
