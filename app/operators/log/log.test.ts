import assert from 'node:assert/strict'
import { afterEach, describe, test } from 'node:test'
import { asc, eq, gt, sql } from 'drizzle-orm'
import { openDatabase } from '#db/client.ts'
import { accounts, eventChainEnds, eventSeals, events } from '#db/schema.ts'
import { erasePerson, eventChainStore } from '#db/stores/event-chain.ts'
import { accountOf, type Latchkey, latchkey, sharedDatabase, signedUp, withTwoFactor } from '#testing/index.ts'
import { newId } from '../../lib/tokens.ts'
import { keepHouse } from '../../process/housekeeping.ts'
import { exportedLog } from './export.ts'
import { sealEvents } from './sealing.ts'
import { verifyLog } from './verify.ts'

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE
const ORIGIN = { address: '192.0.2.1', browser: 'Firefox', system: 'Linux' }

const opened: Latchkey[] = []
afterEach(async () => {
  for (const product of opened.splice(0)) await product.close()
})

/** A product with the events of two people, all sealed, and ten minutes later. */
async function withLog() {
  const product = await latchkey({ eventsKept: 400 * DAY })
  opened.push(product)
  const { email } = await withTwoFactor(product)
  product.clock.advance(5 * MINUTE)
  await withTwoFactor(product)
  await signedUp(product)
  await sealEvents(product.deps)
  product.clock.advance(10 * MINUTE)
  return { ...product, email, db: product.database.db }
}
type WithLog = Awaited<ReturnType<typeof withLog>>

const written = (of: Partial<typeof events.$inferInsert> & { at: Date }) => ({
  ...{ id: newId(), accountId: null, kind: 'signed_out', ...ORIGIN },
  ...of,
})
const verified = async ({ deps }: Pick<Latchkey, 'deps'>) =>
  (await verifyLog(deps)).findings.map(({ wrong, position }) => `${position} ${wrong}`)
const inChain = ({ db }: WithLog) => db.select().from(eventSeals).orderBy(asc(eventSeals.position))

