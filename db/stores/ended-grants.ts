import { and, asc, eq, inArray, type SQL, sql } from 'drizzle-orm'
import type { Db } from '../client.ts'
import { keepingRows, takingRows } from '../columns.ts'
import { openidRecords, sessions } from '../schema.ts'

/**
 * Removes those records, grants and what was made from them, as steps of a transaction. Their sessions come first, so that the end of
 * one of them and this don't wait for each other. Whoever makes something from a grant holds it. The second step waits for that, so the
 * third sees what was made; alone, it would leave it (PostgreSQL's manual, 13.2.1).
 */
export const endGrants = (tx: Db, those: SQL | undefined) => [
  tx
    .select({ id: sessions.id })
    .from(sessions)
    .where(inArray(sessions.id, tx.select({ id: openidRecords.sessionId }).from(openidRecords).where(those)))
    .orderBy(sql`${asc(sessions.id)} ${keepingRows}`),
  tx
    .select({ id: openidRecords.id })
    .from(openidRecords)
    .where(and(eq(openidRecords.kind, 'Grant'), those))
    .orderBy(sql`${asc(openidRecords.id)} ${takingRows}`),
  tx.delete(openidRecords).where(those),
]
