import assert from 'node:assert/strict'
import { after, afterEach, describe, test } from 'node:test'
import { appBrowser, asking, BEHIND_PROXY, codeFor, joining, withApp } from '#testing/gate.ts'
import {
  answerCode,
  BASE_URL,
  codeOf,
  latchkey,
  newEmail,
  owingCode,
  PASSWORD,
  SESSION,
  withTwoFactor,
} from '#testing/index.ts'
import { createPasswords, HashQueueFull } from '../lib/passwords.ts'
import { createMetrics } from './metrics.ts'

const TOKEN = 'scraper-0123456789'
const metrics = await createMetrics()
const product = await latchkey({ metricsToken: TOKEN, ...BEHIND_PROXY }, { metrics })
const off = await latchkey()
after(async () => {
  await product.close()
  await off.close()
})
afterEach(() => assert.deepEqual(product.faults, []))

const scrape = async (of = product) => (await of.browser().get('/metrics', { Authorization: `Bearer ${TOKEN}` })).html

/** The value of a line such as `latchkey_sign_ins_total{method="password",door="browser"}`; 0 if it isn't there yet. */
const value = (body: string, line: string) =>
  Number(
    body
      .split('\n')
      .find((each) => each.startsWith(`${line} `))
      ?.slice(line.length + 1) ?? 0,
  )

/** How much each of the lines grew while `work` was done. */
async function grown(work: () => Promise<unknown>, ...lines: string[]) {
  const before = await scrape()
  await work()
  const now = await scrape()
  return lines.map((line) => value(now, line) - value(before, line))
}

describe('GET /metrics', () => {
  test('is no page where there is no token for it, whatever is sent', async () => {
    for (const sent of ['', 'Bearer ', 'Bearer undefined', `Bearer ${TOKEN}`])
      assert.equal((await off.browser().get('/metrics', { Authorization: sent })).status, 404)
    assert.deepEqual(
      off.app.routes.filter(({ path }) => path.startsWith('/metrics')),
      [],
    )
    assert.equal(off.app.routes.length, product.app.routes.length - 2, 'nor is any request timed')
  })

  test('answers who has the token, in the text form of Prometheus, at any address', async () => {
    for (const Host of [new URL(BASE_URL).host, '10.0.0.7:3000']) {
      const answer = await product.browser().get('/metrics', { Authorization: `Bearer ${TOKEN}`, Host })
      assert.equal(answer.status, 200)
      assert.match(answer.headers.get('Content-Type') ?? '', /^text\/plain; version=0\.0\.4/)
      assert.equal(answer.headers.get('Cache-Control'), 'no-store')
      for (const line of answer.html.split('\n').filter((each) => each !== '' && !each.startsWith('#')))
        assert.match(line, /^[a-z]\w*(\{[^{}\n]*\})? ([-+\d.e]+|[-+]?Inf|NaN)$/i)
      assert.match(answer.html, /^process_resident_memory_bytes /m)
      assert.match(answer.html, /^nodejs_eventloop_lag_p99_seconds /m)
    }
  })

  test('refuses everybody else with 401 and how to ask', async () => {
    const wrong = ['Bearer scraper-0123456788', `Bearer ${TOKEN}x`, `Bearer ${TOKEN.slice(1)}`, `Basic ${TOKEN}`, TOKEN]
    for (const sent of [undefined, 'Bearer', `Bearer ${TOKEN}, Bearer ${TOKEN}`, ...wrong]) {
      const answer = await product.browser().get('/metrics', sent === undefined ? {} : { Authorization: sent })
      assert.equal(answer.status, 401, sent)
      assert.match(answer.headers.get('WWW-Authenticate') ?? '', /^Bearer realm="/)
      assert.ok(!answer.html.includes('latchkey_') && !answer.html.includes(TOKEN))
    }
  })

  test('does not take a session for the token, nor the token in the URL, and sets no cookie', async () => {
    const { browser } = await withTwoFactor(product)
    for (const path of ['/metrics', `/metrics?access_token=${TOKEN}`, `/metrics?token=${TOKEN}`]) {
      const answer = await browser.get(path)
      assert.equal(answer.status, 401)
      assert.deepEqual(answer.headers.getSetCookie(), [])
    }
    const session = browser.cookies.get(SESSION) ?? ''
    assert.equal((await product.browser().get('/metrics', { Authorization: `Bearer ${session}` })).status, 401)
  })

  test('takes GET and HEAD alone', async () => {
    const headers = { Authorization: `Bearer ${TOKEN}` }
    const head = await product.browser().send('/metrics', { method: 'HEAD', headers })
    assert.deepEqual([head.status, head.html], [200, ''])
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
      const answer = await product.browser().send('/metrics', { method, headers })
      assert.equal(answer.status, 405, method)
      assert.equal(answer.headers.get('Allow'), 'GET, HEAD')
    }
  })
})

