import assert from 'node:assert/strict'
import { request, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, afterEach, before, describe, test } from 'node:test'
import { createAdaptorServer } from '@hono/node-server'
import { type Result, standIn } from '#testing/clients/jelastic.ts'
import {
  AUTHENTICATION,
  encoded,
  FORM,
  form,
  type Held,
  type PublicRequest,
  publicClients,
  RUK,
} from '#testing/clients/public-jelastic.ts'
import { BASE_URL, codeOf, keptLog, latchkey, PASSWORD, signedUp, withTwoFactor } from '#testing/index.ts'

const kept = keptLog('debug')
const product = await latchkey({ sessionsInUrls: true }, { log: kept.log })
const strict = await latchkey({ sessionsInUrls: false }, product)
const api = standIn(product.app, { host: new URL(BASE_URL).host })
afterEach(() => assert.deepEqual(product.faults, []))
const servers: Server[] = []
const ports = { lenient: 0, strict: 0 }
before(async () => {
  for (const [name, { app }] of Object.entries({ lenient: product, strict })) {
    const server = createAdaptorServer({ fetch: app.fetch }) as Server
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    ports[name as keyof typeof ports] = (server.address() as AddressInfo).port
    servers.push(server)
  }
})
after(async () => {
  for (const server of servers) {
    server.closeAllConnections()
    server.close()
  }
  await product.close()
})

/** A key that must exist, as for Ruby's Hash#fetch and a subscript in Python. */
function fetched(answer: Result, key: string): string {
  if (!(key in answer)) throw new Error(`key not found: ${key}`)
  return String(answer[key])
}

/** Signs in once, then sends that session with every call. Believes only `result`. */
async function rubyClient(login: string, password: string) {
  const answer = await api.call('users/authentication/rest/signin', { login, password })
  if (answer.result !== 0) throw new Error(`${answer.result}: ${answer.error}`)
  const user = { uid: fetched(answer, 'uid'), email: fetched(answer, 'email'), status: fetched(answer, 'status') }
  const session = fetched(answer, 'session')
  return { user, call: (path: string, more = {}) => api.call(path, { session, ...more }) }
}

/** Asks checksign first, and signs in if its kept session doesn't work. */
async function pythonClient(login: string, password: string, code: () => string, kept = '') {
  const authentication = (method: string, parameters: Record<string, string>) =>
    api.call(`users/authentication/rest/${method}`, parameters)
  if (kept && (await authentication('checksign', { session: kept })).result === 0) return kept
  const session = fetched(await authentication('signin', { login, password }), 'session')
  if (fetched(await authentication('checksign', { session }), 'accessType') === 'RESTRICTED')
    await authentication('verify2facode', { session, code: code() })
  assert.equal(fetched(await authentication('checksign', { session }), 'accessType'), 'FULL_ACCESS')
  return session
}

describe('clients that exist', () => {
  test('one that reads uid, email, session and status signs in, calls and signs out', async () => {
    const { email } = await signedUp(product)
    const client = await rubyClient(email, PASSWORD)
    assert.deepEqual([client.user.email, client.user.status], [email, 'ENABLED'])
    const info = await client.call('users/account/rest/GetUserInfo')
    assert.equal(String(info.uid), client.user.uid)
    assert.equal((await client.call('environment/control/rest/GetEnvs')).result, 99)
    assert.equal((await client.call('users/authentication/rest/SignOut')).result, 0)
    assert.equal((await client.call('users/account/rest/GetUserInfo')).result, 701)
  })

  test('one that keeps its first session goes on with it after the code', async () => {
    const { email, key } = await withTwoFactor(product)
    const client = await rubyClient(email, PASSWORD)
    assert.equal((await client.call('users/account/rest/getuserinfo')).result, 9001)
    const code = codeOf(key, product.clock.now())
    assert.equal((await client.call('users/authentication/rest/Verify2FACode', { code })).result, 0)
    assert.equal(fetched(await client.call('users/account/rest/getuserinfo'), 'email'), email)
  })

  test('one that reads accessType from checksign signs in with and without a second factor, once', async () => {
    const plain = await signedUp(product)
    await pythonClient(plain.email, PASSWORD, () => assert.fail('no code is owed'))
    const { email, key } = await withTwoFactor(product)
    const session = await pythonClient(email, PASSWORD, () => codeOf(key, product.clock.now()))
    const again = await pythonClient(email, PASSWORD, () => assert.fail('it is signed in'), session)
    assert.equal(again, session)
  })

  test('one that has an access token uses it as a session', async () => {
    const { email } = await signedUp(product)
    const client = await rubyClient(email, PASSWORD)
    const made = await client.call('users/authentication/rest/createtoken', { password: PASSWORD, description: 'CI' })
    const { key } = made.token as { key: string }
    const kept = await pythonClient(email, PASSWORD, () => assert.fail('no code is owed'), key)
    assert.equal(kept, key)
  })
})

