import { dialect, dialectOf } from './columns.ts'
import { openPostgres, type PostgresOptions } from './postgres.ts'
import { openSqlite } from './sqlite.ts'
import type { Database } from './transaction.ts'

export { type Atomically, type Database, type Db, must } from './transaction.ts'

/** Whether a row was refused because another has the same unique value. */
export function isDuplicate(error: unknown): boolean {
  const { code, cause } = error as { code?: unknown; cause?: unknown }
  if (code === 'SQLITE_CONSTRAINT_UNIQUE' || code === '23505') return true
  return cause instanceof Error && isDuplicate(cause)
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
