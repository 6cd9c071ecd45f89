import assert from 'node:assert/strict'
import { after, afterEach, describe, test } from 'node:test'
import { assertInvariants, everything, stateOf } from '../invariants.ts'
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
  SET_UP,
  signedInWith,
  signedUp,
  viewingCodes,
  withAnother,
  withTwoFactor,
} from '../testing.ts'

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
  test('password, QR code, name and code: it stands on the list, and the codes of both open the account', async () => {
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
    assert.match(text, / Authenticator Added: 1 Mar 2026 Last used: not used yet/)
    assert.match(text, / Pixel on the desk Added: 1 Mar 2026 Last used: not used yet/)
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

  test('a proposed name is none that is taken', async () => {
    const { browser } = await withTwoFactor(product)
    assert.equal((await adding(browser)).name, 'Authenticator 2')
    await withAnother(product, browser, 'Authenticator 3')
    assert.equal((await adding(browser)).name, 'Authenticator 4')
  })
})

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

  test('the cookie of another flow, or used for one (A11)', async () => {
    const { browser, email } = await withTwoFactor(product)
    const { key, enrolment } = await adding(browser)
    const fields = { enrolment, code: codeOf(key, clock.now()) }
    assert.equal((await browser.post('/settings/two-factor/replace', fields)).location, '/settings/account')
    const { browser: off } = await signedUp(product)
    await off.post(`${SET_UP}/confirm`, { password: PASSWORD })
    const setUp = readEnrolPage((await off.get(SET_UP)).html)
    assert.equal(
      (await off.post(ADD, { enrolment: setUp.enrolment, name: 'x', code: codeOf(setUp.key, clock.now()) })).location,
      '/settings/account',
    )
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
    assert.match((await browser.get(LIST)).text, /The account was changed in another window meanwhile/)
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
    assert.match((await browser.get(LIST)).text, /An account can have 10 authenticators, and you have as many\./)
    assert.equal((await browser.get(ADD)).location, `${ADD}/confirm`)
    assert.equal((await stateOf(database, email)).factors.length, 10)
  })
})
