import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type Browser, latchkey, operator, signedUp } from '#testing/index.ts'

const product = await latchkey()
after(product.close)
let browser: Browser
before(async () => {
  browser = (await operator(product)).browser
})

const CLIENTS = '/operate/clients'
const written = (of: Record<string, string> = {}) => ({
  ...{ name: 'wiki', title: 'Wiki', groups: '', level: 'second_factor', maxAge: '', signedOut: '', backchannel: '' },
  ...{ redirects: 'https://wiki.example.net/callback', auth: 'client_secret', jwks: '', jwksUri: '', alg: 'RS256' },
  ...{ claims: '', needsPkce: 'yes', reason: '' },
  ...of,
})
const secretIn = (html: string) => /<code class="key long">([^<]*)</.exec(html)?.[1] ?? ''

test('an operator adds an app, sees its secret once, changes it, replaces the secret and removes it', async () => {
  const made = await browser.post(`${CLIENTS}/new`, written())
  assert.equal(made.status, 200)
  assert.equal(made.headers.get('Cache-Control'), 'no-store')
  const secret = secretIn(made.html)
  assert.equal(secret.length, 43)
  const wiki = `${CLIENTS}/named/wiki`
  for (const path of [CLIENTS, wiki, `${wiki}/change`])
    assert.ok(!(await browser.get(path)).html.includes(secret), `not at ${path}`)
  assert.match((await browser.get(CLIENTS)).html, /href="\/operate\/clients\/named\/wiki">Wiki</)

  const { name: _, ...rest } = written({ title: 'Our wiki', isThirdParty: 'yes' })
  assert.equal((await browser.post(`${wiki}/change`, rest)).location, wiki)
  assert.match((await browser.get(wiki)).text, /Our wiki/)

  assert.equal((await browser.post(`${wiki}/rotate`, { reason: ' ' })).status, 422)
  const rotated = await browser.post(`${wiki}/rotate`, { reason: 'It was in a mail' })
  assert.notEqual(secretIn(rotated.html), '')
  assert.notEqual(secretIn(rotated.html), secret)
  assert.match(rotated.text, /The secret before works until/)

  assert.equal((await browser.post(`${wiki}/remove`, { reason: 'Moved' })).location, CLIENTS)
  for (const path of ['', '/change', '/rotate', '/remove'])
    assert.equal((await browser.get(`${wiki}${path}`)).status, 404)
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
