import assert from 'node:assert/strict'
import { after, afterEach, describe, test } from 'node:test'
import {
  type Browser,
  codeOf,
  copyOf,
  everyRow,
  latchkey,
  operator,
  operatorWithoutFactor,
  signedUp,
  withTwoFactor,
} from '#testing/index.ts'

const product = await latchkey()
const { clock } = product
afterEach(() => assert.deepEqual(product.faults.splice(0), []))
after(product.close)

const PAGES = [
  ...new Set(
    product.app.routes
      .filter(({ method, path }) => ['GET', 'POST'].includes(method) && path.startsWith('/operate'))
      .map(({ method, path }) => `${method} ${path.replaceAll(/:\w+/g, '1')}`),
  ),
]
const TEN_MINUTES = 10 * 60_000

/** What each page of operators answers: its status, and where it leads. */
async function answers(browser: Browser): Promise<string[]> {
  const found = new Set<string>()
  for (const page of PAGES) {
    const [method, path = ''] = page.split(' ')
    const { status, location } = await (method === 'GET'
      ? browser.get(path)
      : browser.post(path, { reason: 'Why not' }))
    found.add(`${status} ${location?.replace(path, 'PATH').replace(encodeURIComponent(path), 'PATH') ?? ''}`.trim())
  }
  return [...found]
}

describe('the pages of operators', () => {
  test('are there', () => assert.ok(PAGES.length >= 20, PAGES.join('\n')))

  test('P01: answer 404 to a member, with a second factor or without, by GET and POST, and nothing changes', async () => {
    for (const { browser } of [await signedUp(product), await withTwoFactor(product)]) {
      const before = await everyRow(product)
      assert.deepEqual(await answers(browser), ['404'])
      assert.deepEqual(await everyRow(product), before)
    }
  })

  test('lead a stranger to sign-in', async () => {
    const found = await answers(product.browser())
    for (const answer of found) assert.match(answer, /^303 \/sign-in(\?return_to=PATH)?$/)
  })

  test('P02: lead an operator without a second factor to setting it up, and nothing changes', async () => {
    const { browser } = await operatorWithoutFactor(product)
    const before = await everyRow(product)
    assert.deepEqual(await answers(browser), ['303 /settings/two-factor/set-up/confirm'])
    assert.deepEqual(await everyRow(product), before)
  })

  test('P02: ask an operator for the second factor that was shown ten minutes ago, and nothing changes until then', async () => {
    const { browser, key } = await operator(product)
    clock.advance(TEN_MINUTES - 1)
    assert.equal((await browser.get('/operate/log')).status, 200)
    clock.advance(1)
    const before = await everyRow(product)
    assert.deepEqual(await answers(browser), ['303 /settings/two-factor/fresh-proof?return_to=PATH'])
    const { sessions, ...others } = await everyRow(product)
    const { sessions: _, ...same } = before
    assert.deepEqual(others, same)
    const back = await browser.post('/settings/two-factor/fresh-proof', {
      code: codeOf(key, clock.now()),
      return_to: '/operate/log',
    })
    assert.equal(back.location, '/operate/log')
    assert.equal((await browser.get('/operate/log')).status, 200)
  })

  test('are in the header for operators alone', async () => {
    assert.match((await (await operator(product)).browser.get('/')).html, /href="\/operate"/)
    assert.doesNotMatch((await (await signedUp(product)).browser.get('/')).html, /\/operate/)
  })

  test('answer 404 outside the networks of OPERATOR_PAGES, and everywhere where it is off', async () => {
    const { browser } = await operator(product)
    const [near, nowhere] = [[{ address: '192.0.2.0', prefix: 24, family: 'ipv4' as const }], []]
    const within = await latchkey({ operatorPages: near }, product)
    const off = await latchkey({ operatorPages: nowhere }, product)
    assert.equal((await copyOf(within, browser).get('/operate/log')).status, 200)
    assert.equal((await copyOf(within, browser, { address: '198.51.100.7' }).get('/operate/log')).status, 404)
    assert.deepEqual(await answers(copyOf(off, browser)), ['404'])
  })
})
