import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, describe, test } from 'node:test'
import { eq, getTableColumns, getTableName } from 'drizzle-orm'
import * as schema from '#db/schema.ts'
import {
  accountOf,
  codeOf,
  type Latchkey,
  latchkey,
  PASSWORD,
  sharedDatabase,
  signedInWith,
  signedUp,
  testClock,
  viewingCodes,
  withTwoFactor,
} from '#testing/index.ts'
import { assertInvariants } from '#testing/invariants.ts'
import { currentVisitor } from '../identity/session.ts'
import { newId } from '../lib/tokens.ts'
import { createVault, keyIdOf } from '../lib/vault.ts'
import { newLink } from '../mail/links.ts'
import { keepNewEnrolment } from '../two-factor/kept-enrolment.ts'
import { keyReport, reseal } from './keys.ts'
import { sealEvents } from './log/sealing.ts'
import { KEPT_IN, SEALED_TABLES } from './sealed-values.ts'

const [K1, K2] = ['k1', 'k2'].map((id) => ({ id, key: randomBytes(32) })) as [Key, Key]
type Key = { id: string; key: Buffer }

const database = await sharedDatabase()
const clock = testClock()
const withKeys = (...keys: Key[]) => latchkey({}, { database, clock, vault: createVault(keys) })
const old = await withKeys(K1)
const both = await withKeys(K2, K1)
const fresh = await withKeys(K2)
after(database.close)

/** A person who has one of everything that is sealed. */
async function withEverySealedThing(product: Latchkey) {
  const owner = await withTwoFactor(product)
  const { id: accountId } = await accountOf(product, owner.email)
  const { link } = newLink(product.vault, { accountId, purpose: 'reset_password', payload: { a: 1 } }, clock.now())
  await database.db.insert(schema.mailLinks).values(link)
  await product.browser().post('/reset-password', { email: owner.email })
  const { browser, email } = await signedUp(product)
  const token = browser.cookies.get('__Host-latchkey') ?? ''
  const visitor = await currentVisitor(product.deps, token)
  assert.ok(visitor, email)
  const kept = await keepNewEnrolment(product.deps, visitor, PASSWORD, { address: '::1', browser: 'x', system: null })
  assert.ok(kept.ok, 'a set-up is kept')
  await sealEvents(product.deps)
  await signedInAtClient(product)
  return { ...owner, accountId }
}

/** What the OpenID provider keeps: a record of a sign-in, and what it signs with. */
async function signedInAtClient({ vault }: Latchkey) {
  const { db } = database
  const [id, now] = [newId(), clock.now()]
  const sealed = (purpose: 'openid-record' | 'openid-key', table: string) =>
    vault.seal(purpose, `${table} ${id}`, Buffer.from('{}'))
  const payload = sealed('openid-record', 'openid_records')
  await db.insert(schema.openidRecords).values({ id, kind: 'Interaction', payload, expiresAt: now })
  const position = (await db.select().from(schema.openidKeys)).length + 1
  const times = { createdAt: now, usedFrom: now }
  await db
    .insert(schema.openidKeys)
    .values({ id, alg: 'EdDSA', position, sealed: sealed('openid-key', 'openid_keys'), ...times })
}

