import { sql } from 'drizzle-orm'
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core'
import { dialect } from './columns.ts'
import { type PostgresStatement, readInBatches } from './reads-of-postgres.ts'
import { readInTurns, type SqliteStatement } from './reads-of-sqlite.ts'

// Building SQL costs more than running it. What many requests ask is built once, and has its values put in. What is asked in
// one turn of the event loop is read together at its end: nobody sees less than what was committed before he asked.

/** Stands in a statement for a value that comes later, encoded as the column's own values are. */
export const later = <Value>(name: string, column?: SQLiteColumn): Value =>
  (column ? sql.param(sql.placeholder(name), column) : sql.placeholder(name)) as Value

type Values = Record<string, unknown>

/**
 * A statement that is parsed once, for reads that many requests make. Takes the values of what is `later` in it, each of
 * which names its column, and answers the rows: others get the same ones, so they are not to be changed. `name` is what
 * PostgreSQL knows it by.
 */
export function prepared<Row>(name: string, query: PromiseLike<Row[]>): (values: Values) => Promise<Row[]> {
  const statement = (query as unknown as { prepare(name: string): unknown }).prepare(name)
  const read =
    dialect === 'postgres' ? readInBatches(statement as PostgresStatement) : readInTurns(statement as SqliteStatement)
  return read as (values: Values) => Promise<Row[]>
}
