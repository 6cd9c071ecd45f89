import assert from 'node:assert/strict'
import { type IncomingMessage, request, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, afterEach, before, describe, test } from 'node:test'
import { createAdaptorServer } from '@hono/node-server'
import * as schema from '#db/schema.ts'
import { type Parameters, type Result, standIn } from '#testing/clients/jelastic.ts'
import { BASE_URL, codeOf, latchkey, owingCode, PASSWORD, SESSION, signedUp, withTwoFactor } from '#testing/index.ts'
import { activitySeenBy, activityView } from '../../account/activity.ts'
import { hashToken } from '../../lib/tokens.ts'
import { METHODS } from './jelastic.ts'
import { RESULTS, type ResultName } from './results.ts'

const WRONG = 'not the password at all'
const { host } = new URL(BASE_URL)
const product = await latchkey()
const { clock } = product
const api = standIn(product.app, { host, address: '192.0.2.1' }) // the browsers' address
afterEach(() => assert.deepEqual(product.faults, []))
after(product.close)

const SIGN_IN = '/1.0/users/authentication/rest/signin'
const CHECK = '/1.0/users/authentication/rest/checksign'
const FORM = { 'Content-Type': 'application/x-www-form-urlencoded' }

const auth = (method: string, parameters: Parameters = {}) =>
  api.call(`users/authentication/rest/${method}`, parameters)
const pathOf = (name: string) => name.replace(/\.(\w+)$/, '.rest.$1').replaceAll('.', '/')
const is = (answer: Result, name: ResultName) =>
  assert.equal(answer.result, RESULTS[name].number, JSON.stringify(answer))
const done = (answer: Result) => {
  assert.equal(answer.result, 0, JSON.stringify(answer))
  return answer
}

async function signedIn() {
  const { email, browser } = await signedUp(product)
  return { email, browser, session: String(done(await auth('signin', { login: email, password: PASSWORD })).session) }
}
const pendingOf = async (email: string) =>
  String(done(await auth('signin', { login: email, password: PASSWORD })).session)

const tables = [
  schema.accounts,
  schema.sessions,
  schema.pendingSignIns,
  schema.factors,
  schema.recoveryCodes,
  schema.pendingEnrolments,
  schema.accessTokens,
  schema.events,
  schema.limits,
]
const everyRow = () => Promise.all(tables.map((table) => product.database.db.select().from(table)))

/** Runs `attack` and checks that no row of the database has changed. */
async function changingNothing<Answer>(attack: () => Promise<Answer>): Promise<Answer> {
  const before = await everyRow()
  const answer = await attack()
  assert.deepEqual(await everyRow(), before)
  return answer
}

/** Everything that any method takes, so only the session is missing. */
const everything = {
  login: 'ada@example.com',
  password: PASSWORD,
  oldPassword: PASSWORD,
  newPassword: 'seven copper lanterns drifting',
  code: '123456',
  id: 'a',
  ids: 'a',
  description: 'CI',
}

