import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { lt, sql } from 'drizzle-orm'
import { openDatabase } from '#db/client.ts'
import { dialect } from '#db/columns.ts'
import * as schema from '#db/schema.ts'
import { housekeepingStore } from '#db/stores/housekeeping.ts'
import { ENDS, endingAt } from '#testing/ending.ts'
import { holding } from '#testing/held.ts'
import {
  accountOf,
  answerCode,
  codeOf,
  latchkey,
  manyOwingCode,
  newEmail,
  PASSWORD,
  SESSION,
  sharedDatabase,
  signedUp,
  withTwoFactor,
} from '#testing/index.ts'
import { assertInvariants, stateOf } from '#testing/invariants.ts'
import { newId } from '../lib/tokens.ts'
import { type HousekeepingDeps, keepHouse } from './housekeeping.ts'

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE
const ORIGIN = { address: '192.0.2.1', browser: 'Firefox', system: 'Linux' }

// One database, with as many connections as the processes would have.
const database = await sharedDatabase()
const others = [1, 2, 3, 4].map(() => openDatabase(database.url))
const product = await latchkey({}, { database })
const { clock, deps } = product
after(async () => {
  for (const each of [...others, database]) await each.close()
})

/** Four processes that all work at the same time, without taking turns. */
const all = others.map(
  (each): HousekeepingDeps => ({
    ...deps,
    housekeeping: { ...housekeepingStore(each), takeLease: async () => true, changeLease: async () => true },
  }),
)
const fourRounds = () => Promise.all(all.map((each) => keepHouse(each, { rest: async () => {} })))

const rowsLeft = async () => {
  const { db } = database
  const [row] = await db
    .select({
      sessions: sql<number>`(select count(*) from ${schema.sessions})`.mapWith(Number),
      pending: sql<number>`(select count(*) from ${schema.pendingSignIns})`.mapWith(Number),
    })
    .from(schema.accounts)
    .limit(1)
  return row
}

/** Ended sessions and pending sign-ins, the last written first: the opposite order to a request's. */
async function pileUp(accountId: number, many: number) {
  const ended = Array.from({ length: many }, (_, age) => new Date(clock.now().getTime() - age - 1))
  const row = (expiresAt: Date) => ({ accountId, tokenHash: newId(), expiresAt })
  await database.db.insert(schema.sessions).values(
    ended.map((at) => ({
      ...{ ...row(at), id: newId(), method: 'password' as const, startedAt: at, lastSeenAt: at },
      ...ORIGIN,
    })),
  )
  await database.db
    .insert(schema.pendingSignIns)
    .values(ended.map((at) => ({ ...row(at), securityVersion: 1, attemptsLeft: 5 })))
}

