import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { testDatabase } from '#testing/index.ts'
import { migrationStore } from './migrations.ts'

const database = await testDatabase()
after(database.close)

test('a database that a newer version has migrated has what this one needs; one that only an older one has, has not', async () => {
  assert.equal(await migrationStore(database).areApplied(), true)
  assert.equal(await migrationStore(database, 1).areApplied(), true)
  assert.equal(await migrationStore(database, Number.MAX_SAFE_INTEGER).areApplied(), false)
})
