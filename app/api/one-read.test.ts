import assert from 'node:assert/strict'
import { after, afterEach, describe, test } from 'node:test'
import { dialect } from '#db/columns.ts'
import { standIn } from '#testing/clients/jelastic.ts'
import { apiClient } from '#testing/clients/v1.ts'
import { BASE_URL, latchkey, newEmail, PASSWORD, signedUp, testDatabase } from '#testing/index.ts'
import { statementsOf } from '#testing/statements.ts'
import { resetMails } from '../identity/limits.ts'

const database = await testDatabase()
const statements = dialect === 'sqlite' ? statementsOf(database) : undefined
const product = await latchkey({}, { database })
afterEach(() => assert.deepEqual(product.faults, []))
after(product.close)

const v1 = apiClient(product)
const jelastic = standIn(product.app, { host: new URL(BASE_URL).host })
const { email } = await signedUp(product)
const session = await v1.signedIn(email)
const scopes = ['account:read', 'sessions:read', 'events:read']
const made = await v1.call('POST', '/tokens', session, { password: PASSWORD, description: 'a script', scopes })
const token = String(made.body.value)

const asking = (path: string) => async (bearer: string) => {
  const { status, text, body } = await v1.call('GET', path, bearer)
  assert.equal(status, 200, text)
  return body
}
const calling = (method: string) => async (bearer: string) => {
  const { result, ...answer } = await jelastic.call(`users/${method}`, { session: bearer })
  assert.equal(result, 0, JSON.stringify(answer))
  return answer
}

const forTokensToo: Record<string, (bearer: string) => Promise<Record<string, unknown>>> = {
  'GET /account': asking('/account'),
  'GET /sessions': asking('/sessions'),
  'GET /events': asking('/events'),
  checksign: calling('authentication/rest/checksign'),
  getuserinfo: calling('account/rest/getuserinfo'),
  getsessions: calling('authentication/rest/getsessions'),
}
const forSessionsAlone = {
  'GET /session': asking('/session'),
  'GET /tokens': asking('/tokens'),
  'GET /two-factor': asking('/two-factor'),
  gettokens: calling('authentication/rest/gettokens'),
}

describe('an access token is answered what a session of its account is:', () => {
  const withoutItself = (answer: Record<string, unknown>) =>
    JSON.stringify(answer).replace(/"current":(true|false),?/g, '')

  for (const name of ['GET /sessions', 'GET /events', 'getsessions'])
    test(name, async () => {
      const ask = forTokensToo[name] ?? assert.fail('is called')
      const [bySession, byToken] = [await ask(session), await ask(token)]
      assert.equal(withoutItself(byToken), withoutItself(bySession))
      assert.doesNotMatch(JSON.stringify(byToken), /"current":true/)
      assert.ok(
        Object.values(byToken).some((list) => Array.isArray(list) && list.length >= 2),
        'has something in it',
      )
    })
})

if (statements)
  describe('a call that only looks is one read of the database, with all that it answers:', () => {
    const reads = async (ask: () => Promise<unknown>) => {
      await ask() // the first in a minute writes when it was
      await product.deps.limits.charge({ budget: resetMails(newEmail()) }, product.clock.now().getTime()) // no kept answer is good now
      statements.take()
      await ask()
      return statements.take()
    }

    for (const [name, ask] of Object.entries({ ...forSessionsAlone, ...forTokensToo }))
      test(`${name}, by a session`, async () => {
        const asked = await reads(() => ask(session))
        assert.equal(asked.length, 1, asked.join('\n'))
      })

    for (const [name, ask] of Object.entries(forTokensToo))
      test(`${name}, by an access token`, async () => {
        const asked = await reads(() => ask(token))
        assert.equal(asked.length, 1, asked.join('\n'))
      })
  })
