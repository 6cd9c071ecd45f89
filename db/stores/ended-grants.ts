import { and, eq, type SQL, sql } from 'drizzle-orm'
import type { Db } from '../client.ts'
import { takingRows } from '../columns.ts'
import { openidRecords } from '../schema.ts'

/**
 * Removes those records, grants and what was made from them, as steps of a transaction. Whoever makes something from a grant holds it.
 * The first step waits for that, so the second sees what was made; alone, it would leave it (PostgreSQL's manual, 13.2.1).
 */
export const endGrants = (tx: Db, those: SQL | undefined) => [
  tx
    .select({ id: openidRecords.id })
    .from(openidRecords)
    .where(sql`${and(eq(openidRecords.kind, 'Grant'), those)} ${takingRows}`),
  tx.delete(openidRecords).where(those),
]
