import assert from 'node:assert/strict'
import { after, afterEach, describe, test } from 'node:test'
import { eq } from 'drizzle-orm'
import { sessions } from '#db/schema.ts'
import { apiClient } from '#testing/clients/v1.ts'
import { codeOf, copyOf, latchkey, loggedEvents, SESSION, signedUp, withTwoFactor } from '#testing/index.ts'
import { assertInvariants, stateOf } from '#testing/invariants.ts'
import { hashToken } from '../lib/tokens.ts'

const product = await latchkey()
const { clock, database } = product
afterEach(async () => {
  assert.deepEqual(product.faults.splice(0), [])
  await assertInvariants(database)
})
after(product.close)

const PAGE = '/settings/two-factor/fresh-proof'
type Person = Awaited<ReturnType<typeof withTwoFactor>>

async function provedAt({ browser }: Pick<Person, 'browser'>) {
  const tokenHash = hashToken(browser.cookies.get(SESSION) ?? '')
  const [row] = await database.db.select().from(sessions).where(eq(sessions.tokenHash, tokenHash))
  assert.ok(row, 'the session is live')
  return row.provedAt
}

describe('a session that shows its second factor again', () => {
  test('has proved it from then on, goes on under a new token, and is taken to where it wanted to go', async () => {
    const person = await withTwoFactor(product)
    clock.advance(20 * 60_000)
    const old = copyOf(product, person.browser)
    const page = await person.browser.get(`${PAGE}?return_to=/settings/activity`)
    assert.match(page.text, /That holds for 10 minutes\./)
    const answer = await person.browser.post(PAGE, {
      code: codeOf(person.key, clock.now()),
      return_to: '/settings/activity',
    })
    assert.deepEqual([answer.status, answer.location], [303, '/settings/activity'])
    assert.deepEqual(await provedAt(person), clock.now())
    assert.equal((await old.get('/')).location, '/sign-in')
  })

  test('began with a proof if it was set up or signed in by a code, and with none after a password alone', async () => {
    const [on, off] = [await withTwoFactor(product), await signedUp(product)]
    assert.notEqual(await provedAt(on), null)
    assert.equal(await provedAt(off), null)
    assert.equal((await off.browser.get(PAGE)).location, '/settings/account')
  })

  test('spends the code: 20 at once with one code prove it once', async () => {
    const person = await withTwoFactor(product)
    clock.advance(20 * 60_000)
    const copies = Array.from({ length: 20 }, () => copyOf(product, person.browser))
    const code = codeOf(person.key, clock.now())
    const answers = await Promise.all(copies.map((copy) => copy.post(PAGE, { code })))
    assert.equal(answers.filter(({ status, location }) => status === 303 && location === '/').length, 1)
  })

  test('may use a recovery code, which is spent and logged', async () => {
    const person = await withTwoFactor(product)
    clock.advance(20 * 60_000)
    assert.equal((await person.browser.post(PAGE, { code: person.codes[0] ?? '' })).status, 303)
    assert.deepEqual(await provedAt(person), clock.now())
    const { kinds, recoveryCodes } = await stateOf(database, person.email)
    assert.deepEqual(kinds.slice(-2), ['recovery_code_used', 'second_factor_shown'])
    assert.equal(recoveryCodes.filter(({ usedAt }) => usedAt !== null).length, 1)
  })

  test('guesses like anybody at sign-in: a wrong code is logged, and the sixth waits', async () => {
    const person = await withTwoFactor(product)
    clock.advance(20 * 60_000)
    const before = await provedAt(person)
    for (let guess = 0; guess < 5; guess++)
      assert.equal((await person.browser.post(PAGE, { code: '000000' })).status, 422)
    const sixth = await person.browser.post(PAGE, { code: codeOf(person.key, clock.now()) })
    assert.equal(sixth.status, 429)
    assert.deepEqual(await provedAt(person), before)
    const wrong = (await loggedEvents(product, person.email)).filter((kind) => kind === 'code_wrong')
    assert.equal(wrong.length, 5)
  })

  test('is not led to another site', async () => {
    const person = await withTwoFactor(product)
    clock.advance(20 * 60_000)
    const code = codeOf(person.key, clock.now())
    assert.equal((await person.browser.post(PAGE, { code, return_to: 'https://evil.example/' })).location, '/')
  })

  test('may belong to a client of /api/v1, whose token stays', async () => {
    const person = await withTwoFactor(product)
    const api = apiClient(product)
    const challenge = await api.challenged(person.email)
    const signed = await api.call('POST', '/sessions/verify', undefined, { challenge, code: person.codes[0] })
    const session = String(signed.body.session)
    clock.advance(20 * 60_000)
    const wrong = await api.call('POST', '/two-factor/fresh-proof', session, { code: '000000' })
    assert.deepEqual([wrong.status, wrong.body.reason], [422, 'wrong_code'])
    const code = codeOf(person.key, clock.now())
    assert.equal((await api.call('POST', '/two-factor/fresh-proof', session, { code })).status, 204)
    const [row] = await database.db
      .select()
      .from(sessions)
      .where(eq(sessions.tokenHash, hashToken(session)))
    assert.deepEqual(row?.provedAt, clock.now())
  })
})
