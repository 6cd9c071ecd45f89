import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { BASE_URL, type Browser, everyRow, latchkey, PASSWORD, signedUp, withTwoFactor } from '#testing/index.ts'
import { allowedMethods } from './methods.ts'

const product = await latchkey()
after(() => product.close())

const allowed = allowedMethods(product.app)
const paths = [...new Set(product.app.routes.filter(({ method }) => method !== 'ALL').map(({ path }) => path))].filter(
  (path) => !path.includes(':'),
)

let visitors: [string, Browser][]
before(async () => {
  visitors = [
    ['nobody', product.browser()],
    ['someone with a second factor', (await withTwoFactor(product)).browser],
    ['someone without one', (await signedUp(product)).browser],
  ]
})

const send = (browser: Browser, method: string, path: string, headers: Record<string, string> = {}) =>
  browser.send(path, { method, headers: { Origin: BASE_URL, 'Sec-Fetch-Site': 'same-origin', ...headers } })

describe('a method that a page does not take', () => {
  for (const path of paths)
    test(`at ${path} is answered with 405 and Allow, no matter who asks (V4.1.4)`, async () => {
      const before = await everyRow(product)
      for (const [who, browser] of visitors)
        for (const method of ['PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PURGE', ...['GET', 'POST']]) {
          if (allowed(path).includes(method)) continue
          const answer = await send(browser, method, path)
          assert.equal(answer.status, 405, `${method} by ${who} answered ${answer.status}`)
          assert.equal(answer.headers.get('Allow'), allowed(path).join(', '))
        }
      assert.deepEqual(await everyRow(product), before)
    })

  test('is answered differently from a page that does not exist', async () => {
    for (const path of ['/nothing', '/assets/nothing.css', '/faviconXico', '/settings/account/x'])
      assert.equal((await product.browser().get(path)).status, 404, path)
  })

  test('HEAD is answered as GET is, without the body', async () => {
    const answer = await product.browser().send('/sign-in', { method: 'HEAD' })
    assert.deepEqual([answer.status, answer.html], [200, ''])
  })
})

describe('a method hidden in the request', () => {
  test('as a field is one that we do not know (A43)', async () => {
    const { browser } = await signedUp(product)
    const answer = await browser.post('/sign-out', { _method: 'DELETE' })
    assert.equal(answer.status, 400)
    assert.equal((await browser.get('/')).status, 200)
  })

  test('as a header or in the query changes nothing (A43)', async () => {
    const { browser, email } = await signedUp(product)
    const overrides = ['X-HTTP-Method-Override', 'X-HTTP-Method', 'X-Method-Override']
    for (const name of overrides) {
      assert.equal((await browser.get('/sign-out?_method=POST', { [name]: 'POST' })).status, 405)
      assert.equal((await browser.post('/', {}, { [name]: 'GET' })).status, 405)
      const headers = { [name]: 'DELETE' }
      const answer = await product.browser().post('/sign-in', { email, password: PASSWORD }, headers)
      assert.equal(answer.location, '/')
    }
    assert.equal((await browser.get('/')).status, 200)
  })
})
