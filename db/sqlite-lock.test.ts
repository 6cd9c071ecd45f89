import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import Sqlite from 'better-sqlite3'
import { sharedDatabase } from '#testing/databases.ts'
import { openDatabase, returned } from './client.ts'
import { dialect } from './columns.ts'
import { limits } from './schema.ts'

if (dialect === 'sqlite')
  test('while another program holds the lock, others are served, and then the write is done', async () => {
    const shared = await sharedDatabase()
    const database = openDatabase(shared.url) // whose first write it is, as that of a command is
    const other = new Sqlite(shared.url.replace(/^file:/, ''))
    other.exec('begin immediate')
    // The same thread lets go: it could not, if the write waited inside the call.
    setTimeout(() => other.exec('commit'), 100)
    const row = { key: 'a', count: 1, blockedUntilMs: 0, expiresAtMs: 0 }
    const rows = await returned(database, (tx) => tx.insert(limits).values(row).returning({ key: limits.key }))
    assert.deepEqual(rows, [{ key: 'a' }])
    other.close()
    await database.close()
    await shared.close()
  })

test('no store writes beside a transaction, where it would wait for the lock inside the call', () => {
  const folder = new URL('stores/', import.meta.url)
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
    (name) => !name.endsWith('.test.ts') && name.endsWith('.ts'),
  )
  const beside = /\bdb\s*\.(insert|update|delete)\(|\b(insert|queue)\w*\(db,/
  assert.deepEqual(
    files.filter((file) => beside.test(readFileSync(new URL(file, folder), 'utf8'))),
    [],
  )
})