describe('the log', () => {
  test('is sealed once each, in its order and without gaps, by four processes at once', async () => {
    const database = await sharedDatabase()
    const product = await latchkey({}, { database })
    const others = [1, 2, 3, 4].map(() => openDatabase(database.url))
    const at = product.clock.now().getTime()
    const many = Array.from({ length: 450 }, (_, index) => written({ at: new Date(at + (index % 7)) }))
    await database.db.insert(events).values(many)
    const deps = others.map((each) => ({ ...product.deps, eventChain: eventChainStore(each) }))
    for (let round = 0; round < 3; round++) await Promise.all(deps.map((each) => sealEvents(each)))
    const chain = await database.db.select().from(eventSeals).orderBy(asc(eventSeals.position))
    const inOrder = many.sort((a, b) => a.at.getTime() - b.at.getTime() || (a.id < b.id ? -1 : 1))
    assert.deepEqual(
      chain.map(({ position }) => position),
      many.map((_, index) => index + 1),
    )
    assert.deepEqual(
      chain.map(({ eventId }) => eventId),
      inOrder.map(({ id }) => id),
    )
    assert.deepEqual(await verified(product), [])
    for (const each of [...others, database]) await each.close()
  })

  test('has every event sealed that comes late, or while a clock is ahead', async () => {
    const product = await withLog()
    const { clock, db, deps } = product
    const ahead = { ...deps, now: () => new Date(clock.now().getTime() + DAY) }
    await db.insert(events).values(written({ at: ahead.now() }))
    assert.equal(await sealEvents(ahead), 1)
    await db
      .insert(events)
      .values([written({ at: clock.now() }), written({ at: new Date(clock.now().getTime() - MINUTE) })])
    assert.equal(await sealEvents(deps), 2)
    assert.deepEqual(await verified(product), [])
  })

  const TAMPERING: [string, (log: WithLog) => PromiseLike<unknown>, string[]][] = [
    [
      'an event that is of another kind now',
      ({ db }) => db.update(events).set({ kind: 'signed_out' }).where(third(db)),
      ['3 event_edited'],
    ],
    [
      'an event whose address was changed',
      ({ db }) => db.update(events).set({ address: '::1' }).where(third(db)),
      ['3 event_edited'],
    ],
    [
      'an event whose reason was changed',
      ({ db }) => db.update(events).set({ reason: 'They asked for it' }).where(third(db)),
      ['3 event_edited'],
    ],
    [
      'an event of somebody else now',
      ({ db }) => db.update(events).set({ accountId: null }).where(third(db)),
      ['3 event_edited'],
    ],
    [
      'an event that is earlier now',
      ({ db }) =>
        db
          .update(events)
          .set({ at: new Date(0) })
          .where(third(db)),
      ['3 event_edited'],
    ],
    ['an event that is gone', ({ db }) => db.delete(events).where(third(db)), ['3 event_removed']],
    [
      'an event that is gone with its seal',
      async ({ db }) => {
        await db.delete(events).where(third(db))
        await db.delete(eventSeals).where(eq(eventSeals.position, 3))
      },
      ['3 seals_removed'],
    ],
    [
      'the last three, gone with their seals',
      async ({ db }) => {
        const last = db.select({ id: eventSeals.eventId }).from(eventSeals).where(gt(eventSeals.position, 3))
        await db.delete(events).where(sql`${events.id} in ${last}`)
        await db.delete(eventSeals).where(gt(eventSeals.position, 3))
      },
      ['4 seals_removed'],
    ],
    [
      'the first, gone with their seals as if they were too old',
      async ({ db }) => {
        const [second] = await db.select().from(eventSeals).where(eq(eventSeals.position, 2))
        const first = db.select({ id: eventSeals.eventId }).from(eventSeals).where(sql`${eventSeals.position} < 3`)
        await db.delete(events).where(sql`${events.id} in ${first}`)
        await db.delete(eventSeals).where(sql`${eventSeals.position} < 3`)
        const { position = 0, digest = '', seal = '' } = second ?? {}
        await db.insert(eventChainEnds).values({ which: 'oldest', position, digest, seal, at: new Date(0) })
      },
      ['2 beginning_edited'],
    ],
    [
      'an event that was added between two others',
      async ({ db }) => db.insert(events).values(written({ at: await timeOf(db, 3) })),
      ['null event_added'],
    ],
    [
      'two events whose seals changed places',
      async ({ db }) => {
        const ids = await db.select({ id: eventSeals.eventId }).from(eventSeals).orderBy(asc(eventSeals.position))
        const set = (position: number, eventId = '') =>
          db.update(eventSeals).set({ eventId }).where(eq(eventSeals.position, position))
        await set(3, 'x')
        await set(4, ids[2]?.id)
        await set(3, ids[3]?.id)
      },
      ['3 event_edited', '4 event_edited'],
    ],
    [
      'a seal of somebody without the key',
      ({ db }) => db.update(eventSeals).set({ seal: 't1.x' }).where(eq(eventSeals.position, 3)),
      ['3 seal_edited'],
    ],
    [
      'an end that was moved back',
      ({ db }) => db.update(eventChainEnds).set({ position: 3 }),
      ['3 end_edited', '3 end_edited'],
    ],
  ]
  for (const [what, tamper, findings] of TAMPERING)
    test(`names ${what} (P11)`, async () => {
      const product = await withLog()
      assert.ok((await inChain(product)).length >= 6, 'there is a chain')
      assert.deepEqual(await verified(product), [])
      await tamper(product)
      assert.deepEqual(await verified(product), findings)
      await sealEvents(product.deps) // which goes on, and hides nothing
      assert.notDeepEqual(await verified(product), [])
    })

  test('whose end somebody knows can not be replaced by an older copy of the whole (P11)', async () => {
    const product = await withLog()
    const { db, deps } = product
    const { end } = await verifyLog(deps)
    assert.ok(end, 'there is an end')
    const before = await db.select().from(eventChainEnds)
    await signedUp(product)
    await sealEvents(deps)
    const known = (await verifyLog(deps)).end ?? undefined
    assert.deepEqual((await verifyLog(deps, end)).findings, [])
    const added = db.select({ id: eventSeals.eventId }).from(eventSeals).where(gt(eventSeals.position, end.position))
    await db.delete(events).where(sql`${events.id} in ${added}`)
    await db.delete(eventSeals).where(gt(eventSeals.position, end.position))
    for (const row of before)
      await db.update(eventChainEnds).set(row).where(sql`${eventChainEnds.which} = ${row.which}`)
    assert.deepEqual((await verifyLog(deps)).findings, [])
    assert.equal((await verifyLog(deps, known)).findings[0]?.wrong, 'known_end_gone')
  })

  test('tells what was kept for long enough from what somebody removed', async () => {
    const product = await withLog()
    const { clock, deps, db } = product
    const sealed = (await inChain(product)).length
    clock.advance(399 * DAY)
    await signedUp(product)
    await sealEvents(deps)
    clock.advance(2 * DAY)
    assert.ok(((await keepHouse(deps, { rest: async () => {} })) ?? 0) >= sealed)
    const verdict = await verifyLog(deps)
    assert.deepEqual([verdict.findings, verdict.forgotten], [[], sealed])
    assert.ok(verdict.sealed > 0 && (await db.select().from(events)).length === verdict.sealed)
    await db.delete(eventSeals).where(eq(eventSeals.position, sealed + 1))
    assert.deepEqual((await verified(product))[0], `${sealed + 1} seals_removed`)
  })

  test('is whole without the person whose account is gone, and nobody can try out who it was', async () => {
    const product = await withLog()
    const { database, db, deps, email } = product
    const { id } = await accountOf(product, email)
    const own = await db.select().from(events).where(eq(events.accountId, id))
    await db.insert(events).values(written({ accountId: id, at: product.clock.now() }))
    const meanwhile = {
      ...deps.eventChain,
      // The account goes after its event was read, and before that is sealed.
      async append(of: Parameters<typeof deps.eventChain.append>[0]) {
        await database.atomically((tx) => [...erasePerson(tx, id), tx.delete(accounts).where(eq(accounts.id, id))])
        return deps.eventChain.append(of)
      },
    }
    assert.equal(await sealEvents({ ...deps, eventChain: meanwhile }), 1)
    const verdict = await verifyLog(deps)
    assert.deepEqual([verdict.findings, verdict.withoutPerson], [[], own.length + 1])
    const left = (await db.select().from(events)).filter(({ accountId }) => accountId === null)
    assert.deepEqual(
      [...new Set(left.map(({ address, browser, system }) => `${address}${browser}${system}`))],
      ['null'],
    )
    assert.equal((await inChain(product)).filter(({ salt }) => salt === null).length, own.length + 1)
  })
})