type Answer = Record<string, unknown> & { result: number }

function sent(port: number, [method, path, headers, body]: PublicRequest['request']): Promise<Answer> {
  const { host } = new URL(BASE_URL)
  const length = body === undefined ? {} : { 'Content-Length': String(Buffer.byteLength(body)) }
  return new Promise((resolve, reject) => {
    const options = { port, host: '127.0.0.1', method, path, headers: { Host: host, ...headers, ...length } }
    const call = request(options, async (response) => {
      let text = ''
      for await (const chunk of response) text += chunk
      try {
        assert.equal(response.statusCode, 200, text)
        assert.equal(response.headers['cache-control'], 'no-store')
        assert.match(response.headers['content-type'] ?? '', /^application\/json\b/)
        resolve(JSON.parse(text))
      } catch (error) {
        reject(error)
      }
    })
    call.on('error', reject)
    call.end(body)
  })
}

async function personAt(port: number): Promise<Held> {
  const { email } = await signedUp(product)
  const headers = { 'Content-Type': FORM }
  const body = form({ login: email, password: PASSWORD })
  const { session } = await sent(port, ['POST', `${AUTHENTICATION}/signin`, headers, body])
  const wanted = form({ session: String(session), password: PASSWORD, description: 'CI' })
  const { token } = await sent(port, ['POST', `${AUTHENTICATION}/createtoken`, headers, wanted])
  return { email, password: PASSWORD, session: String(session), token: (token as { key: string }).key }
}

function checkRead({ client, reads, result = 0, says }: PublicRequest, answer: Answer) {
  const told = `${client}: ${JSON.stringify(answer)}`
  assert.equal(answer.result, result, told)
  for (const key of reads) assert.ok(key in answer && answer[key] !== null, `${key} is read by ${told}`)
  assert.equal('error' in answer, result !== 0, told)
  if (says) assert.match(String(answer.error), says)
  const { uid } = answer
  if (uid !== undefined) assert.ok(Number.isInteger(uid) && Number(uid) < 2 ** 31, told)
}

describe('public clients, unchanged', () => {
  test('read what they look for, with JELASTIC_GET=sessions', async () => {
    const held = await personAt(ports.lenient)
    const all = publicClients(held)
    assert.ok(new Set(all.map(({ client }) => client)).size >= 7, 'seven clients')
    for (const row of all) checkRead(row, await sent(ports.lenient, row.request))
  })

  test('read the same without it, but for sessions in a URL, where they are told to use POST', async () => {
    for (const row of publicClients(await personAt(ports.strict))) {
      const answer = await sent(ports.strict, row.request)
      if (!row.needs) checkRead(row, answer)
      else assert.match(String(answer.error), /^Use POST, with session in the form body/)
    }
  })

  test('leave nothing of a query in the log', async () => {
    kept.forget()
    const held = await personAt(ports.lenient)
    for (const { request } of publicClients(held)) await sent(ports.lenient, request)
    assert.ok(kept.of('request').length > 10, 'each request has its line')
    for (const secret of [
      held.session,
      held.token,
      held.password,
      encoded(held.password),
      RUK,
      'cluster',
      'newPassword',
    ])
      assert.ok(!kept.text().includes(secret), `${secret} is in the log`)
  })
})