describe('four processes that keep house at the same time', () => {
  test('remove every row that has ended and none that lives, and none of them fails', async () => {
    const { email } = await signedUp(product)
    const { id } = await accountOf(product, email)
    for (const ms of [-2, -1, 0]) for (let row = 0; row < 20; row++) await endingAt(database, id, clock.now(), ms)
    await pileUp(id, 1200)
    await endingAt(database, id, clock.now(), MINUTE, ['sessions', 'pending_sign_ins', 'limits', 'mail_links'])
    const rounds = await fourRounds()
    const total = rounds.reduce((sum: number, removed) => sum + (removed ?? 0), 0)
    assert.equal(total, 3 * 20 * ENDS.length + 2 * 1200, 'each row by one of them')
    // Sixty sessions with an enrolment, sixty with a code on its way to an app, the one that signed up, and the live one.
    assert.deepEqual(await rowsLeft(), { sessions: 122, pending: 1 })
  })

  test('never meet a request in the other order: sign-ins, sign-outs and password changes all succeed', async () => {
    const people = []
    for (let each = 0; each < 3; each++) people.push({ ...(await withTwoFactor(product)), session: '' })
    for (const { email } of people) await pileUp((await accountOf(product, email)).id, 400)
    const work = people.map(async ({ browser, email, key }, index) => {
      const [owing] = await manyOwingCode(product, email, 1)
      assert.ok(owing)
      assert.equal((await answerCode(owing, codeOf(key, clock.now()))).status, 303)
      assert.equal((await owing.post('/sign-out')).status, 303)
      const changed = { current: PASSWORD, new: `eleven sardines hum quietly ${index}` }
      assert.equal((await browser.post('/settings/password', changed)).location, '/settings/account')
      assert.ok(browser.cookies.has(SESSION))
      assert.equal((await browser.get('/settings/account')).status, 200)
    })
    await Promise.all([fourRounds(), fourRounds(), ...work])
    await fourRounds() // everything that a request held
    assert.deepEqual(product.faults, [])
    for (const { email } of people) {
      const { sessions, pendingSignIns } = await stateOf(database, email)
      assert.deepEqual([sessions.length, pendingSignIns.length], [1, 0])
    }
  })

  test('never take away a budget that began anew in the same moment', async () => {
    const keys = Array.from({ length: 300 }, () => newId())
    const nowMs = clock.now().getTime()
    await database.db
      .insert(schema.limits)
      .values(keys.map((key) => ({ key, count: 4, blockedUntilMs: 0, expiresAtMs: nowMs - 1 })))
    const budget = { most: 5, windowMs: MINUTE }
    const charging = keys.map((key) => deps.limits.charge({ budget: { key, ...budget } }, nowMs))
    await Promise.all([fourRounds(), ...charging])
    const counts = await Promise.all(keys.map((key) => deps.limits.count(key)))
    assert.deepEqual(
      counts.filter((count) => count !== 1),
      [],
    )
  })

  test('go around a row that a request holds, wait for nobody, and take it along the next time', {
    timeout: 60_000,
  }, async () => {
    const { email } = await signedUp(product)
    const { id } = await accountOf(product, email)
    for (const ms of [-1, -2]) await endingAt(database, id, clock.now(), ms, ['mail_links'])
    let letGo = () => {}
    const free = new Promise<void>((resolve) => {
      letGo = resolve
    })
    const ended = sql`${schema.mailLinks.accountId} = ${id} and ${lt(schema.mailLinks.expiresAt, new Date(clock.now().getTime() - 1))}`
    let request: Promise<unknown> | undefined
    await new Promise<void>((held) => {
      request = database.atomically((tx) => [
        holding(tx.update(schema.mailLinks).set({ accountId: id }).where(ended).returning(), held, free),
        tx.select().from(schema.mailLinks).limit(1),
      ])
    })
    const now = await fourRounds()
    letGo()
    await request
    const later = await fourRounds()
    const removed = [now, later].map((rounds) => rounds.reduce((sum: number, each) => sum + (each ?? 0), 0))
    // On SQLite a request is over before anybody else's turn, and holds nothing.
    assert.deepEqual(removed, dialect === 'postgres' ? [1, 1] : [2, 0])
  })

  test('leave a sign-in that is under way to its end', async () => {
    const { email, key } = await withTwoFactor(product)
    const browsers = await manyOwingCode(product, email, 5)
    const answers = browsers.map((browser) => answerCode(browser, codeOf(key, clock.now())))
    const [statuses] = await Promise.all([Promise.all(answers), fourRounds()])
    assert.equal(statuses.filter(({ status }) => status === 303).length, 1)
    const stranger = product.browser()
    await stranger.post('/sign-up', { email: newEmail(), password: PASSWORD })
    assert.equal((await stranger.get('/')).status, 200)
    clock.advance(DAY)
    await fourRounds()
    assert.deepEqual(await rowsLeft(), { sessions: 0, pending: 0 })
    assert.deepEqual(product.faults, [])
  })
})

test('what is left after all that is a database whose every change went through the product', async () => {
  await database.db.delete(schema.accessTokens)
  await assertInvariants(database)
})
