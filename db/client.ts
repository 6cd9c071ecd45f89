import { dialect, dialectOf } from './columns.ts'
import { openPostgres, type PostgresOptions } from './postgres.ts'
import { openSqlite } from './sqlite.ts'
import type { Database } from './transaction.ts'

export { type Atomically, type Database, type Db, must, returned } from './transaction.ts'

/** Whether a row was refused because another has the same unique value. */
export const isDuplicate = (error: unknown): boolean => hasCode(error, 'SQLITE_CONSTRAINT_UNIQUE', '23505')

/** False, and nothing kept, if what a row belongs to was deleted since somebody looked. */
export async function unlessOrphaned<Kept>(write: PromiseLike<Kept>): Promise<Kept | false> {
  try {
    return await write
  } catch (error) {
    if (hasCode(error, 'SQLITE_CONSTRAINT_FOREIGNKEY', '23503')) return false
    throw error
  }
}

function hasCode(error: unknown, ...codes: string[]): boolean {
  const { code, cause } = error as { code?: unknown; cause?: unknown }
  if (typeof code === 'string' && codes.includes(code)) return true
  return cause instanceof Error && hasCode(cause, ...codes)
}

/**
 * `file:path` (or `:memory:`) for SQLite, `postgres://…` for PostgreSQL. Only PostgreSQL uses the options, but for `mayMake`: a file
 * that isn't there is made, unless that is false.
 */
export function openDatabase(
  url: string,
  { mayMake = true, ...options }: PostgresOptions & { mayMake?: boolean } = { pool: 10, timeout: 10_000, plain: false },
): Database {
  if (dialectOf(url) !== dialect) throw new Error(`DATABASE_URL must be set to ${url} before the program starts.`)
  return dialect === 'postgres' ? openPostgres(url, options) : openSqlite(url.replace(/^file:/, ''), mayMake)
}
