import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { eq } from 'drizzle-orm'
import { READ } from '#app/account/activity.ts'
import { securityEvent } from '#app/identity/security-events.ts'
import { hashToken, newId, newToken } from '#app/lib/tokens.ts'
import { namedAfter, testDatabase } from '#testing/index.ts'
import { must } from '../client.ts'
import { accounts } from '../schema.ts'
import { tellingWhatIsKept } from './kept.ts'
import { eventStore } from './security-events.ts'
import { insertEvents, insertSession } from './statements.ts'

const plain = await testDatabase()
after(plain.close)
const told: string[] = []
const database = tellingWhatIsKept(plain, ({ events, sessions }) => {
  told.push(...events.map(({ kind }) => kind), ...sessions.map(({ method }) => `session by ${method}`))
})

const at = new Date('2026-03-01T12:00:00Z')
const ORIGIN = { address: '192.0.2.1', browser: 'Firefox', system: 'Linux' }
const account = { id: 7, ...namedAfter(7), passwordHash: 'x', passwordChangedAt: at, securityVersion: 1 }
await plain.db.insert(accounts).values({ ...account, createdAt: at })
const event = (kind: 'signed_in' | 'signed_out') => securityEvent(kind, 7, ORIGIN, at)
const session = () => ({
  ...{ id: newId(), tokenHash: hashToken(newToken(7)), accountId: 7, client: 'api', method: 'password' },
  ...{ startedAt: at, lastSeenAt: at, expiresAt: at, ...ORIGIN },
})

test('events and sessions are told of when their transaction is kept', async () => {
  assert.equal(
    await database.atomically((tx) => [insertSession(tx, session() as never), insertEvents(tx, event('signed_in'))]),
    true,
  )
  await eventStore(database, READ).record(event('signed_out'))
  assert.deepEqual(told.splice(0), ['signed_in', 'session by password', 'signed_out'])
})

test('a transaction that was undone, or that failed, is not told of, for it did not happen', async () => {
  const nobody = (tx: typeof plain.db) =>
    must(tx.update(accounts).set({ id: 8 }).where(eq(accounts.id, 9)).returning({ id: accounts.id }))
  assert.equal(await database.atomically((tx) => [insertEvents(tx, event('signed_in')), nobody(tx)]), false)
  await assert.rejects(
    database.atomically((tx) => [insertEvents(tx, event('signed_in'), { ...event('signed_in'), kind: null as never })]),
  )
  await assert.rejects(
    database.atomically(() => {
      throw new Error('broken')
    }),
  )
  assert.deepEqual(told, [])
})

test('a transaction that took several tries is told of once', async () => {
  const trying = tellingWhatIsKept(
    {
      ...plain,
      async atomically(build, options) {
        build(plain.db) // undone, since PostgreSQL asked for another try
        return plain.atomically(build, options)
      },
    },
    ({ events }) => void told.push(...events.map(({ kind }) => kind)),
  )
  assert.ok(await trying.atomically((tx) => [insertEvents(tx, event('signed_in'))]))
  assert.deepEqual(told.splice(0), ['signed_in'])
})
