import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, afterEach, describe, test } from 'node:test'
import { eq } from 'drizzle-orm'
import { factors, recoveryCodes } from '#db/schema.ts'
import {
  answerCode,
  codeOf,
  DONE,
  ENROLMENT,
  enrolling,
  latchkey,
  owingCode,
  RECOVERY_CODES_PAGE as PAGE,
  readCodes,
  readCodesPage,
  replacing,
  SESSION,
  signedInWith,
  signedUp,
  viewingCodes,
  withTwoFactor,
} from '#testing/index.ts'
import { stateOf } from '#testing/invariants.ts'
import { createVault } from '../lib/vault.ts'

const oldKey = { id: 'k1', key: randomBytes(32) }
const newKey = { id: 'k2', key: randomBytes(32) }
const product = await latchkey({}, { vault: createVault([oldKey]) })
const { clock, database } = product
/** The same database after a restart with these keys. */
const restarted = (...keys: (typeof oldKey)[]) => latchkey({}, { database, clock, vault: createVault(keys) })

afterEach(() => assert.deepEqual(product.faults.splice(0), []))
after(product.close)

const setSecret = (id: string, secret: string) => database.db.update(factors).set({ secret }).where(eq(factors.id, id))

describe('a sealed secret that does not open', () => {
  test('refuses the account’s authenticator codes in words, never skips them; a recovery code opens it (A74)', async () => {
    const { email, key, codes } = await withTwoFactor(product)
    const [factor] = (await stateOf(database, email)).factors
    assert.ok(factor)
    const flipped = factor.secret.replace(/.(?=.{10}$)/, (character) => (character === 'A' ? 'B' : 'A'))
    for (const secret of [flipped, '', 'junk', factor.secret.slice(0, -8), `k9${factor.secret.slice(2)}`]) {
      await setSecret(factor.id, secret)
      const browser = await owingCode(product, email)
      const answer = await answerCode(browser, codeOf(key, clock.now()))
      assert.equal(answer.status, 422, secret)
      assert.match(answer.text, /That code is not right\./)
      assert.equal(browser.cookies.get(SESSION), undefined)
      assert.match((await browser.get('/')).location ?? '', /^\/sign-in/)
      clock.advance(60 * 60_000)
    }
    const browser = await signedInWith(product, email, codes[0] ?? '')
    assert.equal((await browser.get('/')).status, 200)
    const { key: next, enrolment } = await replacing(browser)
    const code = codeOf(next, clock.now())
    assert.equal((await browser.post('/settings/two-factor/replace', { enrolment, code })).status, 303)
    await signedInWith(product, email, codeOf(next, clock.now(), 1))
  })

  test('moved from another account’s row it opens neither account', async () => {
    const [mine, theirs] = [await withTwoFactor(product), await withTwoFactor(product)]
    const [to] = (await stateOf(database, theirs.email)).factors
    const [from] = (await stateOf(database, mine.email)).factors
    assert.ok(to && from)
    await setSecret(to.id, from.secret)
    const browser = await owingCode(product, theirs.email)
    for (const key of [mine.key, theirs.key])
      assert.equal((await answerCode(browser, codeOf(key, clock.now()))).status, 422)
  })

  test('does not affect anyone else', async () => {
    const { email, key } = await withTwoFactor(product)
    const { email: other } = await withTwoFactor(product)
    const [broken] = (await stateOf(database, other)).factors
    await setSecret(broken?.id ?? '', 'junk')
    await signedInWith(product, email, codeOf(key, clock.now()))
  })

  test('one recovery code whose copy does not open still works, and is not passed off as used', async () => {
    const { browser, email, codes } = await withTwoFactor(product)
    const [, second] = (await stateOf(database, email)).recoveryCodes
    await database.db
      .update(recoveryCodes)
      .set({ sealed: 'junk' })
      .where(eq(recoveryCodes.id, second?.id ?? ''))
    const { codes: shown, html } = await viewingCodes(browser)
    assert.deepEqual(shown, codes.toSpliced(1, 1))
    assert.doesNotMatch(html, /undefined|Invalid Date/)
    const file = (await browser.get(`${PAGE}/download`)).html
    assert.deepEqual(readCodes(file), shown)
    assert.doesNotMatch(file, /used on/)
    await signedInWith(product, email, codes[1] ?? '')
  })
})

describe('the keys', () => {
  test('a new one in front: everything goes on, and what is sealed from now on is under the new one', async () => {
    const { browser, email, key, codes } = await withTwoFactor(product)
    const rotated = await restarted(newKey, oldKey)
    await signedInWith(rotated, email, codeOf(key, clock.now()))
    await signedInWith(rotated, email, codes[0] ?? '')
    const again = rotated.browser()
    again.cookies.set(SESSION, browser.cookies.get(SESSION) ?? '')
    const { codes: shown, set } = await viewingCodes(again)
    assert.deepEqual(shown, codes.slice(1))
    clock.advance(1000)
    await again.post(`${PAGE}/regenerate`, { set })
    for (const { sealed, hash } of (await stateOf(database, email)).recoveryCodes)
      assert.match(`${sealed} ${hash}`, /^k2\..* k2\./)
    const renewed = readCodesPage((await again.get(PAGE)).html).codes
    await signedInWith(rotated, email, renewed[11] ?? '')
    assert.deepEqual(rotated.faults, [])
  })

  test('an enrolment begun before the restart can finish after it', async () => {
    const { browser, email } = await signedUp(product)
    const { enrolment } = await enrolling(product, browser)
    const rotated = await restarted(newKey, oldKey)
    const again = rotated.browser()
    for (const name of [SESSION, ENROLMENT]) again.cookies.set(name, browser.cookies.get(name) ?? '')
    assert.equal((await again.post(DONE, { enrolment, saved: 'yes' })).location, '/settings/account')
    assert.match((await stateOf(database, email)).factors[0]?.secret ?? '', /^k2\./)
  })

  test('the old one lost: codes of both kinds are refused in words, nobody gets in by password alone (A74)', async () => {
    const { browser: before, email, key, codes } = await withTwoFactor(product)
    const lost = await restarted(newKey)
    const browser = await owingCode(lost, email)
    for (const code of [codeOf(key, clock.now()), codes[0] ?? '']) {
      const answer = await answerCode(browser, code)
      assert.equal(answer.status, 422)
      assert.match(answer.text, /That code is not right|it is not one of yours/)
    }
    assert.equal(browser.cookies.get(SESSION), undefined)
    const inside = lost.browser()
    inside.cookies.set(SESSION, before.cookies.get(SESSION) ?? '')
    const { html, set } = await viewingCodes(inside)
    assert.doesNotMatch(html, /undefined|used all your recovery codes/)
    clock.advance(1000)
    await inside.post(`${PAGE}/regenerate`, { set })
    const renewed = readCodesPage((await inside.get(PAGE)).html).codes
    await signedInWith(lost, email, renewed[0] ?? '')
    assert.deepEqual(lost.faults, [])
  })
})
