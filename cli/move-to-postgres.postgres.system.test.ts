import assert from 'node:assert/strict'
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import Sqlite from 'better-sqlite3'
import { getTableName } from 'drizzle-orm'
import pg from 'pg'
import { z } from 'zod'
import { readConfig } from '#app/config.ts'
import { open } from '#app/process/open.ts'
import { openSecret } from '#app/two-factor/factor-secret.ts'
import { openDatabase } from '#db/client.ts'
import * as schema from '#db/schema.ts'
import { apiClient } from '#testing/clients/v1.ts'
import {
  builtProgram,
  codeOf,
  emptyDatabase,
  everyRow,
  latchkey,
  runProgram,
  startServer,
  testClock,
} from '#testing/index.ts'
import { assertInvariants } from '#testing/invariants.ts'
import { SEED } from './development.ts'

const MANY_ROWS = 1234 // more than are in memory at a time

const folder = mkdtempSync(join(tmpdir(), 'latchkey-move-'))
const file = join(folder, 'latchkey.db')
const SQLITE = { DATABASE_URL: `file:${file}` }
const ends: (() => unknown)[] = [() => rmSync(folder, { recursive: true, force: true })]
after(async () => {
  for (const end of ends.reverse()) await end()
})

const run = (environment: Record<string, string>, ...args: string[]) =>
  runProgram('cli/latchkey.ts', { environment, args })
const moveTo = (url: string, environment: Record<string, string> = SQLITE) => run(environment, 'move-to-postgres', url)

async function target() {
  const { url, drop } = await emptyDatabase()
  const operator = new pg.Client(url)
  await operator.connect()
  ends.push(drop, () => operator.end())
  return { url, operator }
}
async function withTables() {
  const made = await target()
  const database = openDatabase(made.url)
  ends.push(() => database.close())
  await database.migrate()
  return { ...made, database }
}

let recoveryCode = ''
let usedCode = ''
let accessToken = ''
let rowsThere = 0

before(async () => {
  const seeded = await run(SQLITE, 'seed')
  recoveryCode = /^\S{5}-\S{5}$/m.exec(seeded.out)?.[0] ?? ''
  const program = await builtProgram('app/process/server.ts')
  const server = await startServer({ environment: SQLITE, program })
  const call = async (path: string, json: unknown, bearer?: string) => {
    const headers = { 'Content-Type': 'application/json', ...(bearer && { Authorization: `Bearer ${bearer}` }) }
    const response = await fetch(`${server.url}/api/v1${path}`, { method: 'POST', body: JSON.stringify(json), headers })
    return await response.json()
  }
  usedCode = (await run(SQLITE, 'totp')).out.slice(0, 6)
  const { challenge } = await call('/sessions', SEED)
  const { session } = await call('/sessions/verify', { challenge: challenge.id, code: usedCode })
  const choices = { description: 'Nightly backup', scopes: ['account:read'], expires_at: inAMonth() }
  accessToken = (await call('/tokens', { ...choices, password: SEED.password }, session)).value
  const moved = await moveTo((await target()).url)
  assert.deepEqual([moved.status, moved.err], [1, `Nothing was moved. ${file} is in use. Stop Latchkey first.\n`])
  await server.stop()
  strangeRows()
})
const inAMonth = () => new Date(Date.now() + 30 * 24 * 60 * 60_000).toISOString()

/** What an installation of some years has: many rows, every script there is, and the ends of every range. */
function strangeRows() {
  const source = new Sqlite(file)
  const insert = source.prepare('insert into limits (key, count, blocked_until_ms, expires_at_ms) values (?, ?, ?, ?)')
  const keys = ['', "'", '\\', '{a,"b"}', 'NULL', '\u{1f511}', 'Ünï', 'ünï', 'a\nb', 'a b', 'é', 'e\u0301', '\uffee']
  source.transaction(() => {
    for (const key of keys) insert.run(key, 0, -1, Number.MAX_SAFE_INTEGER)
    for (let row = 0; row < MANY_ROWS; row++) insert.run(`address:${row}`, row, row % 2, row * 1e12)
  })()
  rowsThere = source.prepare('select count(*) from limits').pluck().get() as number
  source.close()
}

/** A row for each table that has none yet, made of what its columns take. Those that it refers to come first. */
function fill(source: Sqlite.Database, table: string) {
  if (source.prepare(`select 1 from "${table}"`).get()) return
  const referring = z
    .array(z.object({ table: z.string(), from: z.string(), to: z.string() }))
    .parse(source.pragma(`foreign_key_list("${table}")`))
  for (const { table: other } of referring) fill(source, other)
  const columns = z
    .array(z.object({ name: z.string(), type: z.string() }))
    .parse(source.pragma(`table_info("${table}")`))
    .map(({ name, type }) => {
      const to = referring.find(({ from }) => from === name)
      if (to) return [name, `(select "${to.to}" from "${to.table}" limit 1)`]
      return [name, type === 'INTEGER' ? '1' : `'${name}'`]
    })
  const [names, values] = [0, 1].map((at) => columns.map((column) => column[at]).join(', '))
  source.exec(`insert into "${table}" (${names}) values (${values})`)
}

