import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import { eq, sql } from 'drizzle-orm'
import pg from 'pg'
import { testDatabase } from '#testing/index.ts'
import { type Db, must, openDatabase } from './client.ts'
import { limits } from './schema.ts'

const database = await testDatabase()
const operator = new pg.Client(database.url)
await operator.connect()
after(async () => {
  await operator.end()
  await database.close()
})
const { db, atomically } = database

before(async () => {
  await operator.query(`
    create sequence tries;
    create function asks_again(until int, code text) returns int language plpgsql as $$
      begin
        if nextval('tries') < until then raise exception 'again' using errcode = code; end if;
        return 1;
      end $$`)
})
beforeEach(async () => {
  await operator.query(`alter sequence tries restart`)
  await db.delete(limits)
  await db.insert(limits).values(['a', 'b'].map((key) => ({ key, count: 0, blockedUntilMs: 0, expiresAtMs: 0 })))
})

const counted = (tx: Db, key: string) =>
  tx
    .update(limits)
    .set({ count: sql`${limits.count} + 1` })
    .where(eq(limits.key, key))
const evaluated = (tx: Db, what: ReturnType<typeof sql>) => tx.select({ what }).from(limits).where(eq(limits.key, 'a'))
const counts = async () => (await db.select().from(limits).orderBy(limits.key)).map(({ count }) => count)
const codeOf = (error: unknown): unknown => {
  const { code, cause } = error as { code?: unknown; cause?: unknown }
  return code ?? (cause ? codeOf(cause) : undefined)
}
const hasCode = (code: string) => (error: unknown) => codeOf(error) === code
/** A step among statements. It must ask the transaction's connection at once, or its question comes too late. */
const step = (work: () => Promise<unknown>): PromiseLike<unknown> => ({
  // biome-ignore lint/suspicious/noThenProperty: a statement is run by being awaited, and so is this
  then: (resolved, rejected) => work().then(resolved, rejected),
})

describe('a transaction that PostgreSQL asks to try again', () => {
  for (const code of ['40001', '40P01', '23503']) {
    test(`is built anew and done once (${code})`, async () => {
      let built = 0
      const kept = await atomically((tx) => {
        built++
        return [counted(tx, 'a'), evaluated(tx, sql`asks_again(3, ${code})`)]
      })
      assert.deepEqual([kept, built, await counts()], [true, 3, [1, 0]])
    })

    test(`is given up after three tries, and nothing of it is kept (${code})`, async () => {
      let built = 0
      const tried = atomically((tx) => {
        built++
        return [counted(tx, 'a'), evaluated(tx, sql`asks_again(4, ${code})`)]
      })
      await assert.rejects(tried, hasCode(code))
      assert.deepEqual([built, await counts()], [3, [0, 0]])
    })
  }

  test('because two wait for each other: both are done in the end (A70)', async () => {
    const both = ['ab', 'ba'].map((order) =>
      atomically((tx) => {
        const [first = '', second = ''] = order
        return [counted(tx, first), step(() => operator.query('select pg_sleep(0.1)')), counted(tx, second)]
      }),
    )
    assert.deepEqual(await Promise.all(both), [true, true])
    assert.deepEqual(await counts(), [2, 2])
  })

  test('because it was not alone, at the strictest isolation: each counts (A70)', async () => {
    const url = Object.assign(new URL(database.url), {
      search: 'options=-c default_transaction_isolation=serializable',
    })
    const strict = openDatabase(url.href)
    try {
      const many = Array.from({ length: 8 }, () => strict.atomically((tx) => [counted(tx, 'a'), counted(tx, 'b')]))
      const ended = await Promise.allSettled(many)
      const done = ended.filter(({ status }) => status === 'fulfilled').length
      assert.ok(done > 0)
      for (const one of ended) if (one.status === 'rejected') assert.equal(codeOf(one.reason), '40001')
      assert.deepEqual(await counts(), [done, done])
    } finally {
      await strict.close()
    }
  })

  test('is not tried again when it is refused for another reason, or undone by its own guard', async () => {
    let built = 0
    const refused = atomically((tx) => {
      built++
      return [evaluated(tx, sql`1 / 0`)]
    })
    await assert.rejects(refused, hasCode('22012'))
    const undone = await atomically((tx) => {
      built++
      return [counted(tx, 'a'), must(evaluated(tx, sql`1`).limit(0))]
    })
    assert.deepEqual([undone, built, await counts()], [false, 2, [0, 0]])
  })

  test('alone, outside a transaction, is tried again too', async () => {
    assert.deepEqual(await evaluated(db, sql`asks_again(3, '40P01')`), [{ what: 1 }])
    await operator.query(`alter sequence tries restart`)
    await assert.rejects(async () => void (await evaluated(db, sql`asks_again(4, '40P01')`)), hasCode('40P01'))
  })
})

