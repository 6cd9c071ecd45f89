import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { apiClient } from '#testing/clients/v1.ts'
import {
  codeOf,
  latchkey,
  loggedEvents,
  owingCode,
  PASSWORD,
  PENDING,
  SESSION,
  signedUp,
  withTwoFactor,
} from '#testing/index.ts'

const product = await latchkey()
after(() => product.close())
const api = apiClient(product)
const { clock } = product

describe('signing in by /api/v1', () => {
  test('without a second factor a password opens a session, which opens the account', async () => {
    const { email } = await signedUp(product)
    const session = await api.signedIn(email)
    const account = await api.call('GET', '/account', session)
    assert.equal(account.status, 200)
    assert.equal(account.body.email, email)
    assert.equal(account.body.two_factor, false)
  })

  test('with one it opens a challenge, and the code opens the session', async () => {
    const { email, key } = await withTwoFactor(product)
    const answer = await api.call('POST', '/sessions', undefined, { email, password: PASSWORD })
    assert.equal(answer.status, 202)
    const { id, methods, attempts_left } = answer.body.challenge as {
      id: string
      methods: string[]
      attempts_left: number
    }
    assert.deepEqual(methods, ['authenticator', 'recovery_code'])
    assert.equal(attempts_left, 5)
    const verified = await api.call('POST', '/sessions/verify', undefined, {
      challenge: id,
      code: codeOf(key, clock.now()),
    })
    assert.equal(verified.status, 201)
    assert.equal((await api.call('GET', '/two-factor', String(verified.body.session))).body.on, true)
    assert.ok((await loggedEvents(product, email)).includes('signed_in authenticator'))
  })

  test('a recovery code opens it once, at whichever door', async () => {
    const { email, codes } = await withTwoFactor(product)
    const [code = ''] = codes
    const page = await owingCode(product, email)
    assert.equal((await page.post('/sign-in/two-factor', { code })).location, '/')
    const refused = await api.call('POST', '/sessions/verify', undefined, {
      challenge: await api.challenged(email),
      code,
    })
    assert.equal(refused.status, 422)
    assert.equal(refused.body.reason, 'wrong_recovery_code')
  })

  test('a code spent on a page is dead here, and one spent here is dead on a page (A04)', async () => {
    const { email, key } = await withTwoFactor(product)
    const page = await owingCode(product, email)
    const code = codeOf(key, clock.now())
    assert.equal((await page.post('/sign-in/two-factor', { code })).location, '/')
    const challenge = await api.challenged(email)
    const refused = await api.call('POST', '/sessions/verify', undefined, { challenge, code })
    assert.equal(refused.status, 422)
    assert.equal(refused.headers.get('Content-Type'), 'application/problem+json')
    assert.equal(refused.body.reason, 'used_code')
    assert.equal(refused.body.attempts_left, 4)
    assert.equal(typeof refused.body.retry_after, 'number')
    const next = codeOf(key, clock.now(), 1)
    assert.equal((await api.call('POST', '/sessions/verify', undefined, { challenge, code: next })).status, 201)
    const other = await owingCode(product, email)
    assert.match((await other.post('/sign-in/two-factor', { code: next })).text, /already been used/)
  })

  test('wrong codes at both doors count together, and the wait is told in Retry-After', async () => {
    const { email } = await withTwoFactor(product)
    const page = await owingCode(product, email)
    const challenge = await api.challenged(email)
    for (let guess = 0; guess < 3; guess++) await page.post('/sign-in/two-factor', { code: '000000' })
    for (let guess = 0; guess < 2; guess++)
      assert.equal((await api.call('POST', '/sessions/verify', undefined, { challenge, code: '000000' })).status, 422)
    const refused = await api.call('POST', '/sessions/verify', undefined, { challenge, code: '000000' })
    assert.equal(refused.status, 429)
    assert.equal(refused.headers.get('Retry-After'), '30')
    assert.equal(refused.body.retry_after, 30)
  })

  test('twenty parallel answers with one code open one session (A01)', async () => {
    const { email, key } = await withTwoFactor(product)
    const challenges: string[] = []
    for (let index = 0; index < 20; index++) challenges.push(await api.challenged(email))
    const code = codeOf(key, clock.now())
    const answers = await Promise.all(
      challenges.map((challenge) => api.call('POST', '/sessions/verify', undefined, { challenge, code })),
    )
    assert.equal(answers.filter(({ status }) => status === 201).length, 1)
    assert.deepEqual(product.faults, [])
  })

  test('a wrong password and an unknown account are answered alike (A50)', async () => {
    const { email } = await signedUp(product)
    const wrong = await api.call('POST', '/sessions', undefined, { email, password: 'not the password' })
    const unknown = await api.call('POST', '/sessions', undefined, {
      email: 'nobody@example.com',
      password: 'not the password',
    })
    assert.equal(wrong.status, 401)
    assert.equal(wrong.text, unknown.text)
  })

  test('a challenge opens nothing: not as bearer, not as cookie, not at another door (A07)', async () => {
    const { email } = await withTwoFactor(product)
    const challenge = await api.challenged(email)
    for (const path of ['/session', '/account', '/sessions', '/events', '/tokens', '/two-factor'])
      assert.equal((await api.call('GET', path, challenge)).status, 401, path)
    const browser = product.browser()
    browser.cookies.set(SESSION, challenge)
    assert.equal((await browser.get('/')).status, 303)
    browser.cookies.set(PENDING, challenge)
    assert.equal((await browser.get('/sign-in/two-factor')).location, '/sign-in')
  })

  test('a session opens only the door it came in by', async () => {
    const { browser, email } = await signedUp(product)
    const cookie = browser.cookies.get(SESSION) ?? ''
    assert.equal((await api.call('GET', '/account', cookie)).status, 401)
    const other = product.browser()
    other.cookies.set(SESSION, await api.signedIn(email))
    assert.equal((await other.get('/')).location, '/sign-in')
  })

  test('cookies are not read (A42)', async () => {
    const { browser } = await signedUp(product)
    const answer = await browser.get('/api/v1/account')
    assert.equal(answer.status, 401)
    assert.match(answer.headers.get('WWW-Authenticate') ?? '', /^Bearer realm=/)
  })

  test('the account’s sessions are listed and ended one by one; another account’s are not found (A66)', async () => {
    const { email, browser } = await signedUp(product)
    const session = await api.signedIn(email)
    const { sessions } = (await api.call('GET', '/sessions', session)).body as {
      sessions: { id: string; current: boolean; client: string }[]
    }
    assert.deepEqual(sessions.map(({ client, current }) => [client, current]).sort(), [
      ['api', true],
      ['browser', false],
    ])
    const other = sessions.find(({ current }) => !current)?.id ?? ''
    const stranger = await api.signedIn((await signedUp(product)).email)
    assert.equal((await api.call('DELETE', `/sessions/${other}`, stranger)).status, 404)
    assert.equal((await api.call('DELETE', `/sessions/${other}`, session)).status, 204)
    assert.equal((await browser.get('/')).location, '/sign-in')
    assert.equal((await api.call('DELETE', `/sessions/${other}`, session)).status, 404)
    assert.equal((await loggedEvents(product, email)).filter((kind) => kind === 'session_ended').length, 1)
  })

  test('after signing out the session is worth nothing (A32)', async () => {
    const session = await api.signedIn((await signedUp(product)).email)
    assert.equal((await api.call('DELETE', '/session', session)).status, 204)
    assert.equal((await api.call('GET', '/session', session)).status, 401)
  })
})
