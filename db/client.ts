import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import Sqlite from 'better-sqlite3'
import { sql } from 'drizzle-orm'
import { type BetterSQLite3Database, drizzle as drizzleSqlite } from 'drizzle-orm/better-sqlite3'
import { migrate as migrateSqlite } from 'drizzle-orm/better-sqlite3/migrator'
import { drizzle as drizzlePostgres } from 'drizzle-orm/node-postgres'
import { migrate as migratePostgres } from 'drizzle-orm/node-postgres/migrator'
import pg from 'pg'
import { type Dialect, dialect, dialectOf } from './columns.ts'

/** Queries are written once, typed against SQLite; see db/columns.ts for why that is true for PostgreSQL as well. */
const STATEMENTS_KEPT = 500 // the product has fewer than a hundred; lists of ids make more

export type Db = BetterSQLite3Database

export type Database = {
  db: Db
  dialect: Dialect
  atomically: Atomically
  migrate(): Promise<void>
  close(): Promise<void>
}

/**
 * Runs the statements in order in one transaction. False, and nothing kept, when a `must` returns no row.
 * `durable: false` is for what a power cut may forget, and does not wait for the disk; the end of the process forgets nothing.
 */
export type Atomically = (build: (tx: Db) => (Statement | Must)[], options?: { durable: boolean }) => Promise<boolean>
type Statement = PromiseLike<unknown>

class Must {
  constructor(readonly rows: PromiseLike<unknown[]>) {}
}
class Undone extends Error {}

/** A guarded statement with RETURNING: no row returned undoes the whole transaction. */
export const must = (rows: PromiseLike<unknown[]>) => new Must(rows)

/** Whether a row was refused because another has the same value where each is to have its own. */
export function isDuplicate(error: unknown): boolean {
  const { code, cause } = error as { code?: unknown; cause?: unknown }
  if (code === 'SQLITE_CONSTRAINT_UNIQUE' || code === '23505') return true
  return cause instanceof Error && isDuplicate(cause)
}

/** `file:path` (or `:memory:`) for SQLite, `postgres://…` for PostgreSQL. */
export function openDatabase(url: string): Database {
  if (dialectOf(url) !== dialect) throw new Error(`DATABASE_URL must be set to ${url} before the program starts.`)
  return dialect === 'postgres' ? openPostgres(url) : openSqlite(url.replace(/^file:/, ''))
}

function openSqlite(file: string): Database {
  if (file !== ':memory:') mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  const connection = new Sqlite(file)
  // synchronous=FULL: an acknowledged code use survives a power cut. Under WAL, NORMAL may forget the last few commits.
  for (const pragma of ['journal_mode = WAL', 'synchronous = FULL', 'foreign_keys = ON', 'busy_timeout = 2000'])
    connection.pragma(pragma)
  parseOnce(connection)
  const db = drizzleSqlite(connection)
  // better-sqlite3 refuses async transactions, so the statements are built first and then run one after the other.
  const { immediate: run } = connection.transaction((build: Parameters<Atomically>[0]) => {
    for (const step of build(db)) {
      if (!(step instanceof Must)) (step as unknown as { run(): void }).run()
      else if ((step.rows as unknown as { all(): unknown[] }).all().length === 0) throw new Undone()
    }
  }) // immediate: takes the write lock at once, no upgrade that fails half way
  // The connection is one and everything on it is synchronous, so nothing else runs while the setting differs.
  const runWithoutWaiting = (build: Parameters<Atomically>[0]) => {
    connection.exec('pragma synchronous = normal')
    try {
      run(build)
    } finally {
      connection.exec('pragma synchronous = full')
    }
  }
  return {
    db,
    dialect: 'sqlite',
    atomically: (build, { durable } = { durable: true }) =>
      kept(async () => (durable ? run(build) : runWithoutWaiting(build))),
    migrate: async () => migrateSqlite(db, { migrationsFolder: migrations('sqlite') }),
    close: async () => void connection.close(),
  }
}

/** Drizzle prepares a statement each time it runs one; the same text is the same statement, and is parsed once. */
function parseOnce(connection: Sqlite.Database) {
  const parsed = new Map<string, Sqlite.Statement>()
  const prepare = connection.prepare.bind(connection)
  connection.prepare = ((text: string) => {
    const statement = parsed.get(text) ?? prepare(text)
    if (parsed.size < STATEMENTS_KEPT) parsed.set(text, statement)
    return statement
  }) as typeof connection.prepare
}

function openPostgres(url: string): Database {
  const pool = new pg.Pool({ connectionString: url })
  pool.on('error', () => {}) // an idle connection that breaks is replaced at the next query, which reports what is wrong
  const db = drizzlePostgres(pool)
  const run = (build: Parameters<Atomically>[0], durable: boolean) =>
    db.transaction(async (tx) => {
      if (!durable) await tx.execute(sql`set local synchronous_commit = off`)
      for (const step of build(tx as unknown as Db)) {
        if (!(step instanceof Must)) await step
        else if ((await step.rows).length === 0) throw new Undone()
      }
    })
  return {
    db: db as unknown as Db,
    dialect: 'postgres',
    atomically: (build, { durable } = { durable: true }) => kept(() => run(build, durable)),
    migrate: () => migratePostgres(db, { migrationsFolder: migrations('postgres') }),
    close: () => pool.end(),
  }
}

const migrations = (of: Dialect) => fileURLToPath(new URL(`../db/migrations/${of}`, import.meta.url))

async function kept(run: () => Promise<unknown>) {
  try {
    await run()
    return true
  } catch (error) {
    if (error instanceof Undone) return false
    throw error
  }
}
