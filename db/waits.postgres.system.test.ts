import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { after, afterEach, describe, test } from 'node:test'
import { sql } from 'drizzle-orm'
import pg from 'pg'
import { testDatabase } from '#testing/index.ts'
import { type Database, openDatabase } from './client.ts'
import { limits } from './schema.ts'

const IMPATIENT = { pool: 2, timeout: 200 }

const home = await testDatabase()
await home.db.insert(limits).values({ key: 'a', count: 0, blockedUntilMs: 0, expiresAtMs: 0 })
const operator = new pg.Client(home.url)
await operator.connect()
const opened: { close(): unknown }[] = []
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close()
})
after(async () => {
  await operator.end()
  await home.close()
})

function impatient(url = home.url) {
  const database = openDatabase(url, IMPATIENT)
  opened.push(database)
  return database
}
const look = async ({ db }: Pick<Database, 'db'>, what = sql<unknown>`1`) =>
  (await db.select({ what }).from(limits))[0]?.what
const codeOf = (error: unknown): unknown => {
  const { code, cause } = error as { code?: unknown; cause?: unknown }
  return code ?? (cause ? codeOf(cause) : undefined)
}
const isRefused = (work: Promise<unknown>, code: string) =>
  assert.rejects(work, (error) => {
    assert.equal(codeOf(error), code)
    return true
  })

async function until(what: string, query: string, rows: number) {
  for (let looks = 0; (await operator.query(query)).rowCount !== rows; looks++) assert.ok(looks < 1000, what)
}

describe('no wait on PostgreSQL is without end', () => {
  test('the session knows its limits from its beginning, and its name', async () => {
    const settings = sql<string>`current_setting('statement_timeout') || ' ' || current_setting('lock_timeout') || ' ' ||
      current_setting('idle_in_transaction_session_timeout') || ' ' || current_setting('application_name')`
    assert.equal(await look(impatient(), settings), '200ms 100ms 200ms latchkey')
    assert.equal(await look(home, settings), '10s 5s 10s latchkey')
  })

  test('a statement that takes too long is ended, and the connection goes on', async () => {
    const database = impatient()
    await isRefused(look(database, sql`pg_sleep(30)`), '57014')
    assert.equal(await look(database), 1)
  })

  test('a row that another holds is waited for, for so long', async () => {
    const database = impatient()
    await operator.query(`begin; update limits set count = 1`)
    await isRefused(
      database.atomically((tx) => [tx.update(limits).set({ count: 2 })]),
      '55P03',
    )
    await operator.query('rollback')
    assert.ok(await database.atomically((tx) => [tx.update(limits).set({ count: 2 })]))
  })

  test('with every connection in use the next one waits for so long, and is told (A70)', async () => {
    const patient = Object.assign(new URL(home.url), { search: 'statement_timeout=30000' })
    const database = impatient(patient.href)
    const busy = [1, 2].map(() => look(database, sql`pg_sleep(1)`))
    await until(
      'two sleep',
      `select from pg_stat_activity where query like '%pg_sleep(1)%' and pid <> pg_backend_pid()`,
      2,
    )
    await Promise.all([
      isRefused(look(database), 'NO_FREE_CONNECTION'),
      isRefused(
        database.atomically((tx) => [tx.update(limits).set({ count: 3 })]),
        'NO_FREE_CONNECTION',
      ),
    ])
    await Promise.all(busy)
    assert.equal(await look(database), 1)
  })

  test('a network that says nothing any more is given up', async () => {
    const network = await silentNetwork(home.url)
    const database = impatient(network.url)
    assert.equal(await look(database), 1)
    network.silence()
    await isRefused(look(database), 'NO_ANSWER')
    await isRefused(look(database), 'CONNECTION_LOST') // a new connection gets no answer either
    network.speak()
    assert.equal(await look(database), 1)
  })

  test('nothing that listens is told at once', async () => {
    const nowhere = Object.assign(new URL(home.url), { port: '1' }).href
    await isRefused(look(impatient(nowhere)), 'ECONNREFUSED')
    await assert.rejects(impatient(nowhere).migrate(), /PostgreSQL does not answer at 127\.0\.0\.1:1 \(ECONNREFUSED\)/)
  })
})

/** A path to the database that can stop carrying anything, without telling either side. */
async function silentNetwork(url: string) {
  const to = new URL(url)
  let isSilent = false
  const sockets = new Set<Socket>()
  const proxy = createServer((client) => {
    const server = connect(Number(to.port), to.hostname)
    for (const [from, into] of [
      [client, server],
      [server, client],
    ] as const) {
      sockets.add(from)
      from.on('error', () => {}).on('close', () => into.destroy())
      from.on('data', (bytes) => void (isSilent || into.write(bytes)))
    }
  })
  proxy.listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  opened.unshift({
    close() {
      for (const socket of sockets) socket.destroy()
      proxy.close()
    },
  })
  return {
    url: Object.assign(new URL(url), { port: String((proxy.address() as AddressInfo).port) }).href,
    silence() {
      isSilent = true
    },
    speak() {
      isSilent = false
    },
  }
}
