import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import {
  BASE_URL,
  type Browser,
  enrolling,
  everyRow,
  keptLog,
  latchkey,
  manyOwingCode,
  PASSWORD,
  signedUp,
  withTwoFactor,
} from '#testing/index.ts'

const product = await latchkey()
after(() => product.close())

const posts = product.app.routes
  .filter(({ method, path }) => method === 'POST' && !path.startsWith('/api/')) // which takes no forms, and reads no cookie
  .map(({ path }) => path)

/** Fields that would do what each form does if our own page sent it. */
const FIELDS: Record<string, Record<string, string>> = {
  '/sign-up': { email: 'eve@example.com', password: PASSWORD },
  '/settings/password': { current: PASSWORD, new: 'seven copper lanterns sing' },
  '/settings/two-factor/set-up/recovery-codes': { saved: 'yes' },
  '/settings/two-factor/recovery-codes/regenerate': { set: '1' },
}
const fieldsOf = (path: string) => FIELDS[path] ?? (/\/(confirm|disable)$/.test(path) ? { password: PASSWORD } : {})

let visitors: Browser[]
before(async () => {
  const { browser, email } = await withTwoFactor(product)
  const { browser: enroller } = await signedUp(product)
  await enrolling(product, enroller)
  visitors = [product.browser(), ...(await manyOwingCode(product, email, 1)), browser, enroller]
})

/** What a request says about its source, instead of what our own pages say. */
const told = (browser: Browser, path: string, source: Record<string, string>) =>
  browser.send(path, {
    method: 'POST',
    body: new URLSearchParams(fieldsOf(path)).toString(),
    headers: { 'Content-Type': 'application/x-www-form-urlencoded', ...source },
  })

test('there are forms to look at', () => assert.ok(posts.length >= 16, `${posts.length}`))

describe('a form on another site, sent by itself', () => {
  for (const path of posts)
    test(`to ${path} is refused with 403, no matter who is signed in, and changes nothing (A37)`, async () => {
      const before = await everyRow(product)
      for (const browser of visitors)
        for (const site of ['cross-site', 'same-site']) {
          const answer = await told(browser, path, { Origin: 'https://evil.example', 'Sec-Fetch-Site': site })
          assert.equal(answer.status, 403)
          assert.match(answer.text, /That came from another site/)
          assert.deepEqual(answer.headers.getSetCookie(), [])
        }
      assert.deepEqual(await everyRow(product), before)
    })
})

describe('a form whose source is given as', () => {
  const refused: [string, Record<string, string>][] = [
    ['a sibling of ours (A38)', { Origin: 'https://sibling.latchkey.test', 'Sec-Fetch-Site': 'same-site' }],
    ['same-site alone (A38)', { 'Sec-Fetch-Site': 'same-site' }],
    ['null (A38)', { Origin: 'null' }],
    ['null, though same-origin (A38)', { Origin: 'null', 'Sec-Fetch-Site': 'same-origin' }],
    ['a host that begins with ours (A38)', { Origin: `${BASE_URL}.evil.tld` }],
    ['a host that ends with ours (A38)', { Origin: 'https://evil-latchkey.test' }],
    ['ours over http (A38)', { Origin: 'http://latchkey.test' }],
    ['ours at another port (A38)', { Origin: `${BASE_URL}:8443` }],
    ['ours with a slash (A38)', { Origin: `${BASE_URL}/` }],
    ['ours and another (A38)', { Origin: `${BASE_URL}, https://evil.example` }],
    ['nothing (A38)', {}],
    ['an empty origin (A38)', { Origin: '' }],
    ['ours, but cross-site (A39)', { Origin: BASE_URL, 'Sec-Fetch-Site': 'cross-site' }],
    ['another, but same-origin (A39)', { Origin: 'https://evil.example', 'Sec-Fetch-Site': 'same-origin' }],
    ['ours, but none: typed into the address bar', { Origin: BASE_URL, 'Sec-Fetch-Site': 'none' }],
    ['ours, with a referer elsewhere', { Origin: BASE_URL, Referer: 'https://evil.example/' }],
    ['a referer elsewhere that names us', { Referer: `https://evil.example/?${BASE_URL}` }],
    ['a referer that is no URL', { Referer: 'latchkey.test' }],
    ['the Host header (which proves nothing)', { Host: 'latchkey.test' }],
  ]
  for (const [what, source] of refused)
    test(`${what} is refused with 403 and sets no cookie`, async () => {
      const before = await everyRow(product)
      const answer = await told(product.browser(), '/sign-up', source)
      assert.deepEqual([answer.status, answer.headers.getSetCookie()], [403, []])
      assert.deepEqual(await everyRow(product), before)
    })

  for (const [what, source] of [
    ['our origin', { Origin: BASE_URL }],
    ['same-origin', { 'Sec-Fetch-Site': 'same-origin' }],
    ['a page of ours', { Referer: `${BASE_URL}/sign-up?x=1` }],
    ['all three', { Origin: BASE_URL, 'Sec-Fetch-Site': 'same-origin', Referer: `${BASE_URL}/` }],
  ] as [string, Record<string, string>][])
    test(`${what} is taken`, async () => {
      assert.equal((await told(product.browser(), '/sign-in', source)).status, 422)
    })
})

