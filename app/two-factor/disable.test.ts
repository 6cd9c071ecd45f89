import assert from 'node:assert/strict'
import { after, afterEach, describe, test } from 'node:test'
import {
  answerCode,
  codeOf,
  copyOf,
  everyRow,
  latchkey,
  loggedEvents,
  owingCode,
  PASSWORD,
  SESSION,
  signedInWith,
  signedUp,
  withTwoFactor,
} from '#testing/index.ts'
import { assertInvariants, everything, stateOf } from '#testing/invariants.ts'

const product = await latchkey()
const { clock, database } = product
afterEach(async () => {
  assert.deepEqual(product.faults.splice(0), [])
  await assertInvariants(database)
})
after(product.close)

const DISABLE = '/settings/two-factor/disable'

describe('disabling', () => {
  test('afterwards the password alone signs in, and the account page offers to set it up again', async () => {
    const { browser, email } = await withTwoFactor(product)
    const answer = await browser.post(DISABLE, { password: PASSWORD })
    assert.deepEqual([answer.status, answer.location], [303, '/settings/account'])
    assert.match((await browser.get('/settings/account')).text, /Two-factor authentication is off\./)
    assert.match((await browser.get('/settings/account')).text, /Set Up Two-Factor Authentication/)
    const later = product.browser()
    assert.equal((await later.post('/sign-in', { email, password: PASSWORD })).location, '/')
    assert.equal((await later.get('/')).status, 200)
  })

  test('neither secret nor codes are left in the database', async () => {
    const { browser, email } = await withTwoFactor(product)
    const before = await stateOf(database, email)
    assert.equal(before.factors.length + before.recoveryCodes.length, 13)
    await browser.post(DISABLE, { password: PASSWORD })
    const { events, ...rest } = await everything(database)
    const all = JSON.stringify({ events, ...rest })
    for (const { id, secret } of before.factors) assert.ok(!JSON.stringify(rest).includes(id) && !all.includes(secret)) // the log knows its name
    for (const { id, hash, sealed } of before.recoveryCodes)
      assert.ok(!all.includes(id) && !all.includes(hash) && !all.includes(sealed ?? ''))
  })

  test('ends the other sessions and every pending sign-in; its own session goes on under a new token (A14)', async () => {
    const { browser, email, codes, key } = await withTwoFactor(product)
    const other = await signedInWith(product, email, codes[0] ?? '')
    const pending = await owingCode(product, email)
    const old = copyOf(product, browser)
    await browser.post(DISABLE, { password: PASSWORD })
    assert.notEqual(browser.cookies.get(SESSION), old.cookies.get(SESSION))
    assert.equal((await browser.get('/')).status, 200)
    for (const ended of [other, old]) assert.equal((await ended.get('/')).location, '/sign-in')
    assert.equal((await answerCode(pending, codeOf(key, clock.now()))).location, '/sign-in')
    const { sessions, pendingSignIns } = await stateOf(database, email)
    assert.deepEqual([sessions.length, pendingSignIns.length], [1, 0])
  })

  test('a wrong password is refused beside its field, counted and logged (A25)', async () => {
    const { browser, email } = await withTwoFactor(product)
    const answer = await browser.post(DISABLE, { password: 'wrong' })
    assert.equal(answer.status, 422)
    assert.match(answer.text, /That is not the password of this account/)
    assert.match(answer.html, /<h1[^>]*>Disable Two-Factor Authentication</)
    assert.ok(!answer.html.includes('value="wrong"'))
    assert.equal((await browser.post(DISABLE, { password: '' })).status, 422)
    assert.equal((await browser.post(DISABLE)).status, 422)
    const { factors, count } = await stateOf(database, email)
    assert.deepEqual([factors.length, count('password_wrong'), count('second_factor_off')], [1, 1, 0])
  })

  test('looking at the page changes nothing (A25)', async () => {
    const { browser } = await withTwoFactor(product)
    const before = await everyRow(product)
    for (const path of [DISABLE, `${DISABLE}?password=${encodeURIComponent(PASSWORD)}`])
      assert.equal((await browser.get(path)).status, 200)
    assert.equal((await browser.send(DISABLE, { method: 'HEAD' })).status, 200)
    assert.deepEqual(await everyRow(product), before)
  })

  test('nothing but a signed-in session of the account disables it (A06, A25)', async () => {
    const { email } = await withTwoFactor(product)
    const pending = await owingCode(product, email)
    for (const visitor of [product.browser(), pending])
      assert.match((await visitor.post(DISABLE, { password: PASSWORD })).location ?? '', /^\/sign-in/)
    const { browser: stranger } = await withTwoFactor(product)
    await stranger.post(DISABLE, { password: PASSWORD })
    assert.equal((await stateOf(database, email)).factors.length, 1)
  })

  test('where it is off already, the account page says so', async () => {
    const { browser } = await signedUp(product)
    for (const answer of [await browser.get(DISABLE), await browser.post(DISABLE, { password: PASSWORD })])
      assert.deepEqual([answer.status, answer.location], [303, '/settings/account'])
  })

  test('is one row in the log, with the failures before it', async () => {
    const { browser, email } = await withTwoFactor(product)
    await browser.post(DISABLE, { password: PASSWORD })
    assert.deepEqual(await loggedEvents(product, email), [
      'signed_up',
      'signed_in password',
      'second_factor_on',
      'second_factor_off',
    ])
  })
})
