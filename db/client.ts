import type Sqlite from 'better-sqlite3'
import { type Dialect, dialect, dialectOf } from './columns.ts'
import { openPostgres, type PostgresOptions } from './postgres.ts'
import { openSqlite } from './sqlite.ts'
import type { Atomically, Db } from './transaction.ts'

export { type Atomically, type Db, must } from './transaction.ts'

export type Database = {
  db: Db
  dialect: Dialect
  atomically: Atomically
  /** Brings the tables up to date, however many processes do so at once. Throws when they are newer than this program. */
  migrate(): Promise<void>
  close(): Promise<void>
}

/** Whether a row was refused because another has the same value where each is to have its own. */
export function isDuplicate(error: unknown): boolean {
  const { code, cause } = error as { code?: unknown; cause?: unknown }
  if (code === 'SQLITE_CONSTRAINT_UNIQUE' || code === '23505') return true
  return cause instanceof Error && isDuplicate(cause)
}

/** `file:path` (or `:memory:`) for SQLite, `postgres://…` for PostgreSQL, which alone heeds the options. */
export function openDatabase(url: string, options: PostgresOptions = { pool: 10, timeout: 10_000 }): Database {
  if (dialectOf(url) !== dialect) throw new Error(`DATABASE_URL must be set to ${url} before the program starts.`)
  return dialect === 'postgres' ? openPostgres(url, options) : openSqlite(url.replace(/^file:/, ''))
}

/**
 * A statement that is parsed once, for reads that many requests make. Takes the values of its placeholders, answers the rows.
 * `name` is what PostgreSQL knows it by.
 */
export function prepared<Row>(
  name: string,
  query: PromiseLike<Row[]>,
): (values: Record<string, unknown>) => Promise<Row[]> {
  const statement = (query as unknown as { prepare(name: string): PreparedRead<Row> }).prepare(name)
  if (dialect === 'postgres') return async (values) => statement.execute(values)
  return (values) => readTogether(statement as PreparedRead<unknown>, values) as Promise<Row[]>
}

type PreparedRead<Row> = {
  execute(values: Record<string, unknown>): Row[] | Promise<Row[]>
  stmt: { database: Sqlite.Database }
}
/** What is read in one turn of the event loop: for each statement and its values one answer, for all who asked. */
type Turn = Map<PreparedRead<unknown>, Map<string, { answer: Promise<unknown[]>; read(): void }>>

const turns = new Map<Sqlite.Database, Turn>()

/**
 * What is asked of SQLite in one turn of the event loop is read in one transaction at the end of that turn: taking and
 * giving back the locks of a read costs more than the read. Nobody sees less than what was committed before he asked.
 */
function readTogether(statement: PreparedRead<unknown>, values: Record<string, unknown>): Promise<unknown[]> {
  const { database } = statement.stmt
  let turn = turns.get(database)
  if (!turn) {
    turn = new Map()
    turns.set(database, turn)
    setImmediate(readTurn, database, turn)
  }
  const asked = turn.get(statement) ?? new Map()
  turn.set(statement, asked)
  const key = Object.values(values).join('\0')
  const before = asked.get(key)
  if (before) return before.answer
  let read = () => {}
  const answer = new Promise<unknown[]>((resolve, reject) => {
    read = () => {
      try {
        resolve(statement.execute(values))
      } catch (error) {
        reject(error)
      }
    }
  })
  asked.set(key, { answer, read })
  return answer
}

function readTurn(database: Sqlite.Database, turn: Turn) {
  turns.delete(database)
  const reads = [...turn.values()].flatMap((asked) => [...asked.values()])
  const together = reads.length > 1 && database.open
  if (together) database.prepare('begin').run()
  for (const { read } of reads) read()
  if (together) database.prepare('commit').run()
}