describe('an export of the log', () => {
  const linesOf = async (...of: Parameters<typeof exportedLog>) => {
    const lines: string[] = []
    for await (const line of exportedLog(...of)) lines.push(line)
    return lines
  }

  test('has every event once, oldest first, however many are of one millisecond', async () => {
    const { deps, db, clock } = await withLog()
    await db.insert(events).values(Array.from({ length: 1200 }, () => written({ at: clock.now() })))
    const rows = (await linesOf(deps, { format: 'jsonl' })).map((line) => JSON.parse(line))
    assert.equal(rows.length, (await db.select().from(events)).length)
    assert.equal(new Set(rows.map(({ id }) => id)).size, rows.length)
    assert.deepEqual(
      rows,
      rows.toSorted((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : a.id < b.id ? -1 : 1)),
    )
  })

  test('begins where it is told, and may be of one account', async () => {
    const product = await withLog()
    const { deps, db, email, clock } = product
    const { id: accountId } = await accountOf(product, email)
    const own = await linesOf(deps, { accountId, format: 'jsonl' })
    assert.equal(own.length, (await db.select().from(events).where(eq(events.accountId, accountId))).length)
    assert.ok(own.every((line) => JSON.parse(line).email === email))
    const since = new Date(clock.now().getTime() - 10 * MINUTE)
    assert.deepEqual(
      (await linesOf(deps, { since, format: 'jsonl' })).map((line) => JSON.parse(line).at),
      (await db.select().from(events)).filter(({ at }) => at >= since).map(({ at }) => at.toISOString()),
    )
  })

  test('as CSV has no cell that a spreadsheet would run', async () => {
    const { deps, db, clock } = await withLog()
    const at = new Date(clock.now().getTime() + 1)
    const reason = '+1, "quoted"\nand a line'
    await db
      .insert(events)
      .values(written({ at, browser: '=HYPERLINK("x")', system: '@SUM(1)', reason, operatorId: -1 }))
    const lines = await linesOf(deps, { since: at, format: 'csv' })
    assert.match(lines[0] ?? '', /^id,at,kind,/)
    assert.match(lines[1] ?? '', /,-1,"'\+1, ""quoted""\nand a line",192\.0\.2\.1,"'=HYPERLINK\(""x""\)",'@SUM\(1\)$/)
  })
})

const third = (db: WithLog['db']) =>
  sql`${events.id} = (${db.select({ id: eventSeals.eventId }).from(eventSeals).where(eq(eventSeals.position, 3))})`

async function timeOf(db: WithLog['db'], position: number) {
  const [row] = await db
    .select({ at: events.at })
    .from(events)
    .innerJoin(eventSeals, eq(eventSeals.eventId, events.id))
    .where(eq(eventSeals.position, position))
  if (!row) throw new Error(`Nothing is at ${position}.`)
  return row.at
}
