import assert from 'node:assert/strict'
import { after, afterEach, describe, test } from 'node:test'
import {
  adding,
  codeOf,
  DONE,
  ENROLMENT,
  everyRow,
  latchkey,
  PASSWORD,
  readEnrolPage,
  replacing,
  signedInWith,
  signedUp,
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

const ADD = '/settings/two-factor/add'
const LIST = '/settings/two-factor/authenticators'

describe('what does not add one', () => {
  test('a wrong password, a wrong code, no code, a bad name, another window’s page: all change nothing', async () => {
    const { browser, key: first } = await withTwoFactor(product)
    assert.equal((await browser.post(`${ADD}/confirm`, { password: 'wrong' })).status, 422)
    assert.equal((await browser.get(ADD)).location, `${ADD}/confirm`)
    const earlier = await adding(browser)
    const { key, enrolment } = await adding(browser)
    const before = await everyRow(product)
    const post = (fields: Record<string, string>) => browser.post(ADD, fields)
    const right = codeOf(key, clock.now())
    const refusals = [
      await post({ enrolment, name: 'My <phone>', code: codeOf(first, clock.now()) }),
      await post({ enrolment, name: 'My <phone>', code: codeOf(key, clock.now(), 2) }),
      await post({ enrolment, name: 'My <phone>', code: '12345' }),
      await post({ enrolment, name: 'My <phone>', code: '' }),
      await post({ enrolment, name: 'My <phone>' }),
    ]
    for (const { status, html } of refusals) {
      assert.equal(status, 422)
      assert.equal(readEnrolPage(html).key, key, 'the same QR code')
      assert.match(html, /name="name"[^>]* value="My &lt;phone&gt;"/, 'the name that was typed is not lost')
    }
    for (const name of [undefined, '', '   ', 'x'.repeat(41), 'a\nb', '\u202Ephone', '\u200B']) {
      const { status, html } = await post({ enrolment, code: right, ...(name !== undefined && { name }) })
      assert.equal(status, 422, JSON.stringify(name))
      assert.match(html, /id="name-error"/)
    }
    const both = await post({ enrolment, name: '', code: '' })
    assert.match(both.html, /id="name-error"[\s\S]*id="code-error"/)
    assert.equal((await post({ enrolment: earlier.enrolment, name: 'x', code: right })).status, 409)
    assert.equal((await post({ name: 'x', code: right })).status, 409)
    assert.equal((await post({ enrolment, name: 'x', code: right, slot: 'totp' })).status, 400)
    assert.deepEqual(await everyRow(product), before)
  })

  test('the cookie of another flow, or its own at another one (A11)', async () => {
    const { browser, email } = await withTwoFactor(product)
    const before = (await everyRow(product)).factors
    const post = (path: string, { key, enrolment }: { key: string; enrolment: string }, name = {}) =>
      browser.post(path, { enrolment, code: codeOf(key, clock.now()), ...name })
    assert.equal((await post('/settings/two-factor/replace', await adding(browser))).location, '/settings/account')
    assert.equal((await post(ADD, await replacing(browser), { name: 'x' })).location, LIST)
    const { enrolment } = await adding(browser)
    assert.equal((await browser.post(DONE, { enrolment, saved: 'yes' })).location, '/settings/account')
    assert.deepEqual((await everyRow(product)).factors, before)
    assert.equal((await stateOf(database, email)).factors.length, 1)
  })

  test('the cookie inside another account’s session, or after sign-out and sign-in (A11, A12)', async () => {
    const { browser, email, codes } = await withTwoFactor(product)
    const { key, enrolment } = await adding(browser)
    const cookie = browser.cookies.get(ENROLMENT) ?? ''
    const { browser: stranger, email: other } = await withTwoFactor(product)
    await browser.post('/sign-out')
    const later = await signedInWith(product, email, codes[0] ?? '')
    for (const holder of [stranger, later]) {
      holder.cookies.set(ENROLMENT, cookie)
      const answer = await holder.post(ADD, { enrolment, name: 'x', code: codeOf(key, clock.now()) })
      assert.equal(answer.location, LIST)
      assert.match((await holder.get(LIST)).text, /Nothing was changed\./)
    }
    for (const each of [email, other]) assert.equal((await stateOf(database, each)).factors.length, 1)
  })

  test('the cookie replayed: after it was added, after that one was removed, and after another change (A10)', async () => {
    const { browser, email } = await withTwoFactor(product)
    const { key, enrolment } = await adding(browser)
    const cookie = browser.cookies.get(ENROLMENT) ?? ''
    const send = (away: number) => {
      browser.cookies.set(ENROLMENT, cookie)
      return browser.post(ADD, { enrolment, name: 'Spare', code: codeOf(key, clock.now(), away) })
    }
    await send(0)
    const before = await everyRow(product)
    assert.equal((await send(1)).location, LIST)
    assert.deepEqual(await everyRow(product), before, 'sent twice is added once')
    assert.equal((await browser.post(`${LIST}/${enrolment}/remove`, { password: PASSWORD })).location, LIST)
    const removed = await everyRow(product)
    assert.equal((await send(1)).location, LIST)
    assert.match((await browser.get(LIST)).text, /The account was changed in another window/)
    assert.deepEqual((await everyRow(product)).factors, removed.factors)
    assert.equal((await stateOf(database, email)).factors.length, 1)
  })

  test('fifteen minutes later: a second before it still does, a second after it does not', async () => {
    for (const [seconds, many] of [
      [-1, 2],
      [1, 1],
    ] as const) {
      const { browser, email } = await withTwoFactor(product)
      const { key, enrolment } = await adding(browser)
      clock.advance((15 * 60 + seconds) * 1000)
      const answer = await browser.post(ADD, { enrolment, name: 'x', code: codeOf(key, clock.now()) })
      assert.equal(answer.location, LIST)
      assert.equal((await stateOf(database, email)).factors.length, many)
    }
  })

  test('Cancel, which leaves everything as it was', async () => {
    const { browser, email } = await withTwoFactor(product)
    const { enrolment } = await adding(browser)
    assert.equal((await browser.post(`${ADD}/cancel`, { enrolment, name: '', code: '' })).location, LIST)
    assert.equal((await browser.get(ADD)).location, `${ADD}/confirm`)
    assert.equal((await stateOf(database, email)).factors.length, 1)
  })

  test('an account without a second factor', async () => {
    const { browser } = await signedUp(product)
    for (const path of [ADD, `${ADD}/confirm`, LIST])
      assert.equal((await browser.get(path)).location, '/settings/account', path)
    assert.equal((await browser.post(`${ADD}/confirm`, { password: PASSWORD })).location, '/settings/account')
  })

  test('the eleventh: the tenth fits, and then the page says to remove one first', async () => {
    const { browser, email } = await withTwoFactor(product)
    for (let number = 2; number <= 10; number++) await withAnother(product, browser, `Phone ${number}`)
    assert.equal((await stateOf(database, email)).factors.length, 10)
    const { html, text } = await browser.get(LIST)
    assert.match(text, /An account can have ten authenticators\. To add another, remove one first\./)
    assert.doesNotMatch(html, /Add Authenticator/)
    assert.equal((await browser.post(`${ADD}/confirm`, { password: PASSWORD })).location, LIST)
    assert.match((await browser.get(LIST)).text, /An account can have 10 authenticators, and you have that many\./)
    assert.equal((await browser.get(ADD)).location, `${ADD}/confirm`)
    assert.equal((await stateOf(database, email)).factors.length, 10)
  })
})
