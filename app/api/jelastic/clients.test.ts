import assert from 'node:assert/strict'
import { after, afterEach, describe, test } from 'node:test'
import { BASE_URL, codeOf, latchkey, PASSWORD, signedUp, withTwoFactor } from '../../testing.ts'
import { type Result, standIn } from './stand-in.ts'

const product = await latchkey()
const api = standIn(product.app, { host: new URL(BASE_URL).host })
afterEach(() => assert.deepEqual(product.faults, []))
after(product.close)

/** A key that has to be there, as Hash#fetch of Ruby and a subscript of Python see it. */
function fetched(answer: Result, key: string): string {
  if (!(key in answer)) throw new Error(`key not found: ${key}`)
  return String(answer[key])
}

/** Signs in once, then sends the session it got at first with every call; believes `result` alone. */
async function rubyClient(login: string, password: string) {
  const answer = await api.call('users/authentication/rest/signin', { login, password })
  if (answer.result !== 0) throw new Error(`${answer.result}: ${answer.error}`)
  const user = { uid: fetched(answer, 'uid'), email: fetched(answer, 'email'), status: fetched(answer, 'status') }
  const session = fetched(answer, 'session')
  return { user, call: (path: string, more = {}) => api.call(path, { session, ...more }) }
}

/** Asks checksign first, and signs in where the session it has kept is no good. */
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
    const kept = await pythonClient(email, PASSWORD, () => assert.fail('no code is owed'), fetched(made, 'token'))
    assert.equal(kept, made.token)
  })
})