/** Tables with values that a key of ours made, found by looking at every value of every table. */
async function tablesWithKeys() {
  const found = new Map<string, Set<string>>()
  for (const table of Object.values(schema))
    for (const row of await database.db.select().from(table))
      for (const [name, value] of Object.entries(row))
        for (const id of idsIn(value)) {
          const where = `${getTableName(table)}.${getTableColumns(table)[name as never]['name' as never]}`
          found.set(where, new Set([...(found.get(where) ?? []), id]))
        }
  return found
}
const idsIn = (value: unknown) => {
  const text = typeof value === 'string' ? value : ''
  return [...`${text} ${Buffer.from(text, 'base64url')}`.matchAll(/(?:^|["\s])(k[123])\.[\w-]{40,}/g)].map(
    ([, id = '']) => id,
  )
}

describe('keys', () => {
  test('are needed by the tables of the list, and by no other column of the schema', async () => {
    await withEverySealedThing(old)
    const columns = [...(await tablesWithKeys()).keys()].sort()
    assert.deepEqual(columns, [
      'event_chain_ends.seal',
      'event_seals.seal',
      'factors.secret',
      'mail_links.payload',
      'mails.sealed',
      'openid_keys.sealed',
      'openid_records.payload',
      'pending_enrolments.enrolment',
      'recovery_codes.hash',
      'recovery_codes.sealed',
    ])
    const tables = [...new Set(columns.map((column) => column.split('.')[0]))]
    assert.deepEqual(Object.keys(SEALED_TABLES).sort(), tables)
    assert.deepEqual(
      [...new Set(Object.values(KEPT_IN))].filter((place) => !place.includes(' ')).sort(),
      tables.filter((table) => table !== 'event_chain_ends'),
    )
  })

  test('that are old may go after everything was sealed again, and everybody signs in as before', async () => {
    const { email, key, codes } = await withEverySealedThing(old)
    await signedInWith(old, email, codes[0] ?? '') // a used one stays used
    const before = await keyReport(both.deps)
    assert.deepEqual(
      before.keys.map(({ id, is }) => [id, is]),
      [
        ['k2', 'newest'],
        ['k1', 'old'],
      ],
    )
    assert.deepEqual([before.mayGo, before.opensWithNone], [[], 0])
    const told: string[] = []
    const done = await reseal(both.deps, (table) => told.push(table))
    assert.deepEqual(told, Object.keys(SEALED_TABLES))
    assert.deepEqual([done.mayGo, done.opensWithNone], [['k1'], 0])
    assert.equal(done.keys[0]?.values.recovery_codes, before.keys[1]?.values.recovery_codes)
    assert.equal((await reseal(both.deps)).resealed, 0)
    assert.equal((await keyReport(fresh.deps)).opensWithNone, 0, 'without the old key')
    clock.advance(60_000)
    await signedInWith(fresh, email, codeOf(key, clock.now()))
    await signedInWith(fresh, email, codes[1] ?? '')
    await assert.rejects(signedInWith(fresh, email, codes[0] ?? ''), 'used before')
    const browser = await signedInWith(fresh, email, codes[2] ?? '')
    assert.ok((await viewingCodes(browser)).codes.includes(codes[3] ?? ''), 'codes are shown again')
    await assertInvariants(database)
  })

  test('an old key has to stay for a code whose sealed copy is damaged, until its owner makes new ones', async () => {
    const { accountId, email, codes } = await withEverySealedThing(old)
    const [row] = await database.db
      .select()
      .from(schema.recoveryCodes)
      .where(eq(schema.recoveryCodes.accountId, accountId))
    assert.ok(row, 'there is a code')
    const damaged = { sealed: `k1.${'A'.repeat(60)}` }
    await database.db.update(schema.recoveryCodes).set(damaged).where(eq(schema.recoveryCodes.id, row.id))
    const left = await reseal(both.deps)
    assert.deepEqual(left.mayGo, [])
    assert.deepEqual(left.keys[1], { id: 'k1', is: 'old', values: { recovery_codes: 1 } })
    assert.deepEqual(left.firstOfThem, [{ table: 'recovery_codes', key: row.id, accountId }])
    const browser = await signedInWith(both, email, codes[row.position - 1] ?? '') // which the old key still knows
    assert.equal((await viewingCodes(browser)).codes.length > 0, true)
    assert.deepEqual((await keyReport(both.deps)).mayGo, ['k1'], 'it is used')
  })

  test('a value that was made with a key we lost is named, with that key, and left as it is', async () => {
    const lost = await withKeys({ id: 'k3', key: randomBytes(32) })
    const { accountId } = await withEverySealedThing(lost)
    const rowsBefore = await database.db.select().from(schema.factors).where(eq(schema.factors.accountId, accountId))
    const report = await reseal(both.deps)
    const missing = report.keys.find(({ id }) => id === 'k3')
    assert.equal(missing?.is, 'missing')
    assert.equal(missing?.values.factors, 1)
    assert.ok(report.opensWithNone >= 14 && report.firstOfThem.some((each) => each.accountId === accountId))
    const rows = await database.db.select().from(schema.factors).where(eq(schema.factors.accountId, accountId))
    assert.deepEqual(rows, rowsBefore)
    await database.db.delete(schema.accounts).where(eq(schema.accounts.id, accountId))
  })

  test('a code that is used, and an authenticator that is replaced, while all is sealed again, stay so', async () => {
    const { email, codes, accountId } = await withEverySealedThing(old)
    const { sealedValues } = both.deps
    let used = false
    const meanwhile: typeof sealedValues = {
      ...sealedValues,
      async renew(table, changes) {
        if (table === 'factors')
          await database.db
            .update(schema.factors)
            .set({ secret: 'k2.new' })
            .where(eq(schema.factors.accountId, accountId))
        if (table === 'recovery_codes' && !used) await signedInWith(old, email, codes[5] ?? '')
        used ||= table === 'recovery_codes'
        await sealedValues.renew(table, changes)
      },
    }
    await reseal({ ...both.deps, sealedValues: meanwhile })
    const rows = await database.db
      .select()
      .from(schema.recoveryCodes)
      .where(eq(schema.recoveryCodes.accountId, accountId))
    const [first, ...others] = rows.sort((a, b) => Number(!a.usedAt) - Number(!b.usedAt))
    assert.ok(first?.usedAt && first.sealed === null && keyIdOf(first.hash) === 'k1', 'the used code is as it was left')
    assert.ok(others.every(({ hash, sealed }) => keyIdOf(hash) === 'k2' && sealed?.startsWith('k2.')))
    const [factor] = await database.db.select().from(schema.factors).where(eq(schema.factors.accountId, accountId))
    assert.equal(factor?.secret, 'k2.new')
  })
})
