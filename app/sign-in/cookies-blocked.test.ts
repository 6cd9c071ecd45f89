import assert from 'node:assert/strict'
import { after, afterEach, describe, test } from 'node:test'
import {
  answerCode,
  type Browser,
  codeOf,
  everyRow,
  latchkey,
  newEmail,
  PASSWORD,
  PENDING,
  signedUp,
  withTwoFactor,
} from '#testing/index.ts'

const TITLE = /<h1[^>]*>Your browser didn&#39;t keep our cookie<\/h1>/
const CODE = '/sign-in/two-factor'
const product = await latchkey()
const { clock } = product
after(product.close)
afterEach(() => assert.deepEqual(product.faults, []))

/** Fills in the form of a page and sends it as a browser does, with the fields that nobody sees. */
async function submit(browser: Browser, path: string, fields: Record<string, string>, onTheWay = () => {}) {
  const { html, status } = await browser.get(path)
  assert.equal(status, 200, path)
  onTheWay()
  return browser.post(path.split('?')[0] ?? '', { ...hiddenIn(html), ...fields })
}

const hiddenIn = (html: string) =>
  Object.fromEntries(
    [...html.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)].map(([, name = '', value = '']) => [
      name,
      value,
    ]),
  )

describe('a browser that keeps no cookies hears why, instead of seeing an empty page again', () => {
  test('at sign-in: nothing is looked at, no session begins, and the way on leads where it was going', async () => {
    const { email } = await signedUp(product)
    const before = await everyRow(product)
    const browser = product.browser()
    const path = '/sign-in?return_to=%2Fsettings%2Fsessions'
    for (const password of [PASSWORD, 'not the password at all']) {
      const answer = await submit(browser, path, { email, password }, () => browser.cookies.clear())
      assert.deepEqual([answer.status, TITLE.test(answer.html), answer.location], [422, true, null])
      assert.ok(answer.html.includes('href="/sign-in?return_to=%2Fsettings%2Fsessions"'), 'the way on')
      assert.ok(answer.text.includes('Allow cookies for https://latchkey.test'), answer.text)
      assert.ok(!answer.html.includes(password) && !answer.html.includes(email), 'what was typed is not on it')
      browser.cookies.clear()
    }
    assert.deepEqual(await everyRow(product), before)
    assert.equal((await submit(browser, path, { email, password: PASSWORD })).location, '/settings/sessions', 'allowed')
  })

  test('at sign-up: no account is made, and the address stays free', async () => {
    const email = newEmail()
    const before = await everyRow(product)
    const browser = product.browser()
    const answer = await submit(browser, '/sign-up', { email, password: PASSWORD }, () => browser.cookies.clear())
    assert.deepEqual([answer.status, TITLE.test(answer.html)], [422, true])
    assert.match(answer.html, /href="\/sign-up"/)
    assert.deepEqual(await everyRow(product), before)
    assert.equal((await submit(browser, '/sign-up', { email, password: PASSWORD })).location, '/')
  })

  test('at the code page, where they were blocked on the way: the code stays good', async () => {
    const { email, key } = await withTwoFactor(product)
    const browser = product.browser()
    assert.equal((await submit(browser, '/sign-in', { email, password: PASSWORD })).location, CODE)
    const kept = new Map(browser.cookies)
    const code = codeOf(key, clock.now())
    const answer = await submit(browser, CODE, { code }, () => browser.cookies.clear())
    assert.deepEqual([answer.status, TITLE.test(answer.html)], [422, true])
    for (const [name, value] of kept) browser.cookies.set(name, value)
    assert.equal((await answerCode(browser, code)).location, '/')
  })
})

describe('nobody else hears that', () => {
  test('a person whose session or half-done sign-in has ended, or who has just signed out', async () => {
    const { email } = await withTwoFactor(product)
    const { browser, email: other } = await signedUp(product)
    clock.advance(61 * 60_000)
    assert.equal((await browser.get('/')).location, '/sign-in')
    assert.equal((await submit(browser, '/sign-in', { email: other, password: PASSWORD })).location, '/')
    await browser.post('/sign-out')
    assert.equal((await submit(browser, '/sign-in', { email: other, password: PASSWORD })).location, '/')

    const late = product.browser()
    await submit(late, '/sign-in', { email, password: PASSWORD })
    const answer = await submit(late, CODE, { code: '123456' }, () => late.cookies.delete(PENDING)) // its five minutes are over
    assert.equal(answer.location, '/sign-in')
    assert.match((await late.get('/sign-in')).text, /Sign in again|took too long/i)
    assert.equal((await submit(late, '/sign-in', { email, password: PASSWORD })).location, CODE)
  })

  test('a person who mistyped, and tries again on the page that says so', async () => {
    const { email } = await signedUp(product)
    const browser = product.browser()
    const wrong = await browser.post('/sign-in', { email, password: 'not the password at all' })
    const again = await browser.post('/sign-in', { ...hiddenIn(wrong.html), email, password: PASSWORD })
    assert.equal(again.location, '/')
  })

  test('a program that never saw the page', async () => {
    const { email } = await signedUp(product)
    assert.equal((await product.browser().post('/sign-in', { email, password: PASSWORD })).location, '/')
  })
})

test('the cookie that tells them apart holds nothing, lasts as long as the browser, and is set once', async () => {
  const browser = product.browser()
  const lines = (await browser.get('/sign-up')).headers.getSetCookie()
  assert.deepEqual(lines, ['__Host-latchkey-probe=asked; Path=/; HttpOnly; Secure; SameSite=Lax'])
  await browser.get('/sign-in') // has a cookie of its own, for passkeys
  for (const path of ['/sign-in', '/sign-up']) assert.deepEqual((await browser.get(path)).headers.getSetCookie(), [])
})