const signIns = (method: string, door: string) => `latchkey_sign_ins_total{method="${method}",door="${door}"}`
const failures = (reason: string, door = 'browser') =>
  `latchkey_sign_in_failures_total{reason="${reason}",door="${door}"}`
const rest = (method: string, fields: Record<string, string>) =>
  product.browser().send(`/1.0/users/authentication/rest/${method}`, {
    method: 'POST',
    body: new URLSearchParams(fields).toString(),
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
  })
const v1 = (path: string, fields: Record<string, string>) =>
  product.browser().send(`/api/v1${path}`, {
    method: 'POST',
    body: JSON.stringify(fields),
    headers: { 'Content-Type': 'application/json' },
  })

describe('what is counted', () => {
  test('sign-ins by method and door, each once', async () => {
    const { email, key, codes } = await withTwoFactor(product)
    const lines = [
      signIns('authenticator', 'browser'),
      signIns('authenticator', 'api'),
      signIns('recovery_code', 'browser'),
      signIns('recovery_code', 'api'),
      signIns('password', 'browser'),
      'latchkey_security_events_total{kind="signed_in"}',
      'latchkey_security_events_total{kind="recovery_code_used"}',
    ]
    const work = async () => {
      await answerCode(await owingCode(product, email), codeOf(key, product.clock.now()))
      await answerCode(await owingCode(product, email), codes[0] ?? '')
      const { session } = JSON.parse((await rest('signin', { login: email, password: PASSWORD })).html)
      await rest('verify2facode', { session, code: codeOf(key, product.clock.now(), 1) })
      const { challenge } = JSON.parse((await v1('/sessions', { email, password: PASSWORD })).html)
      assert.equal((await v1('/sessions/verify', { challenge: challenge.id, code: codes[1] ?? '' })).status, 201)
      await product.browser().post('/sign-up', { email: newEmail(), password: PASSWORD })
    }
    assert.deepEqual(await grown(work, ...lines), [1, 1, 1, 1, 1, 5, 2])
  })

  test('a sign-in that another was faster with is not', async () => {
    const { email, key } = await withTwoFactor(product)
    const [a, b] = [await owingCode(product, email), await owingCode(product, email)]
    const code = codeOf(key, product.clock.now())
    const work = () => Promise.all([answerCode(a, code), answerCode(b, code)])
    assert.deepEqual(await grown(work, signIns('authenticator', 'browser'), failures('used_code')), [1, 1])
  })

  test('failures by reason, at every door', async () => {
    const { email, key } = await withTwoFactor(product)
    const lines = [
      failures('wrong_credentials'),
      failures('wrong_credentials', 'api'),
      failures('malformed'),
      failures('wrong_code'),
      failures('wrong_recovery_code'),
      failures('old_code'),
      failures('used_code'),
      failures('expired', 'api'),
    ]
    const work = async () => {
      await product.browser().post('/sign-in', { email, password: 'x' })
      await product.browser().post('/sign-in', { email: newEmail(), password: 'x' })
      await rest('signin', { login: email, password: 'x' })
      await v1('/sessions', { email, password: 'x' })
      const browser = await owingCode(product, email)
      await answerCode(browser, 'hello')
      await answerCode(browser, codeOf(key, product.clock.now(), 9))
      await answerCode(browser, 'aaaaa-aaaaa')
      await answerCode(browser, codeOf(key, product.clock.now(), -5))
      await answerCode(browser, codeOf(key, product.clock.now(), -1))
      await v1('/sessions/verify', { challenge: 'x', code: '123456' })
    }
    assert.deepEqual(await grown(work, ...lines), [2, 2, 1, 1, 1, 1, 1, 1])
  })

  test('a wait, without the guess behind it', async () => {
    const { email } = await withTwoFactor(product)
    const guess = () => v1('/sessions', { email, password: 'x' })
    for (let guesses = 0; guesses < 10; guesses++) await guess()
    assert.deepEqual(await grown(guess, failures('wait', 'api'), failures('wrong_credentials', 'api')), [1, 0])
  })

  test('hashes by the seconds they take, and those that found the queue full as busy', async () => {
    const guess = () => product.browser().post('/sign-in', { email: newEmail(), password: 'x' })
    assert.deepEqual(await grown(guess, 'latchkey_hash_seconds_count', 'latchkey_hash_queue_length'), [1, 0])
    const { verify } = product.deps.passwords
    product.deps.passwords.verify = () => Promise.reject(new HashQueueFull())
    assert.deepEqual(await grown(guess, failures('busy')), [1])
    product.deps.passwords.verify = verify
  })

  test('the queue as it is at the moment of asking', async () => {
    const own = await createMetrics()
    const argon2 = { hash: async () => 'quick', verify: async () => true }
    const passwords = createPasswords({ cores: 1, watch: own.hashes, argon2 })
    own.watchQueue(passwords)
    const hashing = Array.from({ length: 102 }, () =>
      passwords.hash(PASSWORD, '192.0.2.1').catch((error: unknown) => error),
    )
    const { body } = await own.text()
    assert.equal(value(body, 'latchkey_hashes_running'), 1)
    assert.equal(value(body, 'latchkey_hash_queue_length'), 100) // five seconds, by the first guess
    assert.equal(value(body, 'latchkey_hashes_refused_total'), 1)
    await Promise.all(hashing)
    assert.equal(value((await own.text()).body, 'latchkey_hash_seconds_count'), 101)
  })

  test('requests by the pattern of their route: no path and no method of a stranger becomes a label', async () => {
    const request = (route: string, method: string, status: string) =>
      `latchkey_request_seconds_count{route="${route}",method="${method}",status="${status}"}`
    const lines = [
      request('/sign-in', 'GET', '2xx'),
      request('/sign-in', 'POST', '4xx'),
      request('/', 'GET', '3xx'),
      request('unknown', 'GET', '4xx'),
      request('/sign-in', 'other', '4xx'),
      request('/1.0/:group/:service/rest/:method', 'GET', '2xx'),
    ]
    const work = async () => {
      const nobody = product.browser()
      await nobody.get('/sign-in?secret=violet')
      await nobody.post('/sign-in', {})
      await nobody.get('/')
      for (let path = 0; path < 20; path++) await nobody.get(`/violet-${path}`)
      await nobody.send('/sign-in', { method: 'VIOLET' })
      await nobody.get('/1.0/violet/kettle/rest/marches')
    }
    assert.deepEqual(await grown(work, ...lines), [1, 1, 1, 20, 1, 1])
    assert.doesNotMatch(await scrape(), /violet/i)
  })

  test('checks of the gate by verdict, and what nobody could read', async () => {
    const { browser: portal, email } = await withTwoFactor(product)
    const { host, group } = await withApp(product, { paths: [{ path: '/admin/', level: 'second_factor', maxAge: 60 }] })
    const visitor = appBrowser(product)
    const check = (verdict: string) => `latchkey_gate_checks_total{verdict="${verdict}"}`
    const lines = ['let_in', 'sign_in', 'step_up', 'sign_out', 'refused', 'entered', 'malformed'].map(check)
    const work = async () => {
      const { location } = await visitor.asks(`https://${host}/`)
      await visitor.asks(await codeFor(product, portal, location))
      await visitor.asks(`https://${host}/`)
      await joining(product, email, group)
      for (let visit = 0; visit < 3; visit++) await visitor.asks(`https://${host}/`)
      product.clock.advance(120_000)
      await visitor.asks(`https://${host}/admin/`)
      await visitor.asks(`https://${host}/.latchkey/sign-out`)
      await visitor.asks('https://nobody.example.test/')
      await asking(product.carry, 'photos')
      await asking(product.carry, `https://${host}/`, { peer: '192.0.2.1' })
    }
    const answered = 'latchkey_request_seconds_count{route="/gate/caddy",method="GET",status="2xx"}'
    assert.deepEqual(await grown(work, answered, ...lines), [3, 3, 1, 1, 1, 2, 1, 1])
  })

  test('nothing of who anybody is', async () => {
    const { email, key, codes } = await withTwoFactor(product)
    const body = await scrape()
    for (const text of [email, key, PASSWORD, '192.0.2.1', 'Firefox', ...codes]) assert.ok(!body.includes(text))
  })
})
