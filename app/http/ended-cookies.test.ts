import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import {
  copyOf,
  ENROLMENT,
  enrolling,
  latchkey,
  owingCode,
  PASSWORD,
  PENDING,
  SESSION,
  SET_UP,
  signedUp,
  viewingCodes,
  withTwoFactor,
} from '#testing/index.ts'
import { keepHouse } from '../process/housekeeping.ts'

const MINUTE = 60_000
const product = await latchkey()
const { clock } = product
after(product.close)

describe('the cookie of a session that has ended', () => {
  test('is taken away on the page that its browser is led to, also when the row is long gone', async () => {
    for (const isSwept of [false, true]) {
      const { browser } = await signedUp(product)
      clock.advance(60 * MINUTE)
      if (isSwept) await keepHouse(product.deps)
      assert.equal((await browser.get('/')).location, '/sign-in')
      assert.ok(browser.cookies.has(SESSION))
      assert.equal((await browser.get('/sign-in')).status, 200)
      assert.ok(!browser.cookies.has(SESSION))
    }
  })

  test('stays with a live session, which sign-in sends to its dashboard', async () => {
    const { browser } = await signedUp(product)
    const answer = await browser.get('/sign-in')
    assert.equal(answer.location, '/')
    assert.deepEqual(answer.headers.getSetCookie(), [])
  })

  test('is left where a request crosses the renewal of its session, or it would take the new token away (A33)', async () => {
    const { browser } = await withTwoFactor(product)
    const crossing = copyOf(product, browser)
    await viewingCodes(browser) // asks for the password, and gives the session another token
    for (const path of ['/', '/settings/account', '/settings/two-factor/recovery-codes']) {
      const answer = await crossing.get(path)
      assert.equal(answer.status, 303)
      assert.ok(!answer.headers.getSetCookie().some((line) => line.startsWith(`${SESSION}=`)))
    }
  })

  test('gives way to the new one when someone signs in over it', async () => {
    const { browser, email } = await signedUp(product)
    clock.advance(60 * MINUTE)
    const answer = await browser.post('/sign-in', { email, password: PASSWORD })
    const lines = answer.headers.getSetCookie().filter((line) => line.startsWith(`${SESSION}=`))
    assert.equal(lines.length, 1)
    assert.equal((await browser.get('/')).status, 200)
  })
})

test('the cookie of a pending sign-in that is over is taken away when it comes', async () => {
  const { email } = await withTwoFactor(product)
  const browser = await owingCode(product, email)
  clock.advance(5 * MINUTE)
  assert.equal((await browser.get('/sign-in/two-factor')).location, '/sign-in')
  assert.ok(!browser.cookies.has(PENDING))
})

test('the cookies of a pending sign-in and of a set-up go with a sign-out', async () => {
  const { browser, email } = await withTwoFactor(product)
  const pending = (await owingCode(product, email)).cookies.get(PENDING) ?? ''
  const enrolment = (await signedUp(product)).browser
  await enrolling(product, enrolment)
  browser.cookies.set(PENDING, pending)
  browser.cookies.set(ENROLMENT, enrolment.cookies.get(ENROLMENT) ?? '')
  await browser.post('/sign-out')
  for (const name of [SESSION, PENDING, ENROLMENT]) assert.ok(!browser.cookies.has(name), name)
})

test('a browser drops by itself whatever ends by time: each cookie but that of a session has its Max-Age', async () => {
  const { browser, email } = await withTwoFactor(product)
  const lines = [
    ...(await product.browser().post('/sign-in', { email, password: PASSWORD })).headers.getSetCookie(),
    ...(
      await (await signedUp(product)).browser.post(`${SET_UP}/confirm`, { password: PASSWORD })
    ).headers.getSetCookie(),
    ...(await product.browser().get(`/mail/reset-password?token=${'a'.repeat(43)}`)).headers.getSetCookie(),
    ...(await browser.post('/sign-out')).headers.getSetCookie(),
  ]
  const seconds = (name: string) =>
    /Max-Age=(\d+)/.exec(lines.find((line) => line.startsWith(`__Host-latchkey-${name}=`)) ?? '')?.[1]
  assert.deepEqual(['pending', 'enrolment', 'mail-link', 'notice'].map(seconds), ['300', '900', '1800', '60'])
})
