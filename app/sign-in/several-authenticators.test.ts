import assert from 'node:assert/strict'
import { after, afterEach, describe, test } from 'node:test'
import { eq } from 'drizzle-orm'
import { factors } from '#db/schema.ts'
import {
  answerCode,
  codeOf,
  latchkey,
  owingCode,
  PASSWORD,
  signedInWith,
  withAnother,
  withTwoFactor,
} from '#testing/index.ts'
import { assertInvariants, stateOf } from '#testing/invariants.ts'

const product = await latchkey()
const { clock, database } = product
afterEach(async () => {
  assert.deepEqual(product.faults.splice(0), [])
  await assertInvariants(database)
})
after(product.close)

const LIST = '/settings/two-factor/authenticators'

/** An account with two authenticators: the first one, and one called "Spare phone" that was added. */
async function withTwo() {
  const story = await withTwoFactor(product)
  const spare = await withAnother(product, story.browser)
  const first = (await stateOf(database, story.email)).factors.find(({ id }) => id !== spare.id)
  assert.ok(first)
  return { ...story, spare, first: { id: first.id, key: story.key } }
}

const factorOf = async (email: string, id: string) => {
  const found = (await stateOf(database, email)).factors.find((factor) => factor.id === id)
  assert.ok(found)
  return found
}

describe('several authenticators at sign-in', () => {
  test('a code of each opens the account, and only that one is noted as used', async () => {
    const { browser, email, first, spare } = await withTwo()
    clock.advance(30_000)
    await signedInWith(product, email, codeOf(spare.key, clock.now()))
    assert.deepEqual((await factorOf(email, spare.id)).lastUsedAt, clock.now())
    assert.equal((await factorOf(email, first.id)).lastUsedAt, null)
    clock.advance(30_000)
    await signedInWith(product, email, codeOf(first.key, clock.now()))
    assert.deepEqual((await factorOf(email, first.id)).lastUsedAt, clock.now())
    const { text } = await browser.get(LIST)
    assert.match(text, /Authenticator Added 1 Mar 2026 , last used 1 Mar 2026, 12:01 UTC/)
  })

  test('a code that one accepted opens nothing again, while the other one’s of the same step still does (A01, A04)', async () => {
    const { email, first, spare } = await withTwo()
    clock.advance(30_000)
    const code = codeOf(spare.key, clock.now())
    await signedInWith(product, email, code)
    const later = await owingCode(product, email)
    const answer = await answerCode(later, code)
    assert.equal(answer.status, 422)
    assert.match(answer.text, /That code has already been used/)
    assert.equal((await answerCode(later, codeOf(first.key, clock.now()))).status, 303, 'each has a counter of its own')
  })

  test('what is said about a code is true of the authenticator it comes from: used, old, or wrong', async () => {
    const { email, first, spare } = await withTwo()
    clock.advance(10 * 30_000)
    await signedInWith(product, email, codeOf(spare.key, clock.now()))
    const browser = await owingCode(product, email)
    const said = async (code: string) => (await answerCode(browser, code)).text
    assert.match(await said(codeOf(first.key, clock.now(), -3)), /That code is from a minute ago/)
    assert.match(await said(codeOf(spare.key, clock.now(), -3)), /That code is from a minute ago/)
    assert.match(await said(codeOf(spare.key, clock.now())), /That code has already been used/)
    assert.match(await said(codeOf(first.key, clock.now(), 2)), /That code is not right\./, 'nothing of a code to come')
    assert.equal((await factorOf(email, first.id)).lastUsedAt, null)
  })

  test('five tries for one sign-in, not five for each authenticator', async () => {
    const { email, first } = await withTwo()
    const browser = await owingCode(product, email)
    for (let tries = 1; tries < 5; tries++) assert.equal((await answerCode(browser, '000000')).status, 422)
    assert.equal((await answerCode(browser, '000000')).location, '/sign-in')
    assert.equal((await answerCode(browser, codeOf(first.key, clock.now()))).location, '/sign-in')
    assert.equal((await stateOf(database, email)).count('code_wrong'), 5)
    clock.advance(60 * 60_000)
  })

  test('one whose sealed secret does not open is listed as such; the others still work, and it can be removed (A74)', async () => {
    const { browser, email, first, spare } = await withTwo()
    const seal = (secret: string) => database.db.update(factors).set({ secret }).where(eq(factors.id, spare.id))
    const { secret } = await factorOf(email, spare.id)
    await seal(secret.replace(/.(?=.{10}$)/, (character) => (character === 'A' ? 'B' : 'A')))
    clock.advance(30_000)
    const { text } = await browser.get(LIST)
    assert.match(text, /Spare phone Can't be read/)
    assert.equal(text.match(/Can't be read/g)?.length, 1)
    const visitor = await owingCode(product, email)
    assert.match((await answerCode(visitor, codeOf(spare.key, clock.now()))).text, /That code is not right\./)
    await signedInWith(product, email, codeOf(first.key, clock.now()))
    assert.equal((await browser.post(`${LIST}/${spare.id}/remove`, { password: PASSWORD })).location, LIST)
    assert.deepEqual(
      (await stateOf(database, email)).factors.map(({ id }) => id),
      [first.id],
    )
  })

  test('a secret copied into the row of the account’s other authenticator does not open there', async () => {
    const { email, first, spare } = await withTwo()
    const { secret } = await factorOf(email, first.id)
    await database.db.update(factors).set({ secret }).where(eq(factors.id, spare.id))
    clock.advance(30_000)
    const code = codeOf(first.key, clock.now())
    await signedInWith(product, email, code)
    assert.match((await answerCode(await owingCode(product, email), code)).text, /That code has already been used/)
  })

  test('an authenticator from before there were several, in the slot of its kind, goes on beside new ones', async () => {
    const { browser, email, key } = await withTwoFactor(product)
    const [factor] = (await stateOf(database, email)).factors
    assert.ok(factor)
    await database.db.update(factors).set({ slot: 'totp' }).where(eq(factors.id, factor.id))
    await withAnother(product, browser)
    await signedInWith(product, email, codeOf(key, clock.now()))
    assert.equal((await browser.post(`${LIST}/${factor.id}/remove`, { password: PASSWORD })).location, LIST)
    assert.equal((await stateOf(database, email)).factors.length, 1)
  })
})