describe('a pending sign-in', () => {
  test('opens nothing on any method but verify2facode and signout, and as a header neither', async () => {
    const { email } = await withTwoFactor(product)
    const pending = await pendingOf(email)
    for (const [name, { who }] of METHODS) {
      if (who === 'anyone' || who === 'begun') continue
      is(await changingNothing(() => api.call(pathOf(name), { ...everything, session: pending })), 'second_factor_owed')
      const bearer = { Authorization: `Bearer ${pending}` }
      const answer = await changingNothing(() => api.call(pathOf(name), everything, bearer))
      is(answer, 'second_factor_owed')
      assert.doesNotMatch(JSON.stringify(answer), new RegExp(`${email}|uid`))
    }
  })

  test('opens no page: not as a cookie of either name, not as bearer, not in the query', async () => {
    const { email, key } = await withTwoFactor(product)
    const pending = await pendingOf(email)
    const full = await pendingOf(email)
    done(await auth('verify2facode', { session: full, code: codeOf(key, clock.now()) }))
    for (const id of [await pendingOf(email), pending, full])
      for (const page of ['/', '/settings/account', '/sign-in/two-factor']) {
        const browser = product.browser()
        for (const name of ['__Host-latchkey', '__Host-latchkey-pending']) browser.cookies.set(name, id)
        assert.equal((await browser.get(page)).status, 303)
        const bearer = await product.browser().get(page, { Authorization: `Bearer ${id}` })
        assert.equal(bearer.status, 303)
        assert.equal((await product.browser().get(`${page}?session=${id}`)).status, 303)
      }
  })

  test('the session and the pending sign-in of a browser open nothing here', async () => {
    const { email, browser } = await withTwoFactor(product)
    const cookie = String(browser.cookies.get('__Host-latchkey'))
    const owing = await owingCode(product, email)
    const pending = String(owing.cookies.get('__Host-latchkey-pending'))
    for (const session of [cookie, pending]) {
      for (const method of ['checksign', 'signout', 'gettokens'])
        is(await auth(method, { session }), 'authentication_failed')
      is(await auth('verify2facode', { session, code: '123456' }), 'authentication_failed')
    }
    assert.equal((await browser.get('/')).status, 200)
    assert.equal((await owing.get('/sign-in/two-factor')).status, 200)
  })

  test('cookies are not read', async () => {
    const { session, browser } = await signedIn()
    const names = ['session', '__Host-latchkey', '__Host-latchkey-pending', 'hivext_session']
    const cookie = names.map((name) => `${name}=${session}`).join('; ')
    const answer = await api.send(CHECK, { method: 'POST', headers: { ...FORM, Cookie: cookie } })
    is(answer, 'invalid_parameter')
    assert.equal((await browser.get('/')).status, 200)
  })

  test('twenty answers at once with one code open exactly one session', async () => {
    const { email, key } = await withTwoFactor(product)
    const one = await pendingOf(email)
    const code = codeOf(key, clock.now())
    const same = await Promise.all(Array.from({ length: 20 }, () => auth('verify2facode', { session: one, code })))
    assert.equal(same.filter(({ result }) => result === 0).length, 1)
    is(await auth('verify2facode', { session: one, code }), 'authentication_failed')
    done(await auth('checksign', { session: one }))

    clock.advance(30_000)
    const next = codeOf(key, clock.now())
    const many = await Promise.all(Array.from({ length: 8 }, () => pendingOf(email)))
    const answers = await Promise.all(many.map((session) => auth('verify2facode', { session, code: next })))
    assert.equal(answers.filter(({ result }) => result === 0).length, 1)
    const checks = await Promise.all(many.map((session) => auth('checksign', { session })))
    assert.equal(checks.filter(({ result }) => result === 0).length, 1)
  })

  test('twenty answers at once with one recovery code open exactly one session', async () => {
    const { email, codes } = await withTwoFactor(product)
    const session = await pendingOf(email)
    const code = codes[0] ?? ''
    const answers = await Promise.all(Array.from({ length: 20 }, () => auth('verify2facode', { session, code })))
    assert.equal(answers.filter(({ result }) => result === 0).length, 1)
  })

  test('dies with a change of the password, and with the second factor', async () => {
    const { email, key } = await withTwoFactor(product)
    const [session, pending] = [await pendingOf(email), await pendingOf(email)]
    done(await auth('verify2facode', { session, code: codeOf(key, clock.now()) }))
    done(await api.call('users/account/rest/disable2fa', { session, password: PASSWORD }))
    is(await auth('verify2facode', { session: pending, code: codeOf(key, clock.now(), 1) }), 'authentication_failed')
  })
})

