import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { eq, sql } from 'drizzle-orm'
import { sharedDatabase } from '#testing/databases.ts'
import { testDatabase } from '#testing/index.ts'
import { statementsOf } from '#testing/statements.ts'
import { openDatabase } from './client.ts'
import { dialect } from './columns.ts'
import { placeholders } from './placeholders.ts'
import { prepared } from './prepared.ts'
import { limits } from './schema.ts'

type Client = { query(config: { name?: string; text: string }, ...of: unknown[]): Promise<unknown> }

const database = await testDatabase()
const { db } = database
after(() => database.close())

const row = (key: string, count: number) => ({ key, count, blockedUntilMs: 0, expiresAtMs: 0 })
before(async () => void (await db.insert(limits).values([row('a', 1), row('b', 2)])))

const later = placeholders({ key: limits.key, number: limits.count })
const byKey = { key: later.key }
const find = prepared('find_limit', byKey, db.select().from(limits).where(eq(limits.key, later.key)))
const count = async (key: string) => (await find({ key }))[0]?.count

describe('prepared reads', () => {
  test('answer each who asks in the same turn with what he asked for', async () => {
    const asked = ['a', 'b', 'nothing', 'a', 'b']
    assert.deepEqual(await Promise.all(asked.map(count)), [1, 2, undefined, 1, 2])
  })

  test('see what was committed before they were asked, in every turn anew', async () => {
    for (let round = 10; round < 15; round++) {
      await db.update(limits).set({ count: round }).where(eq(limits.key, 'a'))
      assert.deepEqual(await Promise.all([count('a'), count('a')]), [round, round])
    }
  })

  test('see what another process has committed, though nothing was written here', async () => {
    const shared = await sharedDatabase()
    const [here, there] = [openDatabase(shared.url), openDatabase(shared.url)]
    const all = prepared('all_limits', {}, here.db.select({ key: limits.key }).from(limits))
    for (const rows of [1, 2, 3]) {
      await there.db.insert(limits).values(row(`${rows}`, 1))
      for (let again = 0; again < 3; again++) assert.equal((await all({})).length, rows)
    }
    for (const { close } of [here, there, shared]) await close()
  })

  test('never see less than was committed before they were asked, while others write and ask without a pause', async () => {
    const shared = await sharedDatabase()
    const [here, there] = [openDatabase(shared.url), openDatabase(shared.url)]
    await there.db.insert(limits).values([row('x', 0), row('still', 7)])
    const byKeyHere = prepared('limit_here', byKey, here.db.select().from(limits).where(eq(limits.key, later.key)))
    let committed = 0
    let isOver = false
    const write = async () => {
      for (let next = 1; next <= 200; next++) {
        await there.db.update(limits).set({ count: next }).where(eq(limits.key, 'x'))
        committed = next
        if (next % 20 === 0) await new Promise((resolve) => setTimeout(resolve, 5)) // long enough for answers to be kept
      }
      isOver = true
    }
    const ask = async () => {
      while (!isOver) {
        const before = committed
        const [[x], [still]] = await Promise.all([byKeyHere({ key: 'x' }), byKeyHere({ key: 'still' })])
        assert.ok((x?.count ?? -1) >= before, `${x?.count} was read after ${before} was committed`)
        assert.equal(still?.count, 7)
        await new Promise((resolve) => setImmediate(resolve)) // SQLite reads and writes without one
      }
    }
    await Promise.all([write(), ...Array.from({ length: 8 }, ask)])
    for (const { close } of [here, there, shared]) await close()
  })

  if (dialect === 'postgres')
    test('ask PostgreSQL only whether anybody wrote, as long as nobody does', async () => {
      const sent: string[] = []
      const { client } = (db as unknown as { session: { client: Client } }).session
      const plain = client.query.bind(client)
      client.query = (config, ...of) => {
        sent.push(config.name ?? config.text)
        return plain(config, ...of)
      }
      const read = async () => {
        sent.length = 0
        await Promise.all([count('a'), count('b')])
        return sent.slice()
      }
      await db.update(limits).set({ count: 3 }).where(eq(limits.key, 'a'))
      // Two in a row of the same state, and it is believed. Another database of the server may be written to meanwhile.
      for (let round = 0; (await read()).join() !== 'state'; round++)
        assert.ok(round < 1000, 'it is asked for all each time')
      await db.update(limits).set({ count: 4 }).where(eq(limits.key, 'a'))
      assert.deepEqual(await read(), ['state', 'find_limit_together'])
      await db.update(limits).set({ count: 5 }).where(eq(limits.key, 'a'))
      assert.deepEqual(await read(), ['find_limit_together'], 'while somebody writes, it is not asked in vain')
      client.query = plain
    })

  if (dialect === 'sqlite')
    test('keep five megabytes at most, so that many people cost no more memory than a few', async () => {
      const own = openDatabase(':memory:')
      await own.migrate()
      const statements = statementsOf(own)
      const query = own.db.select().from(limits).where(eq(limits.key, later.key))
      const ask = prepared('own_limit', byKey, query)
      const long = '-'.repeat(2400) // with it, an answer takes two and a half kilobytes
      const asked = async (from: number, to: number) => {
        await Promise.all(Array.from({ length: to - from }, (_, index) => ask({ key: `${from + index}${long}` })))
        return statements.take().length
      }
      assert.deepEqual([await asked(0, 1900), await asked(0, 1900)], [1900, 0])
      await asked(1900, 2100)
      assert.equal(await asked(0, 1900), 1900)
      await own.close()
    })

  test('one that fails fails alone, and leaves no transaction open', async () => {
    const broken = prepared(
      'broken',
      { number: later.number as unknown },
      db.select({ wrong: sql`abs(${later.number})` }).from(limits),
    )
    const tooLow = dialect === 'sqlite' ? -9_223_372_036_854_775_808n : 'no number' // its absolute value does not fit
    const asked = [count('b'), broken({ number: tooLow }), broken({ number: 1 })] as const
    const [right, failed, other] = await Promise.allSettled(asked)
    assert.deepEqual(right, { status: 'fulfilled', value: 2 })
    assert.equal(other.status, 'fulfilled', 'who asks the same of another value is answered')
    assert.equal(failed.status, 'rejected')
    assert.ok(await database.atomically((tx) => [tx.update(limits).set({ count: 3 }).where(eq(limits.key, 'b'))]))
    assert.equal(await count('b'), 3)
  })
})

if (dialect === 'sqlite')
  test('a new database file is readable by its owner alone, whatever the umask says', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'latchkey-rights-'))
    const before = process.umask(0o000)
    const database = openDatabase(`file:${join(folder, 'latchkey.db')}`)
    try {
      await database.migrate()
      for (const file of ['latchkey.db', 'latchkey.db-wal'])
        assert.equal(statSync(join(folder, file)).mode & 0o777, 0o600, file)
    } finally {
      process.umask(before)
      await database.close()
      rmSync(folder, { recursive: true })
    }
  })
