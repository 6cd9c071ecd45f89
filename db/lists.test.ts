import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { desc, eq } from 'drizzle-orm'
import { newAccountId, newId } from '#app/lib/tokens.ts'
import { namedAfter, testDatabase } from '#testing/index.ts'
import { listOf } from './lists.ts'
import { accounts, events } from './schema.ts'

const database = await testDatabase()
const { db } = database
after(() => database.close())

const [full, empty] = [2 ** 48 - 1, newAccountId()]
const eventsOf = (accountId: Parameters<typeof eq>[1]) =>
  db
    .select()
    .from(events)
    .where(eq(events.accountId, accountId as number))
    .orderBy(desc(events.at), desc(events.id))
    .limit(3)
const withEvents = (id: number) =>
  db
    .select({ email: accounts.email, events: listOf(eventsOf(accounts.id)) })
    .from(accounts)
    .where(eq(accounts.id, id))

before(async () => {
  const at = new Date('2026-03-01T12:00:00.007Z')
  const person = { passwordHash: 'x', passwordChangedAt: at, securityVersion: 1, createdAt: at }
  await db.insert(accounts).values([full, empty].map((id) => ({ ...person, id, ...namedAfter(id) })))
  const browsers = ['"Firefox", on \\ Linux', 'Żółw 🐢 \u2028 on [1,2]', 'null', '', '{"a":1}']
  const row = { accountId: full, kind: 'signed_in', address: '2001:db8::1' }
  for (const [index, browser] of browsers.entries())
    await db.insert(events).values({
      ...{ ...row, id: newId(), at: new Date(at.getTime() + (index % 3)), browser },
      ...(index > 2 && { method: 'authenticator' as const, subject: '7', notice: 'due' as const }),
    })
})

test('a list in a column is what the query alone answers: the order, the end, each value with its type', async () => {
  const alone = await eventsOf(full)
  assert.equal(alone.length, 3)
  assert.ok(alone.some(({ method }) => method === null) && alone.some(({ notice }) => notice === 'due'))
  assert.deepEqual(await withEvents(full), [{ email: `${full}@example.com`, events: alone }])
})

test('a list of nothing is empty', async () => {
  assert.deepEqual(await withEvents(empty), [{ email: `${empty}@example.com`, events: [] }])
})
