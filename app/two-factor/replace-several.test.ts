import assert from 'node:assert/strict'
import { after, afterEach, describe, test } from 'node:test'
import {
  answerCode,
  codeOf,
  everyRow,
  latchkey,
  owingCode,
  PASSWORD,
  readEnrolPage,
  replacing,
  signedInWith,
  withAnother,
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
const MOVE = `${REPLACE}/move`

describe('Move to a New Phone', () => {
  test('with one authenticator: three steps in words, no choice, and on to the password', async () => {
    const { browser } = await withTwoFactor(product)
    const { html, text } = await browser.get(MOVE)
    assert.match(html, /<h1>Move to a New Phone<\/h1>/)
    assert.match(text, /Step 1 .*password\. Step 2 .*QR code.*Step 3 .*Delete the entry on the old phone/)
    assert.match(text, /Lost the old phone\?/)
    assert.doesNotMatch(text, /Which one moves\?/)
    assert.match(html, new RegExp(`href="${REPLACE}/confirm"`))
    assert.match((await browser.get(`${REPLACE}/confirm`)).text, /This is about Authenticator \./)
  })

  test('with two: asks which, also where the notice after a recovery code leads', async () => {
    const { browser, email, codes } = await withTwoFactor(product)
    const spare = await withAnother(product, browser)
    const { html, text } = await browser.get(MOVE)
    assert.match(text, /Which one moves\?.*Spare phone/)
    for (const { id } of (await stateOf(database, email)).factors)
      assert.ok(html.includes(`href="${REPLACE}/confirm?authenticator=${id}"`))
    const back = await signedInWith(product, email, codes[0] ?? '')
    assert.match((await back.get('/')).html, /href="\/settings\/two-factor\/replace\/confirm"/)
    assert.equal((await back.get(`${REPLACE}/confirm`)).location, MOVE)
    assert.equal((await back.post(`${REPLACE}/confirm`, { password: PASSWORD })).location, MOVE)
    const chosen = await back.get(`${REPLACE}/confirm?authenticator=${spare.id}`)
    assert.match(chosen.text, /This is about Spare phone \./)
    assert.match(chosen.html, new RegExp(`name="authenticator" value="${spare.id}"`))
  })

  test('the chosen one changes places with the new one under its name; the other works as before', async () => {
    const { browser, email, key: first } = await withTwoFactor(product)
    const spare = await withAnother(product, browser)
    const before = await stateOf(database, email)
    const { key, enrolment } = await replacing(browser, spare.id)
    assert.match((await browser.get(REPLACE)).text, /This takes the place of Spare phone/)
    assert.equal(
      (await browser.post(REPLACE, { enrolment, code: codeOf(key, clock.now()) })).location,
      '/settings/account',
    )
    const { text, html } = await browser.get('/settings/account')
    assert.match(text, /Your authenticator has been replaced\. Delete its entry on the old phone/)
    assert.match(
      html,
      /href="\/settings\/two-factor\/recovery-codes\/confirm"[^>]*>Look at your recovery codes, or generate/,
    )
    const now = await stateOf(database, email)
    assert.deepEqual(now.factors.map(({ name }) => name).sort(), ['Authenticator', 'Spare phone'])
    assert.equal(now.factors.find(({ name }) => name === 'Spare phone')?.id, enrolment)
    assert.deepEqual(now.recoveryCodes, before.recoveryCodes)
    const later = await owingCode(product, email)
    assert.match((await answerCode(later, codeOf(spare.key, clock.now()))).text, /That code is not right\./)
    assert.equal((await answerCode(later, codeOf(first, clock.now()))).status, 303)
    await signedInWith(product, email, codeOf(key, clock.now(), 1))
  })

  test('of one of two leaves the count of wrong codes: they were guesses at the other one as well', async () => {
    const { browser, email } = await withTwoFactor(product)
    const spare = await withAnother(product, browser)
    const guesser = await owingCode(product, email)
    for (let guesses = 0; guesses < 3; guesses++) await answerCode(guesser, '000000')
    const { key, enrolment } = await replacing(browser, spare.id)
    await browser.post(REPLACE, { enrolment, code: codeOf(key, clock.now()) })
    const { account } = await stateOf(database, email)
    const { limits } = await everything(database)
    assert.equal(limits.find((limit) => limit.key === `authenticator:${account.id}`)?.count, 3)
  })

  test('of an authenticator that is another account’s, gone, or unknown: asks again, and changes nothing', async () => {
    const { browser } = await withTwoFactor(product)
    const spare = await withAnother(product, browser)
    const { browser: stranger, email: other } = await withTwoFactor(product)
    const [theirs] = (await stateOf(database, other)).factors
    await browser.post(`/settings/two-factor/authenticators/${spare.id}/remove`, { password: PASSWORD })
    const before = await everyRow(product)
    for (const id of [theirs?.id ?? '', spare.id, 'nobody', '']) {
      assert.equal((await browser.get(`${REPLACE}/confirm?authenticator=${id}`)).location, MOVE)
      assert.equal((await browser.post(`${REPLACE}/confirm`, { authenticator: id, password: PASSWORD })).location, MOVE)
    }
    assert.deepEqual(await everyRow(product), before)
    assert.equal((await stranger.get(MOVE)).status, 200)
  })

  test('a wrong password keeps the choice; a new name given meanwhile is the one that stays', async () => {
    const { browser, email } = await withTwoFactor(product)
    const spare = await withAnother(product, browser)
    const wrong = await browser.post(`${REPLACE}/confirm`, { authenticator: spare.id, password: 'wrong' })
    assert.equal(wrong.status, 422)
    assert.match(wrong.html, new RegExp(`name="authenticator" value="${spare.id}"`))
    const { key, enrolment } = await replacing(browser, spare.id)
    await browser.post(`/settings/two-factor/authenticators/${spare.id}/rename`, { name: 'Pixel' })
    const { html } = await browser.get(REPLACE)
    assert.equal(readEnrolPage(html).key, key)
    await browser.post(REPLACE, { enrolment, code: codeOf(key, clock.now()) })
    assert.equal((await stateOf(database, email)).factors.find(({ id }) => id === enrolment)?.name, 'Pixel')
  })

  test('where the second factor is off there is nothing to move', async () => {
    const { browser } = await withTwoFactor(product)
    await browser.post('/settings/two-factor/disable', { password: PASSWORD })
    assert.equal((await browser.get(MOVE)).location, '/settings/account')
  })
})
