import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { COMMAND_LINE } from '#app/operators/command-line.ts'
import { type Browser, latchkey, operator, signedUp } from '#testing/index.ts'
import { clientNamed, rotateSecret } from './manage.ts'

const product = await latchkey()
after(product.close)
let browser: Browser
/** One whose second factor was shown just now. */
const operatorAgain = async () => {
  browser = (await operator(product)).browser
}
before(operatorAgain)

const BY = { operatorId: null, reason: 'They asked.', origin: COMMAND_LINE }

const CLIENTS = '/operate/clients'
const written = (of: Record<string, string> = {}) => ({
  ...{ name: 'wiki', title: 'Wiki', groups: '', level: 'second_factor', maxAge: '', signedOut: '', backchannel: '' },
  ...{ redirects: 'https://wiki.example.net/callback', auth: 'client_secret', jwks: '', jwksUri: '', alg: 'RS256' },
  ...{ claims: '', needsPkce: 'yes', reason: '' },
  ...of,
})
const secretIn = (html: string) => /<code id="secret" class="key long">([^<]*)</.exec(html)?.[1] ?? ''

test('an operator adds an app, sees its secret once, changes it, replaces the secret and removes it', async () => {
  const wiki = `${CLIENTS}/named/wiki`
  assert.equal((await browser.post(`${CLIENTS}/new`, written())).location, `${wiki}/secret`)
  const shown = await browser.get(`${wiki}/secret`)
  assert.equal(shown.headers.get('Cache-Control'), 'no-store')
  const secret = secretIn(shown.html)
  assert.equal(secret.length, 43)
  for (const path of [CLIENTS, wiki, `${wiki}/change`, `${wiki}/secret`])
    assert.ok(!(await browser.get(path)).html.includes(secret), `not at ${path}`)
  assert.match((await browser.get(CLIENTS)).html, /href="\/operate\/clients\/named\/wiki">Wiki</)

  const { name: _, ...rest } = written({ title: 'Our wiki', isThirdParty: 'yes' })
  assert.equal((await browser.post(`${wiki}/change`, rest)).location, wiki)
  assert.match((await browser.get(wiki)).text, /Our wiki/)

  assert.equal((await browser.post(`${wiki}/rotate`, { reason: ' ' })).status, 422)
  assert.equal((await browser.post(`${wiki}/rotate`, { reason: 'It was in a mail' })).location, `${wiki}/secret`)
  const rotated = await browser.get(`${wiki}/secret`)
  assert.notEqual(secretIn(rotated.html), '')
  assert.notEqual(secretIn(rotated.html), secret)
  assert.match(rotated.text, /The old secret works until/)

  assert.equal((await browser.post(`${wiki}/remove`, { reason: 'Moved' })).location, CLIENTS)
  for (const path of ['', '/change', '/rotate', '/remove'])
    assert.equal((await browser.get(`${wiki}${path}`)).status, 404)
})

describe('a secret that was just made', () => {
  const COOKIE = '__Host-latchkey-client-secret'
  const made = async (name: string) => {
    const secret = `${CLIENTS}/named/${name}/secret`
    assert.equal((await browser.post(`${CLIENTS}/new`, written({ name }))).location, secret)
    return { secret, cookie: browser.cookies.get(COOKIE) ?? '' }
  }

  test('is shown once, for two minutes, to the session that made it, at the page of its client', async () => {
    const { secret, cookie } = await made('once')
    const other = await operator(product)
    const { secret: elsewhere } = await made('elsewhere')
    const assertNotShown = async (by: Browser, path = secret, sealed = cookie) => {
      by.cookies.set(COOKIE, sealed)
      const page = await by.get(path)
      assert.equal(secretIn(page.html), '')
      assert.match(page.text, /The secret was shown once/)
      assert.ok(!by.cookies.has(COOKIE), 'the page takes it away')
    }
    await assertNotShown(other.browser)
    await assertNotShown(browser, elsewhere)
    await assertNotShown(browser, secret, `${cookie.slice(0, -2)}AA`)
    product.clock.advance(119_000)
    browser.cookies.set(COOKIE, cookie)
    assert.notEqual(secretIn((await browser.get(secret)).html), '')
    assert.equal(secretIn((await browser.get(secret)).html), '', 'not by a reload')
    product.clock.advance(2000)
    await assertNotShown(browser)
  })

  test('is not shown when another has replaced it meanwhile', async () => {
    const { secret } = await made('replaced')
    await rotateSecret(product.deps, 'replaced', BY)
    const page = await browser.get(secret)
    assert.equal(secretIn(page.html), '')
    assert.match(page.html, /href="\/operate\/clients\/named\/replaced\/rotate"/)
  })

  test('has no page where the client has none', async () => {
    const open = `${CLIENTS}/named/open`
    assert.equal((await browser.post(`${CLIENTS}/new`, written({ name: 'open', auth: 'none' }))).location, open)
    for (const path of ['secret', 'rotate', 'end'])
      assert.equal((await browser.get(`${open}/${path}`)).status, 404, path)
  })
})

