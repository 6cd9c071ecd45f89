import assert from 'node:assert/strict'
import { after, afterEach, describe, test } from 'node:test'
import {
  type Browser,
  codeOf,
  copyOf,
  DONE,
  ENROLMENT,
  enrolling,
  everyRow,
  latchkey,
  PASSWORD,
  readEnrolPage,
  SET_UP,
  signedUp,
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

const isOn = async (email: string) => (await stateOf(database, email)).factors.length === 1
const take = (browser: Browser) => browser.cookies.get(ENROLMENT) ?? ''
const give = (browser: Browser, cookie: string) => browser.cookies.set(ENROLMENT, cookie)
const done = (browser: Browser, enrolment: string) => browser.post(DONE, { enrolment, saved: 'yes' })

/** Runs `attack` and sees that not a row of the database is different afterwards. */
async function changingNothing<Result>(attack: () => Promise<Result>): Promise<Result> {
  const before = await everyRow(product)
  const result = await attack()
  assert.deepEqual(await everyRow(product), before)
  return result
}

describe('attacks on the set-up', () => {
  test('opened in two windows: the older one’s code and Done are refused, only the newer can finish (A09)', async () => {
    const { browser, email } = await signedUp(product)
    const older = await enrolling(product, browser)
    const newer = await enrolling(product, browser)
    assert.notEqual(older.key, newer.key)
    const late = await browser.post(SET_UP, { enrolment: older.enrolment, code: codeOf(older.key, clock.now()) })
    assert.equal(late.status, 409)
    assert.match(late.text, /That page was from an earlier set-up/)
    assert.equal(readEnrolPage(late.html).key, newer.key, 'the one that counts is shown')
    const lateDone = await changingNothing(() => done(browser, older.enrolment))
    assert.equal(lateDone.status, 409)
    assert.equal((await changingNothing(() => browser.post(DONE, { saved: 'yes' }))).status, 409, 'nameless')
    assert.equal((await done(browser, newer.enrolment)).location, '/settings/account')
    assert.equal((await stateOf(database, email)).factors[0]?.id, newer.enrolment)
  })

  test('the code of the older window’s key does not confirm the newer', async () => {
    const { browser } = await signedUp(product)
    const older = await enrolling(product, browser)
    await browser.post(`${SET_UP}/confirm`, { password: PASSWORD })
    const { enrolment } = readEnrolPage((await browser.get(SET_UP)).html)
    const answer = await browser.post(SET_UP, { enrolment, code: codeOf(older.key, clock.now()) })
    assert.equal(answer.status, 422)
  })

  test('an old cookie replayed after another window turned it on changes nothing (A10)', async () => {
    const { browser, enrolment, cookie } = await halfDone()
    await done(browser, enrolment)
    give(browser, cookie)
    const again = await changingNothing(() => done(browser, enrolment))
    assert.equal(again.location, '/settings/account')
    assert.equal((await browser.get('/settings/account')).status, 200)
    give(browser, cookie)
    for (const path of [SET_UP, DONE, `${DONE}/download`, `${DONE}/print`])
      assert.equal((await changingNothing(() => browser.get(path))).location, '/settings/account', path)
    assert.equal((await changingNothing(() => browser.post(SET_UP, { enrolment, code: '123456' }))).status, 303)
  })

  test('one account’s cookie inside another’s session counts as absent (A11)', async () => {
    const victim = await signedUp(product)
    const attacker = await halfDone()
    give(victim.browser, attacker.cookie)
    await changingNothing(async () => {
      assert.equal((await victim.browser.get(SET_UP)).location, `${SET_UP}/confirm`)
      assert.equal((await done(victim.browser, attacker.enrolment)).location, '/settings/account')
    })
    assert.ok(!(await isOn(victim.email)))
    assert.ok(!(await isOn(attacker.email)))
  })

  test('the cookie is worth nothing after sign-out and sign-in of the same account (A12)', async () => {
    const { browser, email, enrolment, cookie } = await halfDone()
    await browser.post('/sign-out')
    assert.equal(browser.cookies.get(ENROLMENT), undefined)
    await browser.post('/sign-in', { email, password: PASSWORD })
    give(browser, cookie)
    assert.equal((await changingNothing(() => browser.get(DONE))).location, `${SET_UP}/confirm`)
    await changingNothing(() => done(browser, enrolment))
    assert.ok(!(await isOn(email)))
  })

  test('the cookie replayed after the second factor was disabled does not turn it on again (A10)', async () => {
    const { browser, email, enrolment, cookie, key } = await halfDone()
    await done(browser, enrolment)
    await browser.post('/settings/two-factor/disable', { password: PASSWORD })
    give(browser, cookie)
    const answer = await changingNothing(() => done(browser, enrolment))
    assert.equal(answer.location, '/settings/account')
    assert.match((await browser.get('/settings/account')).text, /Nothing was changed/)
    give(browser, cookie)
    await browser.post(SET_UP, { enrolment, code: codeOf(key, clock.now(), 1) })
    await changingNothing(() => done(browser, enrolment))
    assert.ok(!(await isOn(email)))
  })

  test('a set-up begun before the password was changed cannot finish after it (A14)', async () => {
    const { browser, email, enrolment } = await halfDone()
    await browser.post('/settings/password', { current: PASSWORD, new: 'eleven sardines hum quietly' })
    const answer = await changingNothing(() => done(browser, enrolment))
    assert.equal(answer.location, '/settings/account')
    assert.ok(!(await isOn(email)))
  })

  test('with any one character changed the cookie counts as absent (A29)', async () => {
    const { browser, enrolment, cookie, email } = await halfDone()
    for (let index = 0; index < cookie.length; index += 23) {
      const other = cookie[index] === 'A' ? 'B' : 'A'
      give(browser, cookie.slice(0, index) + other + cookie.slice(index + 1))
      assert.equal((await changingNothing(() => done(browser, enrolment))).location, '/settings/account')
    }
    assert.ok(!(await isOn(email)))
    give(browser, cookie)
    await done(browser, enrolment)
    assert.ok(await isOn(email), 'unchanged it works')
  })

  test('a set-up cookie at Replace, and a replacement’s at set-up, count as absent', async () => {
    const { browser } = await withTwoFactor(product)
    await browser.post('/settings/two-factor/replace/confirm', { password: PASSWORD })
    const { enrolment } = readEnrolPage((await browser.get('/settings/two-factor/replace')).html)
    assert.equal((await changingNothing(() => done(browser, enrolment))).location, '/settings/account')
    const setUp = await halfDone()
    const stolen = copyOf(product, browser)
    give(stolen, setUp.cookie)
    const code = codeOf(setUp.key, clock.now())
    const fields = { enrolment: setUp.enrolment, code }
    const answer = await changingNothing(() => stolen.post('/settings/two-factor/replace', fields))
    assert.equal(answer.location, '/settings/account')
  })

  test('without a session, or with the password alone, no step answers (A06)', async () => {
    const { email } = await withTwoFactor(product)
    const stranger = product.browser()
    const halfIn = product.browser()
    await halfIn.post('/sign-in', { email, password: PASSWORD })
    const { cookie, enrolment } = await halfDone()
    for (const visitor of [stranger, halfIn]) {
      give(visitor, cookie)
      for (const path of [SET_UP, DONE, `${DONE}/download`, `${DONE}/print`, `${SET_UP}/confirm`]) {
        const answer = await visitor.get(path)
        assert.equal(answer.status, 303)
        assert.match(answer.location ?? '', /^\/sign-in/)
      }
      assert.match((await changingNothing(() => done(visitor, enrolment))).location ?? '', /^\/sign-in/)
    }
  })
})

async function halfDone() {
  const { browser, email } = await signedUp(product)
  const { key, enrolment } = await enrolling(product, browser)
  return { browser, email, key, enrolment, cookie: take(browser) }
}