describe('a SQLite installation that is moved to PostgreSQL', () => {
  test('is all there: password, authenticator, recovery codes and access token work, and a used code stays used', async () => {
    const { url } = await target()
    const moved = await moveTo(url)
    assert.deepEqual([moved.status, moved.err], [0, ''])
    assert.match(moved.out, new RegExp(`^ +${rowsThere} {2}limits$`, 'm'))
    assert.match(moved.out, /rows moved, and each compared/)
    assert.ok(moved.out.includes(`and DATA_FOLDER=${folder} and start Latchkey`), moved.out)
    assert.ok(!moved.out.includes('latchkey:latchkey'), 'the password is not printed')

    const { database, vault } = await open(readConfig({ DATABASE_URL: url, DATA_FOLDER: folder }))
    ends.push(() => database.close())
    const product = await latchkey({}, { database, vault, clock: testClock(new Date()) })
    const api = apiClient(product)
    const challenge = async () =>
      ((await api.call('POST', '/sessions', undefined, SEED)).body.challenge as { id: string }).id
    const verify = async (code: string) =>
      await api.call('POST', '/sessions/verify', undefined, { challenge: await challenge(), code })

    const again = await verify(usedCode)
    assert.deepEqual([again.status, again.body.reason], [422, 'used_code'])
    assert.equal((await api.call('GET', '/account', accessToken)).body.email, SEED.email)
    const account = await product.deps.signIns.accountByEmail(SEED.email)
    const [factor] = await product.deps.secondSteps.factorsOf(account?.id ?? 0)
    product.clock.advance(60_000) // the wait after a refused code, and the next step of the authenticator
    const secret = factor && openSecret(vault, factor)
    assert.equal((await verify(codeOf(secret ?? new Uint8Array(), product.clock.now()))).status, 201)
    assert.equal((await verify(recoveryCode)).status, 201)
    assert.notEqual((await verify(recoveryCode)).status, 201)
    await database.db.delete(schema.limits)
    await assertInvariants(database)
  })

  test('may have rows in every table, and each is moved', async () => {
    const { url } = await target()
    const full = join(folder, 'full.db')
    copyFileSync(file, full)
    const source = new Sqlite(full)
    const tables = Object.values(schema).map((table) => String(getTableName(table)))
    for (const table of tables) fill(source, table)
    source.close()
    const moved = await moveTo(url, { DATABASE_URL: `file:${full}` })
    assert.deepEqual([moved.status, moved.err], [0, ''])
    const told = [...moved.out.matchAll(/^ +[1-9]\d* {2}(\w+)$/gm)].map(([, table]) => table)
    assert.deepEqual(told.sort(), tables.sort())
  })

  test('is not moved onto anything that is there', async () => {
    const { url, database, operator } = await withTables()
    await operator.query(`insert into limits values ('a', 1, 2, 3)`)
    const before = await everyRow({ database })
    const moved = await moveTo(url)
    assert.deepEqual([moved.status, moved.out], [1, ''])
    assert.match(moved.err, /^Nothing was moved\. The PostgreSQL database is not empty: limits has rows\.\n$/)
    assert.deepEqual(await everyRow({ database }), before)
  })

  const SABOTAGE: [string, string, RegExp][] = [
    [
      'is changed',
      `new.expires_at_ms = new.expires_at_ms + 1; return new`,
      /^Nothing was moved\. Row \d+ of limits is not/,
    ],
    ['is left out', `return null`, /^Nothing was moved\. Row \d+ of limits is not/],
    [
      'is there twice',
      `new.key = new.key || '!'; insert into limits select new.*; new.key = 'address:700'; return new`,
      /^Nothing was moved\. Row \d+ of limits is not/,
    ],
    [
      'comes from nowhere',
      `insert into limits values ('\u{10ffff}', 0, 0, 0); return new`,
      /^Nothing was moved\. limits has rows in PostgreSQL that SQLite has not/,
    ],
  ]
  for (const [what, by, says] of SABOTAGE)
    test(`one row that ${what} on its way is noticed, and nothing is left behind`, async () => {
      const { url, database, operator } = await withTables()
      await operator.query(`
        create function spoil() returns trigger language plpgsql as $$ begin ${by}; end $$;
        create trigger spoil before insert on limits for each row when (new.key = 'address:700') execute function spoil()`)
      const moved = await moveTo(url)
      assert.equal(moved.status, 1)
      assert.match(moved.err, says)
      for (const rows of Object.values(await everyRow({ database }))) assert.deepEqual(rows, [])
    })

  test('is moved by a version that knows all of it, and no other', async () => {
    const { url, database } = await withTables()
    const copy = join(folder, 'copy.db')
    const refused = async (change: string, says: RegExp) => {
      copyFileSync(file, copy)
      const source = new Sqlite(copy)
      source.exec(change)
      source.close()
      const moved = await moveTo(url, { DATABASE_URL: `file:${copy}` })
      assert.equal(moved.status, 1)
      assert.match(moved.err, says)
    }
    await refused('delete from __drizzle_migrations where id = (select max(id) from __drizzle_migrations)', /an older/)
    await refused(`insert into __drizzle_migrations (hash, created_at) values ('x', 9e12)`, /of a newer version/)
    await refused('drop table __drizzle_migrations', /is no database of Latchkey/)
    for (const rows of Object.values(await everyRow({ database }))) assert.deepEqual(rows, [])
  })

  test('has to be named, and to be there', async () => {
    const { url } = await target()
    const says = async (to: string, environment: Record<string, string>) => (await moveTo(to, environment)).err
    assert.match(await says(url, { DATABASE_URL: `file:${join(folder, 'none.db')}` }), /no SQLite database at/)
    writeFileSync(
      join(folder, 'text.db'),
      'This is a text, and longer than the head of a database would have to be. '.repeat(9),
    )
    assert.match(await says(url, { DATABASE_URL: `file:${join(folder, 'text.db')}` }), /is no database of Latchkey/)
    assert.match(await says('', SQLITE), /^TARGET is missing/)
    assert.match(await says('mysql://127.0.0.1/latchkey', SQLITE), /^TARGET must be a URL such as postgres:/)
    assert.match(await says(url, { DATABASE_URL: url }), /must name the SQLite file/)
  })
})