describe('the old secret', () => {
  const HERE = `${CLIENTS}/named/kept`
  const rotated = (keep: string) => browser.post(`${HERE}/rotate`, { reason: 'A leak', keep })
  const until = async () => (await clientNamed(product.deps, 'kept'))?.previousUntil
  const HOUR = 60 * 60_000

  test('works for as long as the operator chooses, and the page of the client says until when', async () => {
    await browser.post(`${CLIENTS}/new`, written({ name: 'kept' }))
    const form = await browser.get(`${HERE}/rotate`)
    assert.match(form.html, /<option value="24h" selected[^>]*>One day</)
    const offered = [...form.html.matchAll(/<option value="(\w+)"/g)].map(([, value = '']) => value)
    assert.deepEqual(offered, ['0', '1h', '8h', '24h', '7d'])
    for (const [keep, hours] of [
      ['0', undefined],
      ['1h', 1],
      ['8h', 8],
      ['24h', 24],
      ['7d', 168],
    ] as const) {
      assert.equal((await rotated(keep)).location, `${HERE}/secret`)
      const end = hours && new Date(product.clock.now().getTime() + hours * HOUR)
      assert.deepEqual(await until(), end ?? null, keep)
      const page = await browser.get(HERE)
      assert.equal(/The old secret works until/.test(page.text), end !== undefined, keep)
      assert.equal(page.html.includes(`href="${HERE}/end"`), end !== undefined, keep)
    }
    const before = await until()
    for (const keep of ['soon', '-1h', '366d']) {
      const refused = await rotated(keep)
      assert.equal(refused.status, 422)
      assert.match(refused.html, /<select id="keep"[^>]*aria-invalid="true"/)
      assert.match(refused.text, /Choose how long/)
    }
    assert.deepEqual(await until(), before)
  })

  test('is said to work no longer than it does', async () => {
    await rotated('1h')
    product.clock.advance(HOUR - 1)
    await operatorAgain()
    assert.match((await browser.get(HERE)).text, /The old secret works until/)
    product.clock.advance(1)
    assert.doesNotMatch((await browser.get(HERE)).text, /The old secret works until/)
    assert.equal((await browser.get(`${HERE}/end`)).status, 404)
  })

  test('is ended at once by an operator who says why, which is in the log', async () => {
    await rotated('7d')
    assert.match((await browser.get(`${HERE}/end`)).text, /refused at once/)
    assert.equal((await browser.post(`${HERE}/end`, { reason: ' ' })).status, 422)
    assert.notEqual(await until(), null)
    assert.equal((await browser.post(`${HERE}/end`, { reason: 'It leaked' })).location, HERE)
    assert.equal(await until(), null)
    assert.match((await browser.get(HERE)).text, /The old secret has ended/)
    const log = await browser.get('/operate/log?kind=client_old_secret_ended')
    assert.match(log.text, /Old client secret ended/)
    assert.match(log.text, /It leaked/)
    assert.equal((await browser.post(`${HERE}/end`, { reason: 'Again' })).location, HERE)
    assert.equal((await browser.get('/operate/log?kind=client_old_secret_ended')).text.includes('Again'), false)
    assert.equal((await browser.post(`${CLIENTS}/named/nobody/end`, { reason: 'Who' })).status, 404)
  })
})

test('what is wrong is said beside its field, and nothing typed is lost', async () => {
  const wrong = { redirects: 'javascript:alert(1)\nhttps://*.example.net/', groups: 'nobodys', jwksUri: 'x' }
  const answer = await browser.post(`${CLIENTS}/new`, written({ name: 'wrong', ...wrong, auth: 'none' }))
  assert.equal(answer.status, 422)
  for (const said of [/no app may be opened by/, /has a \* in it/]) assert.match(answer.text, said)
  assert.match(answer.html, /aria-invalid="true"/)
  assert.ok(answer.html.includes('https://*.example.net/'))
  assert.equal((await browser.get(`${CLIENTS}/named/wrong`)).status, 404)
})

test('for members there are no such pages', async () => {
  const { browser: member } = await signedUp(product)
  for (const path of [CLIENTS, `${CLIENTS}/new`]) assert.equal((await member.get(path)).status, 404)
})