describe('both doors are one', () => {
  test('wrong passwords at either count together', async () => {
    const { email } = await signedUp(product)
    const browser = product.browser()
    for (let attempt = 0; attempt < 5; attempt++) {
      assert.equal((await browser.post('/sign-in', { email, password: WRONG })).status, 422)
      is(await auth('signin', { login: email, password: WRONG }), 'authentication_failed')
    }
    is(await auth('signin', { login: email.toUpperCase(), password: PASSWORD }), 'too_many_attempts')
    assert.equal((await browser.post('/sign-in', { email, password: PASSWORD })).status, 429)
  })

  test('wrong passwords of a session count together at all methods, and hold up no sign-in', async () => {
    const { email, session } = await signedIn()
    const methods = ['get2faconfig', 'changepassword', 'enable2fa']
    for (let attempt = 0; attempt < 10; attempt++) {
      const method = methods[attempt % 3] ?? ''
      const wrong = { ...everything, session, password: WRONG, oldPassword: WRONG }
      is(await api.call(`users/account/rest/${method}`, wrong), 'wrong_password')
    }
    is(await auth('createtoken', { ...everything, session }), 'too_many_attempts')
    done(await auth('signin', { login: email, password: PASSWORD }))
  })

  test('a right password at a method gives back what it counted', async () => {
    const { email, session } = await signedIn()
    for (let attempt = 0; attempt < 15; attempt++)
      is(await api.call('users/account/rest/enable2fa', { ...everything, session }), 'no_enrolment')
    done(await auth('signin', { login: email, password: PASSWORD }))
  })

  test('wrong codes at either count together', async () => {
    const { email, key } = await withTwoFactor(product)
    const page = await owingCode(product, email)
    const [one, two] = [await pendingOf(email), await pendingOf(email)]
    const wrong = codeOf(key, clock.now(), 500)
    for (const session of [one, two, one]) is(await auth('verify2facode', { session, code: wrong }), 'wrong_code')
    for (let attempt = 0; attempt < 2; attempt++)
      assert.equal((await page.post('/sign-in/two-factor', { code: wrong })).status, 422)
    is(await auth('verify2facode', { session: two, code: codeOf(key, clock.now()) }), 'too_many_attempts')
    assert.equal((await page.post('/sign-in/two-factor', { code: codeOf(key, clock.now()) })).status, 429)
  })

  test('a code spent on a page is dead here, and the other way round; recovery codes too', async () => {
    const { email, key, codes } = await withTwoFactor(product)
    const page = await owingCode(product, email)
    const session = await pendingOf(email)
    const code = codeOf(key, clock.now())
    assert.equal((await page.post('/sign-in/two-factor', { code })).status, 303)
    is(await auth('verify2facode', { session, code }), 'used_code')
    done(await auth('verify2facode', { session, code: codes[0] ?? '' }))
    const other = await owingCode(product, email)
    assert.equal((await other.post('/sign-in/two-factor', { code: codes[0] ?? '' })).status, 422)
    const next = codeOf(key, clock.now(), 1)
    done(await auth('verify2facode', { session: await pendingOf(email), code: next }))
    assert.equal((await other.post('/sign-in/two-factor', { code: next })).status, 422)
  })

  test('what is done here stands in the log of the pages', async () => {
    const { browser, session } = await signedIn()
    done(await auth('createtoken', { session, password: PASSWORD, description: 'CI' }))
    done(await auth('signout', { session }))
    const read = activityView(product.deps, undefined)
    const visitor = (await read(hashToken(browser.cookies.get(SESSION) ?? ''))) ?? assert.fail('is signed in')
    assert.deepEqual(
      activitySeenBy(visitor).events.map(({ kind }) => kind),
      ['signed_out', 'token_generated', 'signed_in', 'signed_in', 'signed_up'],
    )
  })
})

