import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { sql } from 'drizzle-orm'
import type { Database } from '#db/client.ts'
import { limits } from '#db/schema.ts'
import { testDatabase } from './databases.ts'

const run = async ({ db, dialect }: Database, statement: string) =>
  dialect === 'sqlite'
    ? db.run(statement)
    : await (db as unknown as { execute(of: string): Promise<unknown> }).execute(statement)
const row = { key: 'a', count: 1, blockedUntilMs: 0, expiresAtMs: 0 }

describe('the database of a test', () => {
  test('has no rows of the one before it, and refuses whoever still asks that one', async () => {
    const first = await testDatabase()
    await first.db.insert(limits).values(row)
    await first.close()
    const second = await testDatabase()
    assert.deepEqual(await second.db.select().from(limits), [])
    await assert.rejects(async () => await first.db.select().from(limits))
    await assert.rejects(first.atomically((tx) => [tx.insert(limits).values(row)]))
    assert.deepEqual(await second.db.select().from(limits), [])
    await second.close()
  })

  test('has all of its tables as they were made, whatever a test has done to them', async () => {
    const first = await testDatabase()
    for (const change of ['alter table limits add column more integer', 'drop table mails']) await run(first, change)
    await first.close()
    const second = await testDatabase()
    await assert.rejects(async () => await second.db.select({ more: sql`more` }).from(limits))
    assert.deepEqual(await second.db.select({ one: sql`1` }).from(sql`mails`), [])
    await second.close()
  })
})
