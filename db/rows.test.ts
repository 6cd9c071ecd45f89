import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { and, asc, eq, sql } from 'drizzle-orm'
import { testDatabase } from '#testing/index.ts'
import { placeholders } from './placeholders.ts'
import { prepared } from './prepared.ts'
import { groups, limits, policies } from './schema.ts'

const database = await testDatabase()
const { db } = database
after(() => database.close())

before(async () => {
  await db.insert(groups).values([
    { id: 'a', name: 'first', createdAt: new Date(1) },
    { id: 'b', name: 'second', createdAt: new Date(2) },
  ])
  await db.insert(policies).values({ scope: 'b', level: 'required', holdsFrom: new Date(3) })
})

test('prepared reads make the same rows as Drizzle: times, numbers, texts, and null for what a join did not find', async () => {
  const later = placeholders({ level: policies.level })
  const joined = (level: 'required') =>
    db
      .select({
        name: groups.name,
        group: { id: groups.id, createdAt: groups.createdAt },
        policy: { scope: policies.scope, holdsFrom: policies.holdsFrom },
        mixed: { none: limits.key, name: groups.name, four: sql<number>`2 + 2`.mapWith(Number) },
        limit: { key: limits.key, four: sql<number>`2 + 2`.mapWith(Number) },
        count: limits.count,
      })
      .from(groups)
      .leftJoin(policies, and(eq(policies.scope, groups.id), eq(policies.level, level)))
      .leftJoin(limits, eq(limits.key, groups.name))
      .orderBy(asc(groups.id))
  const drizzles = await joined('required')
  const ours = await prepared(
    'of_joins',
    { level: later.level },
    joined(later.level as 'required'),
  )({ level: 'required' })
  assert.deepEqual(ours, drizzles)
  assert.deepEqual(Object.keys(ours[0] ?? {}), Object.keys(drizzles[0] ?? {}))
  assert.deepEqual(
    ours.map(({ policy, mixed, limit }) => [policy?.holdsFrom, mixed?.name, limit]),
    [
      [undefined, 'first', null],
      [new Date(3), 'second', null],
    ],
  )
})
