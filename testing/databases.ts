import { createHash, randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { type Database, openDatabase } from '#db/client.ts'
import { dialect } from '#db/columns.ts'
import { migrationsOf } from '#db/migrations.ts'
import { lentDatabase } from './lent-databases.ts'
import { sqliteInMemory } from './sqlite-in-memory.ts'

// Every database of a test is made here, on SQLite or on the PostgreSQL server of DATABASE_URL.

/** Where to make one: a folder for SQLite's file, a PostgreSQL server. */
type Place = { within?: string | undefined; server?: string | undefined }

/** Open, with all tables and no rows. `close` is its end. */
type TestDatabase = Database & { url: string }

/** A database of its own: SQLite in memory, which nobody else can open, or one on the server. */
export async function testDatabase(): Promise<TestDatabase> {
  if (dialect === 'postgres') return lentDatabase(() => newDatabase({}, { migrated: true }))
  return { ...(await sqliteInMemory()), url: 'file::memory:' }
}

/** One that other connections and processes can open as well, and a folder beside it. */
export async function sharedDatabase(place: Place = {}): Promise<TestDatabase & { folder: string }> {
  const { url, folder, drop } = await newDatabase(place, { migrated: true })
  const database = openDatabase(url)
  if (dialect === 'sqlite') await database.migrate()
  const close = async () => {
    await database.close()
    await drop()
  }
  return { ...database, url, folder, close }
}

/** One without tables, which nobody has opened yet, and a folder beside it. `drop` is the end of both. */
export const emptyDatabase = (place: Place = {}): ReturnType<typeof newDatabase> =>
  newDatabase(place, { migrated: false })

async function newDatabase({ within = tmpdir(), server = ofTheTests() }: Place, { migrated }: { migrated: boolean }) {
  const folder = mkdtempSync(join(within, 'latchkey-database-'))
  const remove = () => rmSync(folder, { recursive: true, force: true })
  if (dialect === 'sqlite') return { url: `file:${join(folder, 'latchkey.db')}`, folder, drop: async () => remove() }
  const name = `test_${randomUUID().replaceAll('-', '')}`
  // By copying files: through the log, it would take twice as long.
  const copied = migrated ? `template ${await template(server)} strategy file_copy` : ''
  await administer(server, `create database ${name} ${copied}`)
  const drop = async () => {
    await administer(server, `drop database ${name} with (force)`)
    remove()
  }
  return { url: on(server, name), folder, drop }
}

const ofTheTests = () => process.env.DATABASE_URL ?? ''
const on = (server: string, name: string) => Object.assign(new URL(server), { pathname: `/${name}` }).href

/** The name of a database that has all tables, made once on each server, because to copy it takes less than to migrate. */
function template(server: string): Promise<string> {
  const made = templates.get(server) ?? makeTemplate(server)
  templates.set(server, made)
  return made
}
const templates = new Map<string, Promise<string>>()

/** Of all migrations: a last one that stays as it is may come after others than before. */
const hashOfAll = () =>
  createHash('sha256')
    .update(
      migrationsOf(dialect)
        .map(({ hash }) => hash)
        .join(),
    )
    .digest('hex')
    .slice(0, 16)

async function makeTemplate(server: string) {
  const name = `test_template_${hashOfAll()}`
  const client = new pg.Client(server)
  await client.connect()
  try {
    await client.query('select pg_advisory_lock(7358)') // other processes want the same
    const { rowCount } = await client.query('select from pg_database where datname = $1', [name])
    if (rowCount === 0) {
      await client.query(`drop database if exists ${name}_unfinished`) // of a run that was killed
      await client.query(`create database ${name}_unfinished`)
      const database = openDatabase(on(server, `${name}_unfinished`))
      await database.migrate()
      await database.close()
      await client.query(`alter database ${name}_unfinished rename to ${name}`)
    }
    return name
  } finally {
    await client.end()
  }
}

/** One statement on a connection of its own. PostgreSQL only. */
export async function asked(url: string, statement: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client(url)
  client.on('error', () => {}) // its next question reports it
  await client.connect()
  try {
    return (await client.query(statement)).rows
  } finally {
    await client.end()
  }
}

/** One statement of whoever makes and drops databases. The connection stays, and keeps no process alive. */
async function administer(server: string, statement: string): Promise<void> {
  const pool = pools.get(server) ?? new pg.Pool({ connectionString: server, max: 1, allowExitOnIdle: true })
  if (!pools.has(server)) pool.on('error', () => {}) // its next statement gets a new connection
  pools.set(server, pool)
  await pool.query(statement)
}
const pools = new Map<string, pg.Pool>()