describe('what need not outlast a power cut', () => {
  test('does not wait for the disk in any of its tries, and the next transaction on the connection does', async () => {
    const single = openDatabase(database.url, { pool: 1, timeout: 10_000 })
    const seen: unknown[] = []
    const setting = sql<string>`current_setting('synchronous_commit')`
    const look = (tx: Db) => step(() => evaluated(tx, setting).then(([row]) => seen.push(row?.what)))
    try {
      await single.atomically((tx) => [look(tx), evaluated(tx, sql`asks_again(2, '40001')`)], { durable: false })
      await single.atomically((tx) => [look(tx)])
      await single.atomically((tx) => [look(tx), must(evaluated(tx, setting).limit(0))], { durable: false })
      await single.atomically((tx) => [look(tx)])
    } finally {
      await single.close()
    }
    assert.deepEqual(seen, ['off', 'off', 'on', 'off', 'on'])
  })
})

describe('a connection that is cut (A70)', () => {
  const backend = sql<number>`pg_backend_pid()`
  const cut = (pid: unknown) => operator.query('select pg_terminate_backend($1)', [pid])

  test('between the statements and the end undoes the transaction, and the process goes on', async () => {
    const broken = atomically((tx) => [
      counted(tx, 'a'),
      must(
        step(async () => {
          await cut((await evaluated(tx, backend))[0]?.what)
          return (await operator.query('select pg_sleep(0.1)')).rows // the connection has said so, and nobody was asking
        }) as PromiseLike<unknown[]>,
      ),
      counted(tx, 'b'),
    ])
    await assert.rejects(broken, hasCode('57P01'))
    assert.deepEqual(await counts(), [0, 0])
  })

  test('while a statement runs undoes the transaction', async () => {
    const broken = assert.rejects(
      atomically((tx) => [counted(tx, 'a'), evaluated(tx, sql`pg_sleep(30)`)]),
      hasCode('57P01'),
    )
    const sleeping = `select pid from pg_stat_activity where datname = current_database() and query like '%pg_sleep(30)%' and pid <> pg_backend_pid() and state = 'active'`
    let pid: number | undefined
    while (pid === undefined) pid = (await operator.query(sleeping)).rows[0]?.pid
    await cut(pid)
    await broken
    assert.deepEqual(await counts(), [0, 0])
  })

  test('between its being handed over and its first statement does not end the process', async () => {
    const lone = openDatabase(database.url, { pool: 1, timeout: 10_000 })
    const { $client: pool } = lone.db as unknown as { $client: pg.Pool }
    try {
      const connection = await pool.connect()
      // An error comes first, and would end this process if nobody listened.
      const ended = new Promise<void>((resolve) => connection.once('end', resolve))
      await cut((await connection.query('select pg_backend_pid() as pid')).rows[0].pid)
      await ended
      connection.release(true)
      assert.ok(await lone.atomically((tx) => [counted(tx, 'a')]))
    } finally {
      await lone.close()
    }
  })

  test('while it lies idle is replaced without anybody noticing', async () => {
    const lone = openDatabase(database.url, { pool: 1, timeout: 10_000 })
    try {
      const [row] = await evaluated(lone.db, backend)
      await cut(row?.what)
      await operator.query('select pg_sleep(0.1)')
      assert.ok(await lone.atomically((tx) => [counted(tx, 'a')]))
    } finally {
      await lone.close()
    }
    assert.deepEqual(await counts(), [1, 0])
  })
})
