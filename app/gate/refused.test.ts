import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { after, afterEach, describe, test } from 'node:test'
import { memberships } from '#db/schema.ts'
import { appBrowser, asking, BEHIND_PROXY, joining, NAVIGATION, wayInOf, withApp } from '#testing/gate.ts'
import { BASE_URL, latchkey, signedUp } from '#testing/index.ts'
import { readConfig } from '../config.ts'

const product = await latchkey({ ...BEHIND_PROXY, contact: 'help@example.com' })
after(product.close)
afterEach(() => assert.deepEqual(product.faults, []))

type Page = Awaited<ReturnType<typeof asking>>
const pageAt = (url: string) => asking(product.carry, url, { headers: NAVIGATION })

/** Nothing on it is loaded from anywhere, and its style is the one that the policy lets in. */
function assertBringsItsStyle({ headers, html }: Page) {
  const policy = headers.get('Content-Security-Policy') ?? ''
  const [, style = ''] = /<style>([^<]*)<\/style>/.exec(html) ?? []
  assert.ok(style.length > 300, 'a style')
  const source = `'sha256-${createHash('sha256').update(style).digest('base64')}'`
  assert.equal(
    policy,
    `default-src 'none'; style-src ${source}; form-action 'none'; base-uri 'none'; frame-ancestors 'none'`,
  )
  assert.doesNotMatch(html, /<(script|link|img|form|iframe)|\ssrc=|\sstyle="/)
  assert.equal(headers.get('Content-Type'), 'text/html; charset=UTF-8')
  assert.equal(headers.get('Cache-Control'), 'no-store')
  assert.ok(Buffer.byteLength(html) < 4096, 'small, because anybody can ask for it at any name')
}

describe('a page that refuses at the host of an app', () => {
  test('says that nobody registered that host, and whom to ask', async () => {
    const page = await pageAt('https://nowhere.example.test/a')
    assert.equal(page.status, 403)
    assertBringsItsStyle(page)
    assert.match(page.text, /Nobody has registered nowhere\.example\.test with this site/)
    assert.ok(page.html.includes('<a href="mailto:help@example.com">help@example.com</a>'), 'the contact')
    assert.ok(page.html.includes(`href="${BASE_URL}/"`), 'the way to the portal')
  })

  test('says that the app is for groups that they are not in', async () => {
    const app = await withApp(product)
    const person = await signedUp(product)
    const url = `https://${app.host}/`
    await joining(product, person.email, app.group)
    const browser = appBrowser(product)
    const { to, nonceHash } = wayInOf((await browser.asks(url)).location)
    const way = `/gate/enter?to=${encodeURIComponent(to)}&n=${nonceHash}`
    const { location } = await person.browser.get(way, { 'Sec-Fetch-Site': 'cross-site' })
    await browser.asks(location ?? '')
    assert.equal((await browser.asks(url)).status, 200, 'they are in it at first')
    await product.database.db.delete(memberships)
    const page = await browser.asks(url)
    assert.equal(page.status, 403)
    assertBringsItsStyle(page)
    assert.match(page.text, /You can't open Photos .*groups that you aren't in/)
  })

  test('says that the browser keeps no cookies there, and offers another try without the code', async () => {
    const app = await withApp(product)
    const page = await pageAt(`https://${app.host}/a?b=c&latchkey_code=${'x'.repeat(43)}`)
    assert.equal(page.status, 403)
    assertBringsItsStyle(page)
    assert.match(page.text, new RegExp(`keeps no cookies for ${app.host}`))
    assert.ok(page.html.includes(`href="https://${app.host}/a?b=c"`), 'another try')
  })

  test('says that an address is too long, or begins wrongly', async () => {
    const app = await withApp(product)
    const long = await pageAt(`https://${app.host}/${'a'.repeat(3000)}`)
    assert.equal(long.status, 414)
    assertBringsItsStyle(long)
    const plain = await pageAt(`http://${app.host}/`)
    assert.equal(plain.status, 403)
    assertBringsItsStyle(plain)
    assert.match(plain.text, /Begin the address as the address of this site begins/)
  })

  test('is for people alone: a program reads nothing', async () => {
    const answer = await asking(product.carry, 'https://nowhere.example.test/')
    assert.deepEqual([answer.status, answer.html], [403, ''])
  })
})

describe('whom to ask', () => {
  test('is an email address or a URL, and nothing else', () => {
    for (const CONTACT of ['help@example.com', 'https://example.com/help?a=b', 'http://intranet/'])
      assert.equal(readConfig({ CONTACT }).contact, CONTACT)
    for (const CONTACT of [
      'Ada',
      'javascript:alert(1)//@x',
      'data:text/html,x',
      'a b@example.com',
      'https://a b/',
      '@',
    ])
      assert.throws(() => readConfig({ CONTACT }), /CONTACT must be an email address or a URL/, CONTACT)
    assert.equal(readConfig({}).contact, undefined)
  })

  test('stands on the portal’s pages as well, as a link, and nowhere where nobody is named', async () => {
    const person = await signedUp(product)
    const app = await withApp(product)
    const way = `/gate/enter?to=${encodeURIComponent(`https://${app.host}/`)}&n=${'x'.repeat(43)}`
    assert.match((await person.browser.get(way)).text, /You can ask help@example\.com/)
    const silent = await latchkey({ ...BEHIND_PROXY }, product)
    const page = await asking(silent.carry, 'https://nowhere.example.test/', { headers: NAVIGATION })
    assert.doesNotMatch(page.html, /You can ask|mailto:/)
    const web = await latchkey({ ...BEHIND_PROXY, contact: 'https://example.com/help' }, product)
    const linked = await asking(web.carry, 'https://nowhere.example.test/', { headers: NAVIGATION })
    assert.ok(linked.html.includes('<a href="https://example.com/help">https://example.com/help</a>'), 'a URL')
  })
})
