import assert from 'node:assert/strict'
import { after, afterEach, describe, test } from 'node:test'
import {
  type Browser,
  latchkey,
  PASSWORD,
  readAccessToken,
  signedUp,
  TOKENS_PAGE,
  tokenFields,
  withToken,
} from '#testing/index.ts'
import { newAccessToken } from './token.ts'

const product = await latchkey()
const { clock } = product
afterEach(() => assert.deepEqual(product.faults, []))
after(product.close)

const VALUE = `${TOKENS_PAGE}/value`
const COOKIE = '__Host-latchkey-token'
const SECOND = 1000

/** Up to the redirect: the value is in the cookie, and nobody has seen it yet. */
async function generating(browser: Browser) {
  const answer = await browser.post(`${TOKENS_PAGE}/generate/confirm`, { ...tokenFields(product), password: PASSWORD })
  assert.deepEqual([answer.status, answer.location], [303, VALUE])
  return answer
}

async function assertNotShown(browser: Browser) {
  const page = await browser.get(VALUE)
  assert.equal(page.status, 200)
  assert.equal(readAccessToken(page.html), '')
  assert.match(page.text, /It was shown once\. If you didn't save it, regenerate it\./)
}

describe('the value of a new token', () => {
  test('is shown once: not by a reload, not by Back, not in another tab, and on no other page', async () => {
    const { browser } = await signedUp(product)
    const made = await generating(browser)
    assert.equal(readAccessToken(made.html), '')
    const page = await browser.get(VALUE)
    const value = readAccessToken(page.html)
    assert.match(value, /^lk_/)
    assert.equal(page.headers.get('Cache-Control'), 'no-store')
    assert.ok(!browser.cookies.has(COOKIE))
    await assertNotShown(browser)
    await assertNotShown(browser)
    for (const path of [TOKENS_PAGE, `${TOKENS_PAGE}/generate`, '/settings/activity', '/'])
      assert.ok(!(await browser.get(path)).html.includes(value), path)
  })

  test('travels in a cookie that can not be read: sealed, for this host, out of reach of scripts, two minutes', async () => {
    const { browser } = await signedUp(product)
    const { headers } = await generating(browser)
    const line = headers.getSetCookie().find((each) => each.startsWith(`${COOKIE}=`)) ?? ''
    assert.deepEqual(line.split('; ').slice(1).sort(), ['HttpOnly', 'Max-Age=120', 'Path=/', 'SameSite=Lax', 'Secure'])
    const sealed = Buffer.from(line.split('; ')[0]?.split('.')[1] ?? '', 'base64url').toString('latin1')
    const value = readAccessToken((await browser.get(VALUE)).html)
    assert.ok(value && !sealed.includes(value) && !line.includes(value))
  })

  test('waits for two minutes, and not a second longer, whatever the browser still sends', async () => {
    const { browser } = await signedUp(product)
    await generating(browser)
    const cookie = browser.cookies.get(COOKIE) ?? ''
    clock.advance(120 * SECOND - SECOND)
    assert.match(readAccessToken((await browser.get(VALUE)).html), /^lk_/)
    clock.advance(2 * SECOND)
    browser.cookies.set(COOKIE, cookie)
    await assertNotShown(browser)
  })

  test('is not shown to another session of the account, nor to another account, nor after a flipped letter', async () => {
    const { browser, email } = await signedUp(product)
    const other = product.browser()
    await other.post('/sign-in', { email, password: PASSWORD })
    const { browser: stranger } = await signedUp(product)
    await generating(browser)
    const cookie = browser.cookies.get(COOKIE) ?? ''
    for (const somebody of [other, stranger]) {
      somebody.cookies.set(COOKIE, cookie)
      await assertNotShown(somebody)
    }
    for (const forged of [cookie.slice(0, -1), `x${cookie}`, 't1.AAAA', '', '%E0%A4%A', newAccessToken()]) {
      browser.cookies.set(COOKIE, forged)
      await assertNotShown(browser)
    }
  })

  test('is not shown when it was removed meanwhile', async () => {
    const { browser } = await signedUp(product)
    await generating(browser)
    const [, id = ''] = / name="token-([\w-]+)"/.exec((await browser.get(TOKENS_PAGE)).html) ?? []
    await browser.post(`${TOKENS_PAGE}/remove`, { ids: id, password: PASSWORD })
    await assertNotShown(browser)
  })

  test('nobody who is not signed in gets there', async () => {
    const stranger = product.browser()
    for (const path of [VALUE, TOKENS_PAGE, `${TOKENS_PAGE}/generate`, `${TOKENS_PAGE}/remove`])
      assert.equal((await stranger.get(path)).location, `/sign-in?return_to=${encodeURIComponent(path)}`)
    for (const path of [VALUE, `${VALUE}/download`, TOKENS_PAGE, `${TOKENS_PAGE}/generate/confirm`])
      assert.equal((await stranger.post(path)).location, '/sign-in')
  })
})

describe('Download', () => {
  test('is a text file of a fixed name that nobody keeps on the way', async () => {
    const { browser, email } = await signedUp(product)
    const { value } = await withToken(product, browser, { description: 'quote "; filename="x' })
    const { status, headers, html: file } = await browser.post(`${VALUE}/download`, { value })
    assert.equal(status, 200)
    assert.equal(headers.get('Content-Disposition'), 'attachment; filename="latchkey-access-token.txt"')
    assert.equal(headers.get('Content-Type'), 'text/plain; charset=utf-8')
    assert.equal(headers.get('Cache-Control'), 'no-store')
    assert.match(file, new RegExp(`^${value}$`, 'm'))
    for (const part of [email, 'https://latchkey.test']) assert.ok(file.includes(part))
  })
})

describe('a value in the form', () => {
  const posts = (browser: Browser, value: string) =>
    Promise.all([browser.post(`${VALUE}/download`, { value }), browser.post(VALUE, { value })])

  test('that is no token of the account is refused and not echoed', async () => {
    const { browser } = await signedUp(product)
    const { browser: another } = await signedUp(product)
    const { value: theirs } = await withToken(product, another)
    for (const value of [theirs, newAccessToken(), `${theirs.slice(0, -1)}-`, '<b>bold</b>', ''])
      for (const answer of await posts(browser, value)) {
        assert.deepEqual([answer.status, answer.location], [303, TOKENS_PAGE])
        assert.ok(value === '' || !answer.html.includes(value))
      }
    const list = await browser.get(TOKENS_PAGE)
    assert.match(list.text, /Nothing was changed\. This account doesn't have that access token/)
  })

  test('that is the account’s, but was removed, regenerated or is over, is refused', async () => {
    const { browser } = await signedUp(product)
    const removed = await withToken(product, browser)
    await browser.post(`${TOKENS_PAGE}/remove`, { ids: removed.id, password: PASSWORD })
    const regenerated = await withToken(product, browser)
    const { expires_at = '' } = tokenFields(product)
    const again = { expires_at, overlap: 'yes', password: PASSWORD }
    await browser.post(`${TOKENS_PAGE}/${regenerated.id}/regenerate`, again)
    const over = await withToken(product, browser, { expires_at: clock.now().toISOString().slice(0, 10) })
    const endOfDay = Date.parse(`${clock.now().toISOString().slice(0, 10)}T23:59:59.000Z`)
    while (clock.now().getTime() < endOfDay) {
      clock.advance(30 * 60 * SECOND) // keeps the session from idling for an hour
      await browser.get('/')
    }
    for (const { value } of [removed, regenerated, over])
      for (const answer of await posts(browser, value)) assert.equal(answer.location, TOKENS_PAGE)
  })

  test('is not used by being looked at', async () => {
    const { browser } = await signedUp(product)
    const { value } = await withToken(product, browser)
    await posts(browser, value)
    assert.match((await browser.get(TOKENS_PAGE)).text, /Last used: Never/)
  })
})

describe('Done', () => {
  test('without the tick is refused beside the tick, and shows the value again', async () => {
    const { browser } = await signedUp(product)
    const { value } = await withToken(product, browser)
    const answer = await browser.post(VALUE, { value })
    assert.equal(answer.status, 422)
    assert.match(answer.text, /Save the value first, then tick this/)
    assert.match(answer.html, /aria-describedby="saved-error"/)
    assert.equal(readAccessToken(answer.html), value)
    assert.equal(answer.headers.get('Cache-Control'), 'no-store')
  })

  test('with the tick leads to the list, which does not show it', async () => {
    const { browser } = await signedUp(product)
    const { value } = await withToken(product, browser)
    assert.equal((await browser.post(VALUE, { value, saved: 'yes' })).location, TOKENS_PAGE)
    const list = await browser.get(TOKENS_PAGE)
    assert.match(list.text, /The access token is ready\. We won't show its value again\./)
    assert.equal(readAccessToken(list.html), '')
    await assertNotShown(browser)
  })
})
