// What `npm run move-to-postgres` does once it knows from where to where. In this process the schema is PostgreSQL's.
import { existsSync } from 'node:fs'
import Sqlite from 'better-sqlite3'
import { getTableName } from 'drizzle-orm'
import { getTableConfig, type PgColumn, type PgTable } from 'drizzle-orm/pg-core'
import pg from 'pg'
import { openDatabase } from '#db/client.ts'
import { migrationsOf } from '#db/migrations.ts'
import { addressOf } from '#db/postgres.ts'
import * as schema from '#db/schema.ts'

const BATCH = 500 // rows in memory at a time

/** What is in the way, for the operator. */
export class CanNotMove extends Error {}

type Row = (string | null)[]

/**
 * Copies every row of the SQLite file into the PostgreSQL database in one transaction, reads them all back and compares
 * them. `told` hears each table and its rows. If anything is in the way or differs, it throws and leaves the target empty.
 */
export async function move(
  file: string,
  { url, plain }: { url: string; plain: boolean },
  told: (table: string, rows: number) => void,
): Promise<number> {
  const address = addressOf(url, plain)
  const source = openSource(file)
  try {
    await makeTables(url, plain)
    const target = new pg.Client({ ...address, application_name: 'latchkey move', keepAlive: true })
    target.on('error', () => {}) // the statement that breaks reports it
    await target.connect()
    try {
      return await copyAll(source, target, told)
    } finally {
      await target.end() // also ends a transaction that isn't committed
    }
  } finally {
    source.close()
  }
}

/** Has the file to itself while it is open: under WAL every open connection holds a lock that this one needs alone. */
function openSource(file: string): Sqlite.Database {
  if (!existsSync(file)) throw new CanNotMove(`There is no SQLite database at ${file}.`)
  const source = new Sqlite(file, { fileMustExist: true, timeout: 0 })
  try {
    source.pragma('locking_mode = exclusive')
    source.exec('begin immediate')
    const applied = source.prepare('select created_at from __drizzle_migrations').pluck().all() as number[]
    const known = migrationsOf('sqlite').map(({ folderMillis }) => folderMillis)
    if (applied.some((made) => !known.includes(made)))
      throw new CanNotMove(`${file} is of a newer version of Latchkey. Move it with that version.`)
    if (known.some((made) => !applied.includes(made)))
      throw new CanNotMove(`${file} is of an older version of Latchkey. Start this one on it once, and stop it again.`)
    source.defaultSafeIntegers(true)
    return source
  } catch (error) {
    source.close()
    const { code, message } = error as { code?: string; message: string }
    if (code?.startsWith('SQLITE_BUSY')) throw new CanNotMove(`${file} is in use. Stop Latchkey first.`)
    if (code === 'SQLITE_NOTADB' || /no such table/.test(message))
      throw new CanNotMove(`${file} is no database of Latchkey.`)
    throw error
  }
}

async function makeTables(url: string, plain: boolean) {
  const database = openDatabase(url, { pool: 10, timeout: 10_000, plain })
  try {
    await database.migrate()
  } finally {
    await database.close()
  }
}

async function copyAll(source: Sqlite.Database, target: pg.Client, told: (table: string, rows: number) => void) {
  const tables = inOrder(Object.values(schema) as unknown as PgTable[])
  const names = tables.map(quoted).join(', ')
  await target.query('begin; set local statement_timeout = 0; set local idle_in_transaction_session_timeout = 0')
  await target.query(`set local lock_timeout = '5s'; lock table ${names} in access exclusive mode`)
  for (const table of tables) {
    const { rowCount } = await target.query(`select from ${quoted(table)} limit 1`)
    if (rowCount) throw new CanNotMove(`The PostgreSQL database is not empty: ${getTableName(table)} has rows.`)
  }
  let total = 0
  for (const table of tables) await copy(source, target, table)
  for (const table of tables) {
    const rows = await compare(source, target, table)
    told(getTableName(table), rows)
    total += rows
  }
  await target.query('commit')
  return total
}

