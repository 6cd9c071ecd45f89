import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { everyRow, latchkey, PASSWORD, signedUp } from '#testing/index.ts'
import { en } from '#views/words/en.ts'
import { NAMELESS } from '../lib/origin.ts'
import { readBrowser } from './requester.ts'

const trustedProxies = [
  { address: '192.0.2.1', prefix: 32, family: 'ipv4' as const },
  { address: '10.0.0.0', prefix: 8, family: 'ipv4' as const },
  { address: '2001:db8:aa::', prefix: 48, family: 'ipv6' as const },
]
const product = await latchkey()
const proxied = await latchkey({ trustedProxies }, product)
after(() => product.close())

const MARKUP = '<script>alert(1)</script>"\'><img src=x onerror=alert(1)>'

/** The last sign-in that the owner reads: address and browser. */
async function noted(on: typeof product, peer: string, headers: Record<string, string>, userAgent?: string) {
  const { browser, email } = await signedUp(product)
  const visitor = on.browser({ address: peer, ...(userAgent === undefined ? {} : { userAgent }) })
  assert.equal((await visitor.post('/sign-in', { email, password: PASSWORD }, headers)).status, 303)
  const page = await browser.get('/settings/activity')
  const [first = ''] = page.html.match(/<li[\s\S]*?<\/li>/g) ?? []
  const [, words = '', address = ''] = /<p>([^<]*), <span class="address">([^<]*)<\/span>/.exec(first) ?? []
  return { address, words, html: page.html }
}

describe('the address of a request', () => {
  const forwarded: [string, string, string | undefined, string][] = [
    ['is the peer, where nothing is forwarded', '192.0.2.1', undefined, '192.0.2.1'],
    ['is the last that no proxy vouches for', '192.0.2.1', '203.0.113.5', '203.0.113.5'],
    ['is not what the client put in front', '192.0.2.1', '198.51.100.1, 203.0.113.5', '203.0.113.5'],
    ['lies behind several proxies of ours', '192.0.2.1', '198.51.100.1, 203.0.113.5, 10.1.2.3', '203.0.113.5'],
    ['is the peer, where it is no proxy of ours', '203.0.113.9', '198.51.100.1', '203.0.113.9'],
    ['is the proxy, where the rest is junk', '192.0.2.1', 'junk', '192.0.2.1'],
    ['is the proxy, where the last is markup', '192.0.2.1', `203.0.113.5, ${MARKUP}`, '192.0.2.1'],
    ['is the proxy, where the header is empty', '192.0.2.1', '', '192.0.2.1'],
    ['is the proxy, where there is a port', '192.0.2.1', '203.0.113.5:4711', '192.0.2.1'],
    ['is plain where the socket takes both kinds', '::ffff:192.0.2.1', '::ffff:203.0.113.5', '203.0.113.5'],
    ['may be IPv6 on both sides', '2001:db8:aa::1', '2001:db8:bb::7', '2001:db8:bb::7'],
    ['may be link-local with a zone', 'fe80::1%eth0', undefined, 'fe80::1%eth0'],
    ['is unknown where there is none', '', undefined, 'unknown'],
    ['is the outermost proxy where all are ours', '192.0.2.1', '10.0.0.1, 10.0.0.2', '10.0.0.1'],
  ]
  for (const [what, peer, header, expected] of forwarded)
    test(what, async () => {
      const headers: Record<string, string> = header === undefined ? {} : { 'X-Forwarded-For': header }
      assert.equal((await noted(proxied, peer, headers)).address, expected)
    })

  test('is the peer without TRUST_PROXY, whatever is forwarded', async () => {
    for (const name of ['X-Forwarded-For', 'X-Real-IP', 'Forwarded', 'True-Client-IP', 'CF-Connecting-IP'])
      assert.equal((await noted(product, '192.0.2.1', { [name]: '203.0.113.5' })).address, '192.0.2.1')
  })

  test('cannot be changed with each guess by a client that forges X-Forwarded-For', async () => {
    const limited = await latchkey({ attemptsPerAddress: 3, trustedProxies }, product)
    const statuses: number[] = []
    for (let guess = 0; guess < 4; guess++) {
      const headers = { 'X-Forwarded-For': `198.51.100.${guess}, 203.0.113.77` }
      const fields = { email: `ada${guess}@example.com`, password: 'wrong' }
      statuses.push((await limited.browser({ address: '192.0.2.1' }).post('/sign-in', fields, headers)).status)
    }
    assert.deepEqual(statuses, [422, 422, 422, 429])
  })
})

describe('markup in what a request says about itself', () => {
  test('is nowhere on the activity page, the dashboard, or in the database (A47)', async () => {
    const headers = { 'X-Forwarded-For': MARKUP, Referer: `https://latchkey.test/${MARKUP}` }
    for (const userAgent of [MARKUP, `Mozilla/5.0 (${MARKUP}) Gecko/20100101 Firefox/140.0`, `${MARKUP}/1.0`]) {
      const { html } = await noted(proxied, '192.0.2.1', headers, userAgent)
      assert.ok(!html.includes('<script>alert') && !html.includes('onerror'))
    }
    assert.ok(!JSON.stringify(await everyRow(product)).includes('alert(1)'))
  })

  test('in an address or browser of the log would be escaped (A47)', async () => {
    const { browser, email } = await signedUp(product)
    const visitor = product.browser({ address: MARKUP })
    await visitor.post('/sign-in', { email, password: PASSWORD })
    for (const path of ['/settings/activity', '/']) {
      const { html } = await browser.get(path)
      assert.ok(html.includes('&lt;script&gt;alert(1)'), path)
      assert.ok(!html.includes('<script>alert'), path)
    }
  })
})

describe('the browser in words', () => {
  for (const [words, userAgent] of [
    ['Firefox on Linux', 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'],
    ['curl', 'curl/8.5.0'],
    ['python-requests', 'python-requests/2.32.3'],
    ['Go-http-client', 'Go-http-client/1.1'],
    ['node', 'node'],
    ['Unknown browser', 'curly/8.5.0'],
    ['Unknown program', ''],
    ['Unknown browser', '\u001b[31m{"level":"info"}\n'],
    ['Unknown browser', 'x'.repeat(100_000)],
  ] as const)
    test(`of ${JSON.stringify(userAgent).slice(0, 40)} is ${words} (A63)`, () => {
      assert.equal(en.origins.browser(readBrowser(userAgent)), words)
    })

  test('is never a word that we put in the place of a name, whatever is sent', () => {
    for (const word of NAMELESS) {
      const { browser } = readBrowser(`${word}/1.0 (X11; Linux x86_64)`)
      assert.equal(browser, 'unknown_browser', word)
      assert.notEqual(en.origins.browser({ browser: word, system: null }), word, 'pages say something else')
    }
  })

  test('is short, one line, and plain letters, whatever is sent (A47, A63)', () => {
    const odd = ['A\nB/1.0', '💥/1.0', `${'(('.repeat(5000)}`, 'Opera/__proto__', 'constructor/1.0', `${MARKUP}/1`]
    for (const text of odd) assert.match(en.origins.browser(readBrowser(text)), /^[\w .+-]{1,80}$/)
    const started = performance.now()
    readBrowser(`Mozilla/5.0 (${'a; '.repeat(30_000)}`)
    assert.ok(performance.now() - started < 1000)
  })
})
