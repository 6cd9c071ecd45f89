import { max } from 'drizzle-orm'
import type { Database } from '../client.ts'
import { column, dialect } from '../columns.ts'
import { migrationsOf } from '../migrations.ts'

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

/** In milliseconds, as it is written down where it was applied. */
const newestMigration = () => Math.max(...migrationsOf(dialect).map(({ folderMillis }) => folderMillis))
