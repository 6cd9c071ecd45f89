import { max } from 'drizzle-orm'
import type { Database } from '../client.ts'
import { column, dialect } from '../columns.ts'
import { migrationsOf } from '../migrations.ts'

const done = column.migratorsTable('__drizzle_migrations', { createdAt: column.integer('created_at') })

export const migrationStore = ({ db }: Pick<Database, 'db'>, newestOurs = newestMigration()) => ({
  /**
   * Whether the database has every table and column that this version knows. It may have more: while machines are upgraded one
   * after the other, the older ones go on. Throws if the database doesn't answer.
   */
  async areApplied(): Promise<boolean> {
    const [row] = await db.select({ newest: max(done.createdAt) }).from(done)
    return Number(row?.newest ?? 0) >= newestOurs
  },
})

/** In milliseconds, as the database records it. */
const newestMigration = () => Math.max(...migrationsOf(dialect).map(({ folderMillis }) => folderMillis))
