import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import {
  BASE_URL,
  codeOf,
  enrolling,
  latchkey,
  manyOwingCode,
  PASSWORD,
  signedUp,
  withTwoFactor,
} from '#testing/index.ts'

const product = await latchkey()
after(() => product.close())

type Answer = Awaited<ReturnType<ReturnType<typeof product.browser>['get']>>
const answers: { what: string; answer: Answer; cookieBound: boolean }[] = []

// Crawls every kind of answer: pages, redirects, files, downloads, refusals of each status, and a fault.
before(async () => {
  const keep = (what: string, answer: Answer, cookieBound = true) => void answers.push({ what, answer, cookieBound })
  const nobody = product.browser()
  const { browser, email, key } = await withTwoFactor(product)
  const { browser: enroller } = await signedUp(product)
  await enrolling(product, enroller)
  await browser.post('/settings/two-factor/recovery-codes/confirm', { password: PASSWORD })
  const [pending] = await manyOwingCode(product, email, 1)
  for (const { method, path } of product.app.routes) {
    if (method !== 'GET' || path.includes(':')) continue
    const isFile = /^\/(favicon|assets\/)/.test(path)
    for (const [who, visitor] of Object.entries({ nobody, pending, browser, enroller }))
      if (visitor) keep(`GET ${path} by ${who}`, await visitor.get(path), !isFile)
  }
  const page = await nobody.get('/sign-in')
  for (const [, path = ''] of page.html.matchAll(/(?:href|src)="(\/assets\/[^"]+)"/g))
    keep(path, await nobody.get(path, { 'Accept-Encoding': 'br' }), false)
  keep('a wrong password', await nobody.post('/sign-in', { email, password: 'x' }))
  keep('a right one', await product.browser().post('/sign-in', { email, password: PASSWORD }))
  if (pending)
    keep('a right code', await pending.post('/sign-in/two-factor', { code: codeOf(key, product.clock.now()) }))
  const { email: caller } = await signedUp(product)
  const json = { 'Content-Type': 'application/json' }
  const credentials = JSON.stringify({ email: caller, password: PASSWORD })
  const begun = await nobody.send('/api/v1/sessions', { method: 'POST', headers: json, body: credentials })
  keep('201 of the API', begun)
  const bearer = { Authorization: `Bearer ${JSON.parse(begun.html).session}` }
  keep('200 of the API', await nobody.get('/api/v1/account', bearer))
  keep('204 of the API', await nobody.send('/api/v1/session', { method: 'DELETE', headers: bearer }))
  keep('401 of the API', await nobody.get('/api/v1/account', bearer))
  keep('400', await nobody.post('/sign-in', { x: 'y' }))
  keep('403', await nobody.post('/sign-in', {}, { Origin: 'null' }))
  keep('404', await nobody.get('/nothing'))
  keep('405', await nobody.post('/'))
  keep('413', await nobody.post('/sign-in', 'a'.repeat(70_000)))
  keep('415', await nobody.post('/sign-in', '', { 'Content-Type': 'text/plain' }))
  keep('421', await nobody.get('/', { Host: 'evil.example' }))
  const { find } = product.deps.sessions
  product.deps.sessions.find = () => Promise.reject(new Error('the disk is gone'))
  keep('500', await browser.get('/settings/account'))
  product.deps.sessions.find = find
})

const each = (check: (answer: Answer, what: string) => void) => () => {
  for (const { answer, what } of answers) check(answer, `${what}, ${answer.status}`)
}

const is = (name: string, value: string) => each(({ headers }, what) => assert.equal(headers.get(name), value, what))