describe('input that no client sends', () => {
  let server: Server
  before(async () => {
    server = createAdaptorServer({ fetch: product.app.fetch }) as Server
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  })
  after(() => {
    server.closeAllConnections()
    server.close()
  })

  /** Over a real connection: bytes as they are, and methods that `Request` does not know. */
  const raw = (method: string, path: string, body: Buffer | string = '', headers: Record<string, string> = {}) =>
    new Promise<{ status: number | undefined; answer: Result }>((resolve, reject) => {
      const { port } = server.address() as AddressInfo
      const sent = request({ port, host: '127.0.0.1', method, path, headers: { Host: host, ...headers } }, (response) =>
        textOf(response).then((text) => resolve({ status: response.statusCode, answer: JSON.parse(text) }), reject),
      )
      sent.on('error', reject)
      sent.end(body)
    })
  const textOf = async (response: IncomingMessage) => {
    let text = ''
    for await (const chunk of response) text += chunk
    return text
  }

  const post = (body: BodyInit, headers: Record<string, string> = FORM, path = SIGN_IN) =>
    changingNothing(() => api.send(path, { method: 'POST', body, headers, duplex: 'half' } as RequestInit))
  const right = (email: string) => new URLSearchParams({ login: email, password: PASSWORD }).toString()

  test('a body that is too large, whether it says so or not', async () => {
    const { email } = await signedUp(product)
    const large = `${right(email)}&more=${'a'.repeat(1024 * 1024)}`
    is(await post(large), 'not_supported')
    const stream = new ReadableStream({
      start(controller) {
        for (let sent = 0; sent < 16; sent++) controller.enqueue(new TextEncoder().encode('a'.repeat(64 * 1024)))
        controller.close()
      },
    })
    is(await post(stream), 'not_supported')
    const { status, answer } = await changingNothing(() => raw('POST', SIGN_IN, large, FORM))
    assert.deepEqual([status, answer.result], [200, 99])
  })

  test('bodies that are no form, or no text', async () => {
    const { email } = await signedUp(product)
    const form = right(email)
    is(
      await post(JSON.stringify({ login: email, password: PASSWORD }), { 'Content-Type': 'application/json' }),
      'not_supported',
    )
    is(await post(form, { 'Content-Type': 'text/plain' }), 'not_supported')
    is(await post(new TextEncoder().encode(form), {}), 'not_supported')
    const multipart = new FormData()
    multipart.set('login', email)
    multipart.set('password', new Blob([PASSWORD]), 'password.txt')
    is(await post(multipart, {}), 'not_supported')
    const unbounded = { 'Content-Type': 'multipart/form-data' }
    for (const body of ['', '--', form, '--x\r\nContent-Disposition: form-data; name="login"\r\n\r\nx'])
      is(await post(body, unbounded), 'not_supported')
    const utf16 = { 'Content-Type': 'application/x-www-form-urlencoded; charset=utf-16' }
    is(await post(Buffer.from(form, 'utf16le'), utf16), 'not_supported')
    is(await post(Buffer.from([...Buffer.from(`${form}&x=`), 0xff, 0xfe])), 'not_supported')
    is(await post(`${form}&x=%ff%fe`), 'not_supported')
    is(await post(`${form}&x=a%00b`), 'not_supported')
    is(await post(`${form}%00`), 'not_supported')
    is(await post('', FORM), 'invalid_parameter')
    is(await post('%', FORM), 'invalid_parameter')
  })

  test('a parameter twice, even with the same value; others that are unknown are ignored', async () => {
    const { email } = await signedUp(product)
    is(await post(`${right(email)}&password=${PASSWORD}`), 'not_supported')
    is(await post(`${right(email)}&appid=1&appid=1`), 'not_supported')
    is(await post(`${right(email)}&__proto__=1&constructor=2&login[]=3`, FORM, `${SIGN_IN}x`), 'not_supported')
    done(
      await auth('signin', [
        ...Object.entries({ login: email, password: PASSWORD, __proto__x: '1', constructor: '2' }),
      ]),
    )
  })

  test('secrets in a URL are refused with a word on how to do it, with GET and with POST', async () => {
    const { email, session } = await signedIn()
    const get = (path: string) => changingNothing(() => api.send(path))
    for (const path of [
      `${SIGN_IN}?${right(email)}`,
      `${CHECK}?session=${session}`,
      `/1.0/users/account/rest/getuserinfo?session=${session}`,
      `/1.0/users/account/rest/changepassword?oldPassword=${PASSWORD}&newPassword=x`,
      `/1.0/users/authentication/rest/verify2facode?session=${session}&code=123456`,
    ]) {
      const answer = await get(path)
      is(answer, 'not_supported')
      assert.match(String(answer.error), /^Use POST/)
      is(await post('', FORM, path), 'not_supported')
    }
    const bearer = { headers: { Authorization: `Bearer ${session}` } }
    for (const method of ['signout', 'signoutsessions?ids=a', 'createtoken', 'verify2facode'])
      is(await changingNothing(() => api.send(`/1.0/users/authentication/rest/${method}`, bearer)), 'not_supported')
    is(await api.send(`${CHECK}?appid=1&appid=2`, bearer), 'not_supported')
    done(await api.send('/1.0/users/authentication/rest/gettokens', bearer))
    is(await api.send('/1.0/users/authentication/rest/gettokens?ids=a', bearer), 'not_found')
  })

  test('methods of HTTP that are not POST', async () => {
    const { session } = await signedIn()
    const headers = { ...FORM, Authorization: `Bearer ${session}` }
    for (const method of ['PUT', 'DELETE', 'PATCH', 'OPTIONS', 'PROPFIND', 'TRACE', 'SEARCH']) {
      const { status, answer } = await changingNothing(() => raw(method, CHECK, '', headers))
      assert.deepEqual([status, answer.result], [200, 99], method)
    }
    is(
      await changingNothing(() => api.send(CHECK, { method: 'PUT', body: `session=${session}`, headers: FORM })),
      'not_supported',
    )
    const head = await product.app.request(CHECK, { method: 'HEAD', headers: { Host: host, ...headers } })
    assert.equal(head.status, 200)
  })

  test('methods that there are not, and addresses of no method', async () => {
    for (const path of [
      '/1.0',
      '/1.0/',
      '/1.0/users',
      '/1.0/users/authentication/rest',
      '/1.0/users/authentication/rest/',
      '/1.0/users/authentication/rest/signin/',
      '/1.0/users/authentication/soap/signin',
      '/1.0/users/authentication/rest/constructor',
      '/1.0/users/authentication/rest/__proto__',
      '/1.0/users/account/rest/signin',
      '/1.0/users/authentication/rest/%00',
      '/1.0/users/authentication/rest/%ff',
      '/1.0/users/authentication/rest/%',
      `/1.0/users/authentication/rest/${'a'.repeat(5000)}`,
      '/1.0/environment/control/rest/getenvs',
    ]) {
      is(await post('session=x', FORM, path), 'not_supported')
      is(await changingNothing(() => api.send(path)), 'not_supported')
    }
  })

  test('a page of another site', async () => {
    const { email } = await signedUp(product)
    for (const header of [
      { Origin: 'https://evil.test' },
      { 'Sec-Fetch-Site': 'cross-site' },
      { Referer: 'https://evil.test/' },
    ])
      is(await post(right(email), { ...FORM, ...header }), 'not_supported')
  })

  test('every method with every parameter of the wrong kind', async () => {
    const { session } = await signedIn()
    const odd = [
      '',
      ' ',
      '[]',
      '{}',
      'null',
      '-1',
      '1e999',
      '[[["a"]]]',
      '"',
      'ä'.repeat(9000),
      '💥',
      "' or 1=1 --",
      'a,,b,',
    ]
    for (const [name, { parameters, who }] of METHODS) {
      if (name.endsWith('.signout')) continue
      const fields = Object.keys(parameters.shape).filter((field) => !/password|search/i.test(field)) // any word may be searched for
      for (const field of fields)
        for (const value of odd) {
          const others = { ...everything, password: WRONG, oldPassword: '', ...(who === 'anyone' ? {} : { session }) }
          const answer = await api.call(pathOf(name), { ...others, password: '', [field]: value })
          assert.notEqual(answer.result, 0, `${name} ${field}=${value}`)
        }
    }
  })
})
