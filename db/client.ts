import { dialect, dialectOf } from './columns.ts'
import { openPostgres, type PostgresOptions } from './postgres.ts'
import { openSqlite } from './sqlite.ts'
import type { Database } from './transaction.ts'

export { type Atomically, type Database, type Db, must } from './transaction.ts'

/** Whether a row was refused because another has the same unique value. */
export const isDuplicate = (error: unknown): boolean => isRefused(error, 'SQLITE_CONSTRAINT_UNIQUE', '23505')

/** Whether a row was refused because what it belongs to is gone. */
export const isOrphan = (error: unknown): boolean => isRefused(error, 'SQLITE_CONSTRAINT_FOREIGNKEY', '23503')

function isRefused(error: unknown, ...codes: string[]): boolean {
  const { code, cause } = error as { code?: unknown; cause?: unknown }
  if (typeof code === 'string' && codes.includes(code)) return true
  return cause instanceof Error && isRefused(cause, ...codes)
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
