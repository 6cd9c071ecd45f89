import assert from 'node:assert/strict'
import { afterEach, describe, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { dialect } from '#db/columns.ts'
import * as schema from '#db/schema.ts'
import { ENDS, endingAt } from '#testing/ending.ts'
import { accountOf, everyRow, type Latchkey, latchkey, signedUp, withTwoFactor } from '#testing/index.ts'
import { assertInvariants } from '#testing/invariants.ts'
import { newId } from '../lib/tokens.ts'
import { type HousekeepingDeps, KNOWN_BROWSERS_AT_MOST, keepHouse, startHousekeeping } from './housekeeping.ts'

const MINUTE = 60_000
const YEAR = 365 * 24 * 60 * MINUTE

const opened: Latchkey[] = []
afterEach(async () => {
  for (const product of opened.splice(0)) await product.close()
})

async function house() {
  const product = await latchkey()
  opened.push(product)
  const { browser, email } = await signedUp(product)
  const { id } = await accountOf(product, email)
  return { ...product, browser, email, accountId: id }
}

/** Every row of the tables that housekeeping cleans, and the access tokens with a former value. */
async function rowsThatEnd(product: Pick<Latchkey, 'database'>) {
  const tables = await everyRow(product)
  const names = [
    'pending_sign_ins',
    'pending_enrolments',
    'gate_codes',
    'openid_records',
    'spent_challenges',
    'sessions',
    'trusted_browsers',
    'known_browsers',
    'mail_links',
    'former_addresses',
    'former_usernames',
    'invitations',
    'memberships',
  ]
  const rows = [...names, 'limits', 'access_tokens', 'events'].flatMap((name) => tables[name] ?? [])
  return rows.filter((row) => !/"key":"housekeeping"|"browser":"API"|"previousHash":null/.test(row))
}

const withoutRest = { rest: async () => {} }

describe('a round', () => {
  test('removes what has ended, to the millisecond, and nothing that lives', async () => {
    const product = await house()
    const { database, clock, accountId, deps } = product
    const before = await rowsThatEnd(product)
    await endingAt(database, accountId, clock.now(), 1)
    const living = await rowsThatEnd(product)
    for (const ms of [-1, 0]) await endingAt(database, accountId, clock.now(), ms)
    assert.equal(await keepHouse(deps, withoutRest), 2 * ENDS.length, 'those of a moment ago, and of now')
    assert.deepEqual(await rowsThatEnd(product), living)

    clock.advance(5 * MINUTE)
    const oneOfEach = living.filter((row) => !before.includes(row))
    assert.equal(oneOfEach.length, ENDS.length)
    await keepHouse(deps, withoutRest)
    const left = await rowsThatEnd(product)
    assert.deepEqual(
      oneOfEach.filter((row) => left.includes(row)),
      [],
    )
  })

  test('leaves every session, sign-in and link of people alone, and what they may still do', async () => {
    const product = await latchkey()
    opened.push(product)
    const { browser } = await withTwoFactor(product)
    const before = await rowsThatEnd(product)
    assert.equal(await keepHouse(product.deps, withoutRest), 0)
    assert.deepEqual(await rowsThatEnd(product), before)
    assert.equal((await browser.get('/')).status, 200)
    await assertInvariants(product.database)
  })

  test('goes through a crowd in batches of two hundred, and requests are answered in between', async () => {
    const { database, clock, accountId, deps, browser } = await house()
    for (let row = 0; row < 1100; row += 100)
      await Promise.all(
        Array.from({ length: 100 }, (_, more) =>
          endingAt(database, accountId, clock.now(), -1 - row - more, ['limits']),
        ),
      )
    const batches: number[] = []
    const order: string[] = []
    const counted = spying(deps, async (...of) => {
      const removed = await deps.housekeeping.removeEndedLimits(...of)
      batches.push(removed)
      order.push('batch')
      return removed
    })
    await Promise.all([keepHouse(counted), browser.get('/').then(({ status }) => order.push(`page ${status}`))])
    assert.deepEqual(batches, [200, 200, 200, 200, 200, 100])
    assert.ok(order.indexOf('page 200') < order.lastIndexOf('batch'), order.join(', '))
  })

  test('forgets the browsers of an account beyond its fifty newest, and those of no other', async () => {
    const { database, clock, accountId, deps, email } = await house()
    const other = await house()
    const many = KNOWN_BROWSERS_AT_MOST + 30
    const seen = Array.from({ length: many }, (_, age) => new Date(clock.now().getTime() - age * 1000))
    for (const at of seen)
      await database.db
        .insert(schema.knownBrowsers)
        .values({ tokenHash: newId(), accountId, firstSeenAt: at, lastSeenAt: at })
    await keepHouse(deps, withoutRest)
    const left = (await database.db.select().from(schema.knownBrowsers)).map(({ lastSeenAt }) => lastSeenAt.getTime())
    // The one that signed up was seen at the moment of the newest.
    assert.equal(left.length, KNOWN_BROWSERS_AT_MOST, email)
    assert.ok(Math.min(...left) > (seen[KNOWN_BROWSERS_AT_MOST]?.getTime() ?? 0))
    assert.equal((await other.database.db.select().from(schema.knownBrowsers)).length, 1)
  })

  test('ends a session that was idle for too long, though its day is not over', async () => {
    const { database, clock, deps } = await house()
    clock.advance(60 * MINUTE - 1)
    await keepHouse(deps, withoutRest)
    assert.equal((await database.db.select().from(schema.sessions)).length, 1)
    clock.advance(5 * MINUTE)
    await keepHouse(deps, withoutRest)
    assert.equal((await database.db.select().from(schema.sessions)).length, 0)
  })

  if (dialect === 'sqlite')
    test('reads no table from end to end: every step goes by an index', async () => {
      const { database, clock, accountId, deps } = await house()
      const { $client: connection } = database.db as unknown as { $client: Connection }
      const asked = new Set<string>()
      const { prepare } = connection
      connection.prepare = (text) => {
        asked.add(text)
        return prepare(text)
      }
      for (let row = 0; row < 3; row++) await endingAt(database, accountId, clock.now(), -1 - row)
      for (let row = 0; row < KNOWN_BROWSERS_AT_MOST; row++)
        await endingAt(database, accountId, clock.now(), YEAR - row, ['known_browsers'])
      asked.clear()
      await keepHouse(deps, withoutRest)
      const steps = [...asked].filter((text) => /^(delete|update|select|insert)/.test(text))
      assert.ok(steps.length > 13, steps.join('\n'))
      for (const text of steps) {
        const values = Array(text.split('?').length - 1).fill(null)
        const plan = prepare(`explain query plan ${text}`).all(...values)
        for (const { detail } of plan) assert.doesNotMatch(detail, /^SCAN (?!\d|CONSTANT)/, `${text}\n${detail}`)
      }
    })
})

type Connection = { prepare(text: string): { all(...values: unknown[]): { detail: string }[] } }

/** The same, with `removeEndedLimits` instead of the store's own. */
const spying = (
  deps: HousekeepingDeps,
  removeEndedLimits: HousekeepingDeps['housekeeping']['removeEndedLimits'],
): HousekeepingDeps => ({ ...deps, housekeeping: { ...deps.housekeeping, removeEndedLimits } })

describe('whose turn it is', () => {
  test('one process makes the round, the others leave it, and the next is five minutes later', async () => {
    const { clock, deps } = await house()
    const rounds = await Promise.all([1, 2, 3, 4].map(() => keepHouse(deps, withoutRest)))
    assert.deepEqual(rounds.filter((round) => round !== undefined).length, 1)
    clock.advance(5 * MINUTE - 1)
    assert.equal(await keepHouse(deps, withoutRest), undefined)
    clock.advance(1)
    assert.notEqual(await keepHouse(deps, withoutRest), undefined)
  })

  test('a process that dies in the middle is taken over a minute later, not before', async () => {
    const { database, clock, accountId, deps } = await house()
    await endingAt(database, accountId, clock.now(), -1, ['limits'])
    const dying = spying(deps, async () => {
      throw new Error('the process is gone')
    })
    await assert.rejects(keepHouse(dying, withoutRest), /the process is gone/)
    clock.advance(MINUTE - 1)
    assert.equal(await keepHouse(deps, withoutRest), undefined)
    clock.advance(1)
    assert.equal(await keepHouse(deps, withoutRest), 1)
  })

  test('a round that takes long keeps its turn; one that was taken over while it hung goes no further', async () => {
    const { clock, deps } = await house()
    let batches = 0
    const slowly = async () => {
      clock.advance(40_000)
      batches++
      assert.equal(await keepHouse(deps, withoutRest), undefined, 'nobody else begins meanwhile')
    }
    assert.equal(await keepHouse(deps, { rest: slowly }), 0)
    assert.ok(batches > 8)

    clock.advance(5 * MINUTE)
    let steps = 0
    const hanging = async () => {
      clock.advance(MINUTE)
      if (++steps === 1) assert.equal(await keepHouse(deps, withoutRest), 0, 'another takes over')
    }
    await keepHouse(deps, { rest: hanging })
    assert.equal(steps, 1)
  })

  test('stopped between two batches, it leaves the rest to another at once', async () => {
    const { database, clock, accountId, deps } = await house()
    await endingAt(database, accountId, clock.now(), -1)
    assert.equal(await keepHouse(deps, { ...withoutRest, stopping: () => true }), 1)
    assert.equal(await keepHouse(deps, withoutRest), ENDS.length - 1)
  })

  test('a clock that ran a day ahead, and was put right, holds nobody up', async () => {
    const { clock, deps } = await house()
    clock.advance(24 * 60 * MINUTE)
    await keepHouse(deps, withoutRest)
    clock.advance(-24 * 60 * MINUTE)
    assert.equal(await keepHouse(deps, withoutRest), 0)
  })
})

describe('the job', () => {
  const unexpected = (fault: unknown) => assert.fail(String(fault))
  const PACE = { soon: 5, look: 5, random: () => 0.5 }

  test('begins soon after the start, looks again, tells what fails, and goes on', { timeout: 30_000 }, async () => {
    const { deps } = await house()
    const failures: unknown[] = []
    let looks = 0
    const failing: HousekeepingDeps = {
      ...deps,
      housekeeping: {
        ...deps.housekeeping,
        async takeLease() {
          if (++looks === 2) throw new Error('the database is away')
          return false
        },
      },
    }
    const job = startHousekeeping(failing, (error) => failures.push(error), PACE)
    while (looks < 4) await pause(5)
    await job.stop()
    assert.deepEqual(failures.map(String), ['Error: the database is away'])
    const then = looks
    await pause(40)
    assert.equal(looks, then, 'stopped is stopped')
  })

  test('stops once the batch at hand is done', { timeout: 30_000 }, async () => {
    const { deps } = await house()
    let isBegun = false
    let isDone = false
    const slow = spying(deps, async () => 0)
    slow.housekeeping.removeEnded = async () => {
      isBegun = true
      await pause(30)
      isDone = true
      return 0
    }
    const job = startHousekeeping(slow, unexpected, PACE)
    while (!isBegun) await pause(5)
    await job.stop()
    assert.equal(isDone, true)
  })
})
