import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { after, describe, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { inspect } from 'node:util'
import Sqlite from 'better-sqlite3'
import { eq, sql } from 'drizzle-orm'
import { builtProgram, emptyDatabase, namedAfter, readingOf, startServer } from '#testing/index.ts'
import { type Database, openDatabase } from './client.ts'
import { dialect } from './columns.ts'
import { migrationsOf } from './migrations.ts'
import { accounts, limits } from './schema.ts'
import { freeUid } from './uids.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const JOURNAL = sql.raw(dialect === 'sqlite' ? '__drizzle_migrations' : 'drizzle.__drizzle_migrations')
const known = migrationsOf(dialect)

const opened: { close(): Promise<void> }[] = []
after(async () => {
  for (const one of opened) await one.close()
})
async function fresh() {
  const { url, drop } = await emptyDatabase()
  const database = openDatabase(url)
  opened.push(database, { close: drop })
  return { url, database }
}

/** When each migration was made that the database lists. */
async function applied({ db }: Database): Promise<number[]> {
  const made = sql<number>`(select sum(created_at) from ${JOURNAL})`.mapWith(Number)
  const many = sql<number>`(select count(*) from ${JOURNAL})`.mapWith(Number)
  await db.insert(limits).values({ key: 'a', count: 0, blockedUntilMs: 0, expiresAtMs: 0 })
  const [row] = await db.select({ made, many }).from(limits)
  await db.delete(limits)
  return [row?.many ?? 0, row?.made ?? 0]
}
const ALL = [known.length, known.reduce((sum, { folderMillis }) => sum + folderMillis, 0)]

/** Another process, which opens the database and brings it up to date when told to. */
async function process(client: string, url: string) {
  const program = `
    const { openDatabase } = await import('./${client}')
    process.stdout.write('ready')
    await new Promise((resolve) => process.stdin.once('data', resolve))
    const database = openDatabase(process.env.DATABASE_URL)
    await database.migrate()
    await database.close()
    process.exit()`
  const child = spawn(globalThis.process.execPath, ['--input-type=module', '--eval', program], {
    cwd: ROOT,
    env: { PATH: globalThis.process.env.PATH ?? '', DATABASE_URL: url },
  })
  const err = readingOf(child.stderr)
  const ended = once(child, 'exit')
  await once(child.stdout, 'data')
  return {
    go: () => child.stdin.write('go'),
    /** What it complained about. */
    ended: async () => ((await ended)[0] === 0 ? '' : err()),
  }
}

/** Holds the file's write lock until all the others wait for it, so they go on within a moment of each other. */
async function atTheSameMoment(url: string) {
  const file = url.replace(/^file:/, '')
  while (!existsSync(file)) await pause(1)
  const holder = new Sqlite(file)
  holder.exec('begin immediate')
  await pause(300)
  holder.exec('commit')
  holder.close()
}

describe('migrations', () => {
  test('by eight processes that start together apply once, and all eight go on', async () => {
    const { url, drop } = await emptyDatabase()
    const client = await builtProgram('db/client.ts')
    const processes = await Promise.all(Array.from({ length: 8 }, () => process(client, url)))
    for (const { go } of processes) go()
    if (dialect === 'sqlite') await atTheSameMoment(url)
    assert.deepEqual(await Promise.all(processes.map(({ ended }) => ended())), Array(8).fill(''))
    const database = openDatabase(url)
    opened.push(database, { close: drop })
    assert.deepEqual(await applied(database), ALL)
  })

  test('that are applied are not applied again', async () => {
    const { database } = await fresh()
    for (let times = 0; times < 3; times++) await database.migrate()
    assert.deepEqual(await applied(database), ALL)
  })

  test('that fail half way leave nothing, and are applied when what was in their way is gone', async () => {
    const { database } = await fresh()
    await run(database, 'create table trusted_browsers (id integer)') // the last migration makes one with that name
    await assert.rejects(database.migrate(), (error) => /already exists/.test(inspect(error)))
    await run(database, 'drop table trusted_browsers')
    await database.migrate()
    assert.deepEqual(await applied(database), ALL)
  })

  test('of a newer version are not gone against: the server does not start, and says why', async () => {
    const { url, database } = await fresh()
    await database.migrate()
    await run(database, sql`insert into ${JOURNAL} (hash, created_at) values ('x', ${Date.now() + 1e10})`)
    await assert.rejects(database.migrate(), /brought up to date by a newer version of Latchkey/)
    const program = await builtProgram('app/process/server.ts')
    const server = await startServer({ environment: { DATABASE_URL: url }, program })
    assert.equal((await server.ended)[0], 1)
    assert.match(
      server.err(),
      /^Latchkey did not start: The database was brought up to date by a newer version[^\n]*\.\n$/,
    )
  })
})

describe('the number that clients of /1.0/ know an account by', () => {
  test('is given to the accounts that are there: positive, of 31 bits, each its own', async () => {
    const { database } = await fresh()
    const giving = known.findIndex(({ sql: statements }) => statements.some((each) => /accounts.\.? ADD/.test(each)))
    assert.ok(giving > 0, 'the migration is found')
    const migrate = async (migrations: typeof known) => {
      for (const { sql: statements } of migrations) for (const each of statements) await run(database, each)
    }
    await migrate(known.slice(0, giving))
    const time = dialect === 'sqlite' ? '0' : 'now()'
    for (let number = 1; number <= 300; number++)
      await run(
        database,
        `insert into accounts (id, email, password_hash, password_changed_at, security_version, created_at)
         values (${number * 938_249_922_301}, '${number}@example.com', 'x', ${time}, 1, ${time})`,
      )
    await migrate(known.slice(giving))
    const uids = (await database.db.select({ uid: accounts.uid }).from(accounts)).map(({ uid }) => uid)
    assert.equal(new Set(uids).size, 300)
    for (const uid of uids) assert.ok(Number.isInteger(uid) && uid > 0 && uid < 2 ** 31, String(uid))
    assert.ok(Math.max(...uids) > 2 ** 30, 'they are no count')
  })

  test('is given to a new account by the database, and is never one that another has', async () => {
    const { database } = await fresh()
    await database.migrate()
    const at = new Date()
    const row = { passwordHash: 'x', passwordChangedAt: at, securityVersion: 1, createdAt: at }
    for (const id of [1, 2, 3]) await database.db.insert(accounts).values({ ...row, id, ...namedAfter(id) })
    const rows = await database.db.select({ id: accounts.id, uid: accounts.uid }).from(accounts)
    for (const { uid } of rows) assert.ok(Number.isInteger(uid) && uid > 0 && uid < 2 ** 31, String(uid))
    const uids = rows.map(({ uid }) => uid)
    const add = async (id: number, candidates: number[]) => {
      const drawn = [...candidates]
      const uid = freeUid(() => drawn.shift() ?? 0)
      await database.db.insert(accounts).values({ ...row, id, ...namedAfter(id), uid })
    }
    const [one = 0, two = 0, three = 0] = uids
    await assert.rejects(add(4, [one, two, three, one]))
    const free = one === 77 ? 78 : 77
    await add(5, [one, two, free, three])
    const [fifth] = await database.db.select({ uid: accounts.uid }).from(accounts).where(eq(accounts.id, 5))
    assert.equal(fifth?.uid, free)
  })
})

/** SQL that is the same for both. */
async function run({ db }: Database, statement: string | ReturnType<typeof sql>) {
  const either = db as unknown as { run?(of: unknown): void; execute?(of: unknown): Promise<unknown> }
  const text = typeof statement === 'string' ? sql.raw(statement) : statement
  if (either.execute) await either.execute(text)
  else either.run?.(text)
}
