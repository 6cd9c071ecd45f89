import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { eq } from 'drizzle-orm'
import { testDatabase } from '#testing/index.ts'
import { placeholders } from './placeholders.ts'
import { prepared } from './prepared.ts'
import { preparedInsert, preparedWrite } from './prepared-writes.ts'
import { limits } from './schema.ts'

const database = await testDatabase()
const { db } = database
after(() => database.close())

const later = placeholders({ key: limits.key })
const find = prepared('find_key', later, db.select().from(limits).where(eq(limits.key, later.key)))
const insert = preparedInsert('insert_key', limits)
const count = preparedWrite('count_key', { key: limits.key, to: limits.count }, (tx, { key, to }) =>
  tx.update(limits).set({ count: to }).where(eq(limits.key, key)),
)
const row = { key: 'a', count: 1, blockedUntilMs: 0, expiresAtMs: 0 }

describe('a placeholder of a prepared statement', () => {
  test('that is misspelt, left out, or of another type does not compile (B12)', () => {
    const misspelt = () => {
      // @ts-expect-error There is no placeholder of that name.
      eq(limits.key, later.kye)
      // @ts-expect-error Nor among those of a write.
      preparedWrite('misspelt', { key: limits.key }, (tx, { kye }) => tx.delete(limits).where(eq(limits.key, kye)))
      // @ts-expect-error It is left out.
      find({})
      // @ts-expect-error It is misspelt.
      find({ kye: 'a' })
      // @ts-expect-error It is of another type.
      find({ key: 1 })
      // @ts-expect-error One too many, which no placeholder takes.
      find({ key: 'a', count: 1 })
      // @ts-expect-error It is left out of a write.
      count(db, { key: 'a' })
      // @ts-expect-error It is misspelt in a write.
      count(db, { key: 'a', too: 1 })
      // @ts-expect-error It is of another type than its column.
      count(db, { key: 'a', to: 'one' })
      // @ts-expect-error A column that may not be null has no default.
      insert(db, { key: 'a' })
    }
    assert.equal(typeof misspelt, 'function')
  })

  test('has its value, in reads and writes', async () => {
    assert.ok(await database.atomically((tx) => [insert(tx, row)]))
    assert.ok(await database.atomically((tx) => [count(tx, { key: 'a', to: 7 })]))
    assert.equal((await find({ key: 'a' }))[0]?.count, 7)
  })

  test('without a value is a fault, and never NULL', async () => {
    const { other } = placeholders({ other: limits.count })
    const broken = preparedWrite('broken_count', { key: limits.key }, (tx, { key }) =>
      tx.update(limits).set({ count: other }).where(eq(limits.key, key)),
    )
    await assert.rejects(async () => database.atomically((tx) => [broken(tx, { key: 'a' })]), /no value.*other/)
    await assert.rejects(async () => find({} as never))
    assert.equal((await find({ key: 'a' }))[0]?.count, 7)
  })
})

test("a row that several requests share can't be edited by one of them (B12)", async () => {
  await db.insert(limits).values({ ...row, key: 'b' })
  const rows = await find({ key: 'b' })
  const [found] = rows
  assert.ok(found)
  assert.throws(() => {
    // @ts-expect-error Nor does it compile.
    found.count = 100
  }, TypeError)
  assert.throws(() => (rows as unknown[]).push('more'), TypeError)
  assert.equal((await find({ key: 'b' }))[0]?.count, 1)
})
