// Everything that is only SQLite's. What is PostgreSQL's is in postgres.ts.
import { closeSync, existsSync, mkdirSync, openSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import Sqlite from 'better-sqlite3'
import { drizzle } from 'drizzle-orm/better-sqlite3'
import { migrationsOf, NOTHING_YET, refuseNewer } from './migrations.ts'
import type { Database } from './transaction.ts'
import { writeInTurns } from './writes-of-sqlite.ts'

const STATEMENTS_KEPT = 500 // the product has fewer than a hundred; lists of ids make more
const LOCK_PATIENCE = 2_000 // milliseconds
const LONGEST_PAUSE = 50 // milliseconds between two tries to get the lock
const MIGRATION_PATIENCE = 60_000 // nothing is answered yet, and another process may be at it

/** A file, or `:memory:`, or in memory what such a file has in it. Throws what an operator can act on. */
export function openSqlite(file: string, mayMake: boolean, content?: Buffer): Database {
  const connection = namingFile(file, () => {
    if (!mayMake && !existsSync(file)) throw new Error(`There is no database at ${resolve(file)}. ${NOTHING_YET}`)
    if (file !== ':memory:') makeFile(file)
    const opened = new Sqlite(content ?? file, { timeout: LOCK_PATIENCE })
    switchToWal(opened)
    return opened
  })
  // synchronous=FULL: an acknowledged code use survives a power cut. Under WAL, NORMAL may forget the last few commits.
  for (const pragma of ['synchronous = FULL', 'foreign_keys = ON']) connection.pragma(pragma)
  parseOnce(connection)
  const db = drizzle(connection)
  // SQLite obeys this as it reads the words. Prepared, its first run would do nothing, and the first write would wait inside the call.
  const wait = (ms: number) => connection.exec(`pragma busy_timeout = ${ms}`)
  // If another process holds the lock, SQLite would wait inside the call, and everybody with it, once for each writer. Instead
  // we ask for the lock again from time to time, and serve others in between.
  const whenFree = async <Done>(work: () => Done): Promise<Done> => {
    const until = performance.now() + LOCK_PATIENCE
    for (let ms = 1; ; ms = Math.min(2 * ms, LONGEST_PAUSE)) {
      wait(0)
      try {
        return work()
      } catch (error) {
        if (!isLocked(error) || performance.now() + ms > until) throw error
      } finally {
        wait(LOCK_PATIENCE)
      }
      await pause(ms)
    }
  }
  const { atomically, finish } = writeInTurns(connection, db, whenFree)
  return {
    db,
    dialect: 'sqlite',
    atomically,
    migrate: async ({ mayBegin = true } = {}) => namingFile(file, () => migrate(connection, mayBegin)),
    async close() {
      await finish()
      connection.close()
    },
  }
}

/** Readable by its owner alone, whatever the umask says; SQLite gives what it puts beside it the same rights. */
function makeFile(file: string) {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  if (!existsSync(file)) closeSync(openSync(file, 'a', 0o600))
}

/** At the start. The driver's own words name no file, and rarely a cause. */
function namingFile<Result>(file: string, work: () => Result): Result {
  try {
    return work()
  } catch (error) {
    const { code = '', message } = error as { code?: string; message: string }
    if (code === '') throw error // a sentence of ours
    const cause = CAUSES.find(([codes]) => codes.test(code))?.[1] ?? message
    throw new Error(`The database of DATABASE_URL, ${resolve(file)}, can't be used: ${cause} (${code}).`, {
      cause: error,
    })
  }
}

const CAUSES: [RegExp, string][] = [
  [/^SQLITE_NOTADB/, 'the file is no SQLite database'],
  [/^SQLITE_CORRUPT/, 'the file is damaged, and a backup has to be put back'],
  [/^(SQLITE_CANTOPEN|EISDIR|ENOTDIR|EEXIST)/, 'it is no file that this user can open and write to'],
  [/^(SQLITE_READONLY|SQLITE_PERM|EACCES|EPERM|EROFS)/, 'this user has no right to write it, or its folder'],
  [/^(SQLITE_FULL|ENOSPC)/, 'the disk is full'],
  [/^SQLITE_(BUSY|LOCKED)/, 'another program holds it'],
]

const isLocked = (error: unknown) => error instanceof Sqlite.SqliteError && error.code.startsWith('SQLITE_BUSY')

/** For a new file. If another process is at it, SQLite refuses at once, whatever its time-out says, so we ask again. */
function switchToWal(connection: Sqlite.Database) {
  const sleeping = new Int32Array(new SharedArrayBuffer(4))
  for (let waited = 0; ; waited += LONGEST_PAUSE) {
    try {
      return connection.pragma('journal_mode = WAL')
    } catch (error) {
      if (!isLocked(error) || waited >= MIGRATION_PATIENCE) throw error
      Atomics.wait(sleeping, 0, 0, LONGEST_PAUSE)
    }
  }
}

/**
 * Drizzle's own migrator looks before it takes the write lock, so two processes would both begin. This one takes the lock first,
 * and keeps the same table of what was applied.
 */
function migrate(connection: Sqlite.Database, mayBegin: boolean) {
  const known = migrationsOf('sqlite')
  if (`${applied(connection)}` === `${known.map(({ folderMillis }) => folderMillis)}`) return // without waiting for the lock
  const bringUpToDate = connection.transaction(() => {
    const before = applied(connection) // again, because another process may have been at it
    if (before.length === 0 && !mayBegin) throw new Error(`There is nothing in the database. ${NOTHING_YET}`)
    refuseNewer(before, known)
    connection.exec(
      'create table if not exists __drizzle_migrations (id integer primary key, hash text not null, created_at numeric)',
    )
    const newest = Math.max(0, ...before)
    const missing = known.filter(({ folderMillis }) => folderMillis > newest)
    for (const { sql, folderMillis, hash } of missing) {
      for (const statement of sql) connection.exec(statement)
      connection.prepare('insert into __drizzle_migrations (hash, created_at) values (?, ?)').run(hash, folderMillis)
    }
    if (missing.length > 0 && (connection.pragma('foreign_key_check') as unknown[]).length > 0)
      throw new Error('A migration left rows without the row that they belong to.')
  })
  // Off while tables change, which is only possible outside the transaction: recreating a table would delete the rows that
  // refer to it (sqlite.org/lang_altertable.html section 7).
  connection.pragma('foreign_keys = OFF')
  connection.pragma(`busy_timeout = ${MIGRATION_PATIENCE}`)
  try {
    bringUpToDate.immediate()
  } finally {
    connection.pragma(`busy_timeout = ${LOCK_PATIENCE}`)
    connection.pragma('foreign_keys = ON')
  }
}

/** When each migration in the database was made. */
function applied(connection: Sqlite.Database): number[] {
  const journal = connection.prepare("select 1 from sqlite_master where name = '__drizzle_migrations'").get()
  if (!journal) return []
  return connection.prepare('select created_at from __drizzle_migrations order by created_at').pluck().all() as number[]
}

/** Drizzle prepares a statement each time it runs one. Here, the same text is parsed once. */
function parseOnce(connection: Sqlite.Database) {
  const parsed = new Map<string, Sqlite.Statement>()
  const prepare = connection.prepare.bind(connection)
  connection.prepare = ((text: string) => {
    const statement = parsed.get(text) ?? prepare(text)
    if (parsed.size < STATEMENTS_KEPT) parsed.set(text, statement)
    return statement
  }) as typeof connection.prepare
}
