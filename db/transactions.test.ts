import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { asc } from 'drizzle-orm'
import { sharedDatabase } from '#testing/databases.ts'
import { must, openDatabase } from './client.ts'
import { limits } from './schema.ts'

const row = (key: string) => ({ key, count: 1, blockedUntilMs: 0, expiresAtMs: 0 })

async function twoOfOne() {
  const shared = await sharedDatabase()
  const [here, elsewhere] = [openDatabase(shared.url), openDatabase(shared.url)]
  const seen = async () => {
    const rows = await elsewhere.db.select({ key: limits.key }).from(limits).orderBy(asc(limits.key))
    return rows.map(({ key }) => key).join('')
  }
  const put = (key: string) => here.atomically((tx) => [tx.insert(limits).values(row(key))])
  const undone = (key: string) =>
    here.atomically((tx) => [tx.insert(limits).values(row(key)), must(tx.select().from(limits).limit(0))])
  return { here, elsewhere, shared, seen, put, undone }
}

describe('transactions that are asked for at once', () => {
  test('are each kept or undone by itself, whatever becomes of the others', async () => {
    const { here, elsewhere, shared, seen, put, undone } = await twoOfOne()
    await put('a')
    const [kept, guarded, refused, broken, other] = await Promise.allSettled([
      put('b'),
      undone('c'),
      here.atomically((tx) => [tx.insert(limits).values(row('d')), tx.insert(limits).values(row('a'))]),
      here.atomically(() => {
        throw new Error('no statements')
      }),
      put('e'),
    ])
    assert.deepEqual(kept, { status: 'fulfilled', value: true })
    assert.deepEqual(guarded, { status: 'fulfilled', value: false })
    assert.equal(refused.status, 'rejected', 'whoever puts a row twice hears of it')
    assert.match(broken.status === 'rejected' ? `${broken.reason}` : '', /no statements/)
    assert.deepEqual(other, { status: 'fulfilled', value: true })
    assert.equal(await seen(), 'abe')
    for (const { close } of [here, elsewhere, shared]) await close()
  })

  test('are answered when others see them, and not before', async () => {
    const { here, elsewhere, shared, seen, put } = await twoOfOne()
    const answered: string[] = []
    const keys = ['a', 'b', 'c', 'd', 'e']
    await Promise.all(
      keys.map(async (key) => {
        await put(key)
        assert.ok((await seen()).includes(key), `${key} was answered before it was kept`)
        answered.push(key)
      }),
    )
    assert.deepEqual(answered.toSorted(), keys)
    for (const { close } of [here, elsewhere, shared]) await close()
  })

  test('are kept as well when the database is closed right after', async () => {
    const { here, elsewhere, shared, seen, put } = await twoOfOne()
    const asked = [put('a'), put('b')]
    await Promise.all([here.close(), ...asked])
    assert.equal(await seen(), 'ab')
    for (const { close } of [elsewhere, shared]) await close()
  })
})
