import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { after, test } from 'node:test'
import { builtServer, byHttp, emptyDatabase } from '#testing/index.ts'

const server = await builtServer()
const { url, folder, drop } = await emptyDatabase()
after(async () => {
  await server.end()
  await drop()
})

test('four servers that start together where nothing is yet all come up, with one database and one key file (A74)', async () => {
  const environment = { DATABASE_URL: url, DATA_FOLDER: folder }
  const started = await Promise.all([1, 2, 3, 4].map(() => server.start(environment)))
  for (const { port, err } of started) {
    assert.equal(err(), '')
    assert.equal((await byHttp(() => port)('/readyz', {}, HERE)).status, 200)
  }
  assert.deepEqual(
    readdirSync(folder).filter((name) => name.includes('keys')),
    ['latchkey.keys'],
  )
})

const HERE = '192.0.2.1'
