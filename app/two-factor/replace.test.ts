import assert from 'node:assert/strict'
import { after, afterEach, describe, test } from 'node:test'
import {
  answerCode,
  codeOf,
  copyOf,
  ENROLMENT,
  everyRow,
  latchkey,
  owingCode,
  PASSWORD,
  readEnrolPage,
  replacing,
  SESSION,
  signedInWith,
  signedUp,
  viewingCodes,
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

const REPLACE = '/settings/two-factor/replace'

describe('a lost device', () => {
  test('in by recovery code, the page leads to Replace Authenticator, and there to a new one', async () => {
    const { email, codes } = await withTwoFactor(product)
    const browser = await signedInWith(product, email, codes[0] ?? '')
    const { html } = await browser.get('/')
    assert.match(html, /href="\/settings\/two-factor\/replace\/confirm"[^>]*>Lost your device\? Replace Authenticator/)
    const { key, enrolment } = await replacing(browser)
    const answer = await browser.post(REPLACE, { enrolment, code: codeOf(key, clock.now()) })
    assert.deepEqual([answer.status, answer.location], [303, '/settings/account'])
    const { text } = await browser.get('/settings/account')
    assert.match(text, /Your authenticator has been replaced\./)
    await signedInWith(product, email, codeOf(key, clock.now(), 1))
  })

  test('the old authenticator works until the new one is confirmed, and not after', async () => {
    const { browser, email, key: old } = await withTwoFactor(product)
    const { key, enrolment } = await replacing(browser)
    assert.notEqual(key, old)
    const early = await owingCode(product, email)
    assert.equal((await answerCode(early, codeOf(key, clock.now()))).status, 422, 'the new one does not work yet')
    assert.equal((await answerCode(early, codeOf(old, clock.now()))).status, 303)
    await browser.post(REPLACE, { enrolment, code: codeOf(key, clock.now()) })
    const late = await owingCode(product, email)
    assert.equal((await answerCode(late, codeOf(old, clock.now(), 1))).status, 422)
    assert.equal((await answerCode(late, codeOf(key, clock.now(), 1))).status, 303)
  })

  test('the code that confirmed the new one is spent, and so is every older one (A05)', async () => {
    const { browser, email } = await withTwoFactor(product)
    const { key, enrolment } = await replacing(browser)
    await browser.post(REPLACE, { enrolment, code: codeOf(key, clock.now()) })
    const later = await owingCode(product, email)
    for (const away of [0, -1]) {
      const answer = await answerCode(later, codeOf(key, clock.now(), away))
      assert.equal(answer.status, 422)
      assert.match(answer.text, /That code has already been used/)
    }
  })

  test('the recovery codes stay, used ones used; the old secret leaves the database', async () => {
    const { email, codes } = await withTwoFactor(product)
    const browser = await signedInWith(product, email, codes[3] ?? '')
    const before = await stateOf(database, email)
    const { key, enrolment } = await replacing(browser)
    await browser.post(REPLACE, { enrolment, code: codeOf(key, clock.now()) })
    const now = await stateOf(database, email)
    assert.deepEqual(now.recoveryCodes, before.recoveryCodes)
    assert.equal(now.factors.length, 1)
    assert.ok(!JSON.stringify(await everything(database)).includes(before.factors[0]?.secret ?? '?'))
    const left = codes.filter((code) => code !== codes[3])
    assert.deepEqual((await viewingCodes(browser)).codes, left)
    await signedInWith(product, email, codes[4] ?? '')
  })

  test('ends the other sessions and every pending sign-in, and goes on under a new token (A14)', async () => {
    const { browser, email, codes } = await withTwoFactor(product)
    const other = await signedInWith(product, email, codes[0] ?? '')
    const pending = await owingCode(product, email)
    const { key, enrolment } = await replacing(browser)
    const old = copyOf(product, browser)
    await browser.post(REPLACE, { enrolment, code: codeOf(key, clock.now()) })
    assert.notEqual(browser.cookies.get(SESSION), old.cookies.get(SESSION))
    for (const ended of [other, old]) assert.equal((await ended.get('/')).location, '/sign-in')
    assert.equal((await answerCode(pending, codes[1] ?? '')).location, '/sign-in')
    const { sessions, pendingSignIns, count } = await stateOf(database, email)
    assert.deepEqual([sessions.length, pendingSignIns.length, count('second_factor_replaced')], [1, 0, 1])
  })

  test('the new one starts without the failures of the old one', async () => {
    const { browser, email } = await withTwoFactor(product)
    const guesser = await owingCode(product, email)
    for (let guesses = 0; guesses < 3; guesses++) await answerCode(guesser, '000000')
    const { account } = await stateOf(database, email)
    const failures = async () =>
      (await everything(database)).limits.find(({ key }) => key === `authenticator:${account.id}`)?.count
    assert.equal(await failures(), 3)
    const { key, enrolment } = await replacing(browser)
    await browser.post(REPLACE, { enrolment, code: codeOf(key, clock.now()) })
    assert.equal(await failures(), undefined)
  })
})

describe('what does not replace it', () => {
  test('a wrong password, a wrong code, the old one’s code, another window’s page: all change nothing', async () => {
    const { browser, key: old } = await withTwoFactor(product)
    assert.equal((await browser.post(`${REPLACE}/confirm`, { password: 'wrong' })).status, 422)
    assert.equal((await browser.get(REPLACE)).location, `${REPLACE}/confirm`)
    const earlier = await replacing(browser)
    const { key, enrolment } = await replacing(browser)
    const before = await everyRow(product)
    const post = (fields: { enrolment?: string; code?: string }) => browser.post(REPLACE, fields)
    const refusals = [
      await post({ enrolment, code: codeOf(old, clock.now()) }),
      await post({ enrolment, code: codeOf(key, clock.now(), 2) }),
      await post({ enrolment, code: codeOf(key, clock.now(), -3) }),
      await post({ enrolment, code: '12345' }),
      await post({ enrolment, code: '' }),
      await post({ enrolment }),
    ]
    for (const { status, html } of refusals) {
      assert.equal(status, 422)
      assert.equal(readEnrolPage(html).key, key)
    }
    const late = await post({ enrolment: earlier.enrolment, code: codeOf(earlier.key, clock.now()) })
    assert.equal(late.status, 409)
    assert.equal((await post({ code: codeOf(key, clock.now()) })).status, 409)
    assert.deepEqual(await everyRow(product), before)
  })

  test('the cookie replayed, once more and after another replacement (A10)', async () => {
    const { browser, email } = await withTwoFactor(product)
    const first = await replacing(browser)
    const cookie = browser.cookies.get(ENROLMENT) ?? ''
    const again = () => {
      browser.cookies.set(ENROLMENT, cookie)
      return browser.post(REPLACE, { enrolment: first.enrolment, code: codeOf(first.key, clock.now(), 1) })
    }
    await browser.post(REPLACE, { enrolment: first.enrolment, code: codeOf(first.key, clock.now()) })
    const before = await everyRow(product)
    assert.equal((await again()).location, '/settings/account')
    assert.deepEqual(await everyRow(product), before)
    const second = await replacing(browser)
    await browser.post(REPLACE, { enrolment: second.enrolment, code: codeOf(second.key, clock.now()) })
    assert.equal((await again()).location, '/settings/account')
    assert.match((await browser.get('/settings/account')).text, /Nothing was changed/)
    assert.equal((await stateOf(database, email)).factors[0]?.id, second.enrolment)
  })

  test('fifteen minutes later: a second before it still does, a second after it does not', async () => {
    for (const [seconds, replaced] of [
      [-1, true],
      [1, false],
    ] as const) {
      const { browser, email } = await withTwoFactor(product)
      const { key, enrolment } = await replacing(browser)
      clock.advance((15 * 60 + seconds) * 1000)
      const answer = await browser.post(REPLACE, { enrolment, code: codeOf(key, clock.now()) })
      assert.equal(answer.location, '/settings/account')
      assert.equal((await stateOf(database, email)).factors[0]?.id === enrolment, replaced)
    }
  })

  test('Cancel, which leaves everything as it was', async () => {
    const { browser, email, key: old } = await withTwoFactor(product)
    const { enrolment } = await replacing(browser)
    assert.equal((await browser.post(`${REPLACE}/cancel`, { enrolment, code: '' })).location, '/settings/account')
    assert.equal((await browser.get(REPLACE)).location, `${REPLACE}/confirm`)
    await signedInWith(product, email, codeOf(old, clock.now()))
  })

  test('an account without a second factor', async () => {
    const { browser } = await signedUp(product)
    for (const path of [REPLACE, `${REPLACE}/confirm`])
      assert.equal((await browser.get(path)).location, '/settings/account')
    assert.equal((await browser.post(`${REPLACE}/confirm`, { password: PASSWORD })).location, '/settings/account')
  })
})
