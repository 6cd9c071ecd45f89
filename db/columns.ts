// The only file that knows that column types differ between databases.
import { sql } from 'drizzle-orm'
import * as pg from 'drizzle-orm/pg-core'
import * as lite from 'drizzle-orm/sqlite-core'

export type Dialect = 'sqlite' | 'postgres'

export const dialectOf = (url: string | undefined): Dialect =>
  /^postgres(ql)?:/.test(url ?? '') ? 'postgres' : 'sqlite'

/** A process speaks to one kind of database. DATABASE_URL chooses it before the schema loads. */
export const dialect = dialectOf(process.env.DATABASE_URL)

const sqlite = {
  table: lite.sqliteTable,
  /** A table of Drizzle's own migrator. */
  migratorsTable: lite.sqliteTable,
  text: (name: string) => lite.text(name),
  /** A whole number up to 2^53: account ids, counters, and milliseconds that SQL calculates with. */
  integer: (name: string) => lite.integer(name),
  time: (name: string) => lite.integer(name, { mode: 'timestamp_ms' }),
  index: lite.index,
  uniqueIndex: lite.uniqueIndex,
}

const postgres = {
  table: pg.pgTable,
  migratorsTable: pg.pgSchema('drizzle').table,
  text: (name: string) => pg.text(name),
  integer: (name: string) => pg.bigint(name, { mode: 'number' }),
  time: (name: string) => pg.timestamp(name, { precision: 3, withTimezone: true, mode: 'date' }),
  index: pg.index,
  uniqueIndex: pg.uniqueIndex,
}

// Rows have the same types in both (string, number, Date), so the schema is typed against SQLite.
export const column = (dialect === 'postgres' ? postgres : sqlite) as unknown as typeof sqlite

/**
 * Ends a read that chooses rows for a change: it skips rows that somebody else holds, and nobody else can change the chosen
 * ones first. SQLite, with one writer at a time, needs no word for it.
 */
export const passingOverHeldRows = sql.raw(dialect === 'postgres' ? 'for update skip locked' : '')

/** Ends a read of rows that must not change before the transaction ends. */
export const holdingRows = sql.raw(dialect === 'postgres' ? 'for share' : '')

/** Ends a read of rows that must not go before the transaction ends. They may change. */
export const keepingRows = sql.raw(dialect === 'postgres' ? 'for key share' : '')

/** Ends a read of rows that nobody else holds meanwhile: it waits for those who do. */
export const takingRows = sql.raw(dialect === 'postgres' ? 'for update' : '')

/** An array of values, and one of rows, as each database calls it. */
export const jsonArray = sql.raw(dialect === 'postgres' ? 'json_build_array' : 'json_array')
export const jsonArrayOfRows = sql.raw(dialect === 'postgres' ? 'json_agg' : 'json_group_array')