async function copy(source: Sqlite.Database, target: pg.Client, table: PgTable) {
  const { columns } = getTableConfig(table)
  const lists = columns.map((column, index) => `$${index + 1}::${column.getSQLType()}[]`).join(', ')
  const insert = `insert into ${quoted(table)} (${columns.map(nameOf).join(', ')}) select * from unnest(${lists})`
  for (const rows of batches(readSource(source, table)))
    await target.query(
      insert,
      columns.map((column, index) => rows.map((row) => written(column, row[index] ?? null))),
    )
}

/** Compares both in the same order, row by row. Returns how many there are. */
async function compare(source: Sqlite.Database, target: pg.Client, table: PgTable): Promise<number> {
  const { columns } = getTableConfig(table)
  const name = getTableName(table)
  await target.query(`declare copied no scroll cursor for select ${columns.map(readBack).join(', ')}
    from ${quoted(table)} order by ${orderOf(table, (column) => (isText(column) ? `${nameOf(column)} collate "C"` : nameOf(column)))}`)
  const next = async () =>
    (await target.query<Row>({ text: `fetch ${BATCH} from copied`, rowMode: 'array' })).rows as Row[]
  let compared = 0
  for (const rows of batches(readSource(source, table))) {
    const copied = await next()
    for (const [index, row] of rows.entries()) {
      const other = copied[index]
      if (!other || row.some((value, at) => value !== other[at]))
        throw new CanNotMove(`Row ${compared + 1} of ${name} is not in PostgreSQL as it is in SQLite.`)
      compared++
    }
    if (copied.length > rows.length) throw new CanNotMove(`${name} has rows in PostgreSQL that SQLite has not.`)
  }
  if ((await next()).length > 0) throw new CanNotMove(`${name} has rows in PostgreSQL that SQLite has not.`)
  await target.query('close copied')
  return compared
}

/** Every value as text, in the order of the columns. Whole numbers and times stay exact. */
function* readSource(source: Sqlite.Database, table: PgTable): Generator<Row> {
  const { columns } = getTableConfig(table)
  const select = `select ${columns.map(nameOf).join(', ')} from ${quoted(table)} order by ${orderOf(table, nameOf)}`
  for (const row of source.prepare(select).raw().iterate() as IterableIterator<unknown[]>)
    yield row.map((value) => (value === null ? null : String(value)))
}

function* batches(rows: Iterable<Row>): Generator<Row[]> {
  let batch: Row[] = []
  for (const row of rows) {
    batch.push(row)
    if (batch.length < BATCH) continue
    yield batch
    batch = []
  }
  if (batch.length > 0) yield batch
}

const quoted = (table: PgTable) => `"${getTableName(table)}"`
const nameOf = (column: PgColumn) => `"${column.name}"`
const isText = (column: PgColumn) => column.getSQLType() === 'text'
const isTime = (column: PgColumn) => column.getSQLType().startsWith('timestamp')

/** Milliseconds in SQLite, a timestamp in PostgreSQL. */
const written = (column: PgColumn, value: string | null) =>
  value === null || !isTime(column) ? value : new Date(Number(value)).toISOString()
const readBack = (column: PgColumn) =>
  isTime(column) ? `(extract(epoch from ${nameOf(column)}) * 1000)::bigint::text` : `${nameOf(column)}::text`

/** By what identifies a row: its primary key, or all of it. */
function orderOf(table: PgTable, term: (column: PgColumn) => string): string {
  const { columns } = getTableConfig(table)
  const key = columns.filter(({ primary }) => primary)
  return (key.length > 0 ? key : columns.filter(({ notNull }) => notNull)).map(term).join(', ')
}

/** Tables that others refer to come first. */
function inOrder(tables: PgTable[]): PgTable[] {
  const ordered = new Set<PgTable>()
  const add = (table: PgTable) => {
    for (const { reference } of getTableConfig(table).foreignKeys) {
      const { foreignTable } = reference()
      if (foreignTable !== table) add(foreignTable)
    }
    ordered.add(table)
  }
  for (const table of tables) add(table)
  return [...ordered]
}