describe('a form that is refused', () => {
  test('writes one log line a minute, with the source it named and the source expected', async (t) => {
    const { log, of, text } = keptLog()
    const watched = await latchkey({}, { log })
    t.after(watched.close)
    const source = {
      Origin: 'null',
      'Sec-Fetch-Site': 'same-origin',
      Referer: 'https://proxy.example/mail/reset-password?token=kettle',
    }
    for (let times = 0; times < 20; times++) await told(watched.browser(), '/sign-in', source)
    assert.deepEqual(
      of('other_site').map(({ level, asked, expected }) => [level, asked, expected]),
      [['warn', 'Origin: null, Sec-Fetch-Site: same-origin, Referer: https://proxy.example', BASE_URL]],
    )
    watched.clock.advance(60_000)
    await told(watched.browser(), '/sign-in', {})
    assert.equal(of('other_site').at(-1)?.asked, 'nothing')
    assert.ok(!text().includes('kettle'), 'nothing of the referer but its site')
  })

  test('at either API is logged in the same way', async (t) => {
    const { log, of } = keptLog()
    const watched = await latchkey({}, { log })
    t.after(watched.close)
    for (const path of ['/1.0/users/authentication/rest/signin', '/api/v1/sessions']) {
      await told(watched.browser(), path, { Origin: 'https://evil.example' })
      assert.equal(of('other_site').at(-1)?.asked, 'Origin: https://evil.example', path)
      watched.clock.advance(60_000)
    }
    assert.equal(of('other_site').length, 2)
  })
})

describe('every page', () => {
  test('tells browsers itself to name our own site as the source, where a proxy adds a Referrer-Policy of its own', async () => {
    const page = await product.browser().get('/sign-in')
    const meta = page.html.indexOf('<meta name="referrer" content="same-origin"')
    assert.ok(meta > 0 && meta < page.html.indexOf('<link'), 'before anything is fetched')
  })
})

describe('another site', () => {
  test('may link to us: a page is served whatever the source', async () => {
    const headers = { 'Sec-Fetch-Site': 'cross-site', Referer: 'https://evil.example/' }
    assert.equal((await product.browser().get('/sign-in', headers)).status, 200)
  })

  test('is granted nothing by CORS, asked plainly or by preflight (V3.4.2)', async () => {
    for (const origin of ['https://evil.example', 'null', `${BASE_URL}.evil.tld`]) {
      const preflight = { Origin: origin, 'Access-Control-Request-Method': 'POST' }
      const browser = product.browser()
      const answers = [
        await browser.get('/sign-in', { Origin: origin }),
        await browser.send('/sign-in', { method: 'OPTIONS', headers: preflight }),
      ]
      for (const { headers, status } of answers) {
        assert.ok([200, 405].includes(status))
        assert.deepEqual(
          [...headers.keys()].filter((name) => name.startsWith('access-control-')),
          [],
        )
      }
    }
  })
})