describe('every answer', () => {
  test('is looked at: of each kind there is one', () => {
    const statuses = new Set(answers.map(({ answer }) => answer.status))
    for (const status of [200, 201, 204, 303, 401, 400, 403, 404, 405, 413, 415, 421, 422, 500])
      assert.ok(statuses.has(status), `${status}`)
    assert.ok(answers.length > 80)
  })

  test('keeps to https for a year (V3.4.1)', is('Strict-Transport-Security', 'max-age=31536000; includeSubDomains'))
  test(
    'grants no other origin anything (V3.4.2)',
    each(({ headers }, what) => {
      assert.equal(headers.get('Access-Control-Allow-Origin'), null, what)
    }),
  )

  test(
    'loads nothing but our own style, script and pictures, and none of it inline (V3.4.3)',
    each(({ headers }, what) => {
      const policy = new Map(
        (headers.get('Content-Security-Policy') ?? '').split('; ').map((part) => {
          const [name = '', ...sources] = part.split(' ')
          return [name, sources.join(' ')] as const
        }),
      )
      assert.equal(policy.get('default-src'), "'none'", what)
      assert.ok(!policy.has('object-src') || policy.get('object-src') === "'none'", what)
      assert.equal(policy.get('base-uri'), "'none'", what)
      assert.equal(policy.get('form-action'), "'self'", what)
      for (const [name, sources] of policy) assert.match(sources, /^'(none|self)'$/, `${name} at ${what}`)
    }),
  )

  test(
    'carries no inline script, style or handler that the policy would stop (V3.4.3)',
    each(({ html }, what) => {
      assert.doesNotMatch(html, /<script(?![^>]*\ssrc=)[^>]*>/, what)
      assert.doesNotMatch(html, /<style|\sstyle="|\son\w+="|javascript:/, what)
    }),
  )

  test('is taken for what it says it is (V3.4.4)', is('X-Content-Type-Options', 'nosniff'))
  test('gives other sites no path (V3.4.5)', is('Referrer-Policy', 'same-origin'))
  test(
    'is never inside a page of another site (V3.4.6)',
    each(({ headers }, what) => {
      assert.match(headers.get('Content-Security-Policy') ?? '', /(^|; )frame-ancestors 'none'(;|$)/, what)
      assert.equal(headers.get('X-Frame-Options'), 'DENY', what)
    }),
  )
  test('shares no window with another site (V3.4.8)', is('Cross-Origin-Opener-Policy', 'same-origin'))
  test('is no resource of another site (A44)', is('Cross-Origin-Resource-Policy', 'same-origin'))
  test(
    'asks for no camera, place or microphone',
    each(({ headers }, what) => {
      assert.match(headers.get('Permissions-Policy') ?? '', /camera=\(\), geolocation=\(\), microphone=\(\)/, what)
    }),
  )

  test(
    'lets no page ask for a passkey, except one with a form for it',
    each(({ headers, html }, what) => {
      const self = (attribute: string) => (html.includes(` ${attribute}="`) ? '(self)' : '()')
      assert.equal(
        headers.get('Permissions-Policy')?.split(', ').slice(-2).join(', '),
        `publickey-credentials-get=${self('data-passkey-get')}, publickey-credentials-create=${self('data-passkey-create')}`,
        what,
      )
    }),
  )

  test('that depends on a cookie is kept nowhere (V14.3.2)', () => {
    for (const { answer, what, cookieBound } of answers)
      if (cookieBound) assert.equal(answer.headers.get('Cache-Control'), 'no-store', what)
  })

  test(
    'with a page says in which encoding it is, and that it is HTML',
    each(({ headers, html }, what) => {
      if (html.startsWith('<!doctype html>'))
        assert.match(headers.get('Content-Type') ?? '', /^text\/html; charset=utf-8$/i, what)
    }),
  )

  test(
    'has no secret in its address, its links or its forms (A48)',
    each(({ html, location }, what) => {
      const links = [
        location ?? '',
        ...[...html.matchAll(/(?:href|action|src)="([^"]*)"/g)].map(([, link = '']) => link),
      ]
      for (const link of links)
        if (!link.startsWith('otpauth:'))
          assert.doesNotMatch(link, /[?&](token|code|password|secret|key|session|email)=|[0-9a-f]{32}/i, what)
    }),
  )

  test('takes no credentials from a URL (A48)', async () => {
    const { browser } = await signedUp(product)
    const [token = ''] = browser.cookies.values()
    for (const name of ['access_token', 'token', '__Host-latchkey', 'session'])
      assert.equal((await product.browser().get(`/?${name}=${token}`)).location, '/sign-in')
  })
})

test('over http nothing promises https', async () => {
  const plain = await latchkey({ baseUrl: BASE_URL.replace('https', 'http') }, product)
  const answer = await plain.browser().get('/sign-in')
  assert.deepEqual([answer.status, answer.headers.get('Strict-Transport-Security')], [200, null])
})
