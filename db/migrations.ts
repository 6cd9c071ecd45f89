import { readFileSync } from 'node:fs'
import { max } from 'drizzle-orm'
import type { Database } from './client.ts'
import { column, dialect } from './columns.ts'

const done = column.migratorsTable('__drizzle_migrations', { createdAt: column.integer('created_at') })

export const migrationStore = ({ db }: Pick<Database, 'db'>, newestOurs = newestMigration()) => ({
  /**
   * Whether the database has every table and column that this version knows. One that a newer version has migrated counts
   * as such: while machines are upgraded one after the other, the older ones go on. Throws when the database does not answer.
   */
  async areApplied(): Promise<boolean> {
    const [row] = await db.select({ newest: max(done.createdAt) }).from(done)
    return Number(row?.newest ?? 0) >= newestOurs
  },
})

/** In milliseconds, as the migrator writes it down. */
function newestMigration(): number {
  const journal = new URL(`../db/migrations/${dialect}/meta/_journal.json`, import.meta.url) // from dist/ as well
  const { entries } = JSON.parse(readFileSync(journal, 'utf8')) as { entries: { when: number }[] }
  return Math.max(...entries.map(({ when }) => when))
}
