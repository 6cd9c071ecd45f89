import assert from 'node:assert/strict'
import { after, afterEach, describe, test } from 'node:test'
import {
  adding,
  answerCode,
  codeOf,
  copyOf,
  ENROLMENT,
  everyRow,
  latchkey,
  owingCode,
  PASSWORD,
  readEnrolPage,
  SESSION,
  signedInWith,
  viewingCodes,
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

const ADD = '/settings/two-factor/add'
const LIST = '/settings/two-factor/authenticators'

describe('one more authenticator', () => {
  test('password, QR code, name and code: it is on the list, and the codes of both open the account', async () => {
    const { browser, email, key: first } = await withTwoFactor(product)
    assert.equal((await browser.get(ADD)).location, `${ADD}/confirm`)
    assert.equal((await browser.post(`${ADD}/confirm`, { password: PASSWORD })).location, ADD)
    const page = await browser.get(ADD)
    assert.match(page.html, /<h1>Register Authentication App<\/h1>/)
    assert.match(page.html, /name="name"[^>]* value="Authenticator 2"/)
    const { key, enrolment } = readEnrolPage(page.html)
    const done = await browser.post(ADD, { enrolment, name: ' Pixel on the desk ', code: codeOf(key, clock.now(), -1) })
    assert.deepEqual([done.status, done.location], [303, LIST])
    const { text } = await browser.get(LIST)
    assert.match(text, /The authenticator has been added\./)
    assert.match(text, / Authenticator Added 1 Mar 2026 , not used yet/)
    assert.match(text, / Pixel on the desk Added 1 Mar 2026 , not used yet/)
    await signedInWith(product, email, codeOf(first, clock.now()))
    await signedInWith(product, email, codeOf(key, clock.now()))
    const { factors } = await stateOf(database, email)
    assert.deepEqual(
      factors.map(({ lastUsedAt }) => lastUsedAt?.getTime()),
      [clock.now().getTime(), clock.now().getTime()],
    )
    assert.deepEqual(factors.map(({ slot }) => slot).sort(), factors.map(({ id }) => id).sort())
  })

  test('nothing about the account has changed until its code is right', async () => {
    const { browser } = await withTwoFactor(product)
    await browser.post(`${ADD}/confirm`, { password: PASSWORD })
    const before = await everyRow(product)
    await browser.get(ADD)
    await browser.get(`${ADD}/confirm`)
    assert.deepEqual(await everyRow(product), before)
  })

  test('ends the other sessions and every pending sign-in, goes on under a new token, and is logged with its id (A14)', async () => {
    const { browser, email, codes } = await withTwoFactor(product)
    const other = await signedInWith(product, email, codes[0] ?? '')
    const pending = await owingCode(product, email)
    const before = await stateOf(database, email)
    const { key, enrolment } = await adding(browser)
    const old = copyOf(product, browser)
    await browser.post(ADD, { enrolment, name: 'Spare', code: codeOf(key, clock.now()) })
    assert.notEqual(browser.cookies.get(SESSION), old.cookies.get(SESSION))
    assert.equal(browser.cookies.has(ENROLMENT), false)
    for (const ended of [other, old]) assert.equal((await ended.get('/')).location, '/sign-in')
    assert.equal((await answerCode(pending, codes[1] ?? '')).location, '/sign-in')
    const { account, sessions, pendingSignIns, recoveryCodes, events } = await stateOf(database, email)
    assert.deepEqual([sessions.length, pendingSignIns.length], [1, 0])
    assert.equal(account.securityVersion, before.account.securityVersion + 1)
    assert.deepEqual(recoveryCodes, before.recoveryCodes, 'the recovery codes stay')
    assert.deepEqual(
      events.filter(({ kind }) => kind === 'authenticator_added').map(({ subject, notice }) => [subject, notice]),
      [[enrolment, 'due']],
    )
    assert.deepEqual((await viewingCodes(browser)).codes, codes.slice(1))
  })

  test('the code that confirmed it is spent at sign-in, and so is every older one (A05)', async () => {
    const { browser, email } = await withTwoFactor(product)
    const { key, enrolment } = await adding(browser)
    await browser.post(ADD, { enrolment, name: 'Spare', code: codeOf(key, clock.now()) })
    const later = await owingCode(product, email)
    for (const away of [0, -1]) {
      const answer = await answerCode(later, codeOf(key, clock.now(), away))
      assert.equal(answer.status, 422)
      assert.match(answer.text, /That code has already been used/)
    }
    assert.equal((await answerCode(later, codeOf(key, clock.now(), 1))).status, 303)
  })

  test('does not give a guesser more guesses: the count of wrong codes is the account’s, and stays', async () => {
    const { browser, email } = await withTwoFactor(product)
    const { account } = await stateOf(database, email)
    const failures = async () =>
      (await everything(database)).limits.find(({ key }) => key === `authenticator:${account.id}`)?.count
    const guesser = await owingCode(product, email)
    for (let guesses = 0; guesses < 3; guesses++) await answerCode(guesser, '000000')
    assert.equal(await failures(), 3)
    await withAnother(product, browser)
    assert.equal(await failures(), 3)
    const again = await owingCode(product, email)
    for (const guess of ['000001', '000002']) await answerCode(again, guess)
    assert.equal(await failures(), 5, 'one for each guess, however many authenticators it was tried against')
    const delayed = await answerCode(again, '000003')
    assert.equal(delayed.status, 429)
    clock.advance(60 * 60_000)
  })

  test('a proposed name is never one that is taken', async () => {
    const { browser } = await withTwoFactor(product)
    assert.equal((await adding(browser)).name, 'Authenticator 2')
    await withAnother(product, browser, 'Authenticator 3')
    assert.equal((await adding(browser)).name, 'Authenticator 4')
  })
})
