import assert from 'node:assert/strict'
import { after, afterEach, describe, test } from 'node:test'
import { eq } from 'drizzle-orm'
import { recoveryCodes } from '#db/schema.ts'
import { METHODS } from '../api/jelastic/jelastic.ts'
import { RESULTS } from '../api/jelastic/results.ts'
import { standIn } from '../api/jelastic/stand-in.ts'
import { apiClient } from '../api/v1/testing.ts'
import {
  accountOf,
  BASE_URL,
  codeOf,
  latchkey,
  PASSWORD,
  RECOVERY_CODES_PAGE,
  SESSIONS_PAGE,
  withToken,
  withTwoFactor,
} from '../testing.ts'

const product = await latchkey()
const { clock, database } = product
const v1 = apiClient(product)
const jelastic = standIn(product.app, { host: new URL(BASE_URL).host })
afterEach(() => assert.deepEqual(product.faults.splice(0), []))
after(product.close)

/** An account with no recovery codes left, signed in at the pages and at both APIs, and a token made before. */
async function withoutCodes() {
  const { browser, email, key } = await withTwoFactor(product)
  const token = (await withToken(product, browser, { 'scope-sessions-read': 'yes' })).value
  const challenge = await v1.challenged(email)
  const verified = await v1.call('POST', '/sessions/verify', undefined, { challenge, code: codeOf(key, clock.now()) })
  const session = String(verified.body.session)
  const { id } = await accountOf(product, email)
  await database.db
    .update(recoveryCodes)
    .set({ usedAt: clock.now(), sealed: null })
    .where(eq(recoveryCodes.accountId, id))
  return { browser, email, session, token }
}

const { paths } = (await v1.raw('GET', '/api/openapi.json')).body as {
  paths: Record<string, Record<string, { security?: unknown[]; responses: Record<string, { description: string }> }>>
}
const ofSessions = Object.entries(paths).flatMap(([path, item]) =>
  Object.entries(item)
    .filter(([, { security }]) => (security ?? []).length > 0)
    .map(([method, { responses }]) => ({ operation: `${method.toUpperCase()} ${path}`, method, path, responses })),
)
const OPEN = [
  'GET /session',
  'DELETE /session',
  'GET /sessions',
  'DELETE /sessions/{id}',
  'POST /two-factor/recovery-codes/view',
  'POST /two-factor/recovery-codes/regenerate',
]

describe('with no recovery codes left', () => {
  test('the pages lead to making new ones, and let nobody do anything else but sign out (B11)', async () => {
    const { browser } = await withoutCodes()
    for (const path of ['/', '/settings/account', '/settings/tokens', '/settings/password', '/settings/email'])
      assert.equal((await browser.get(path)).location, RECOVERY_CODES_PAGE, path)
    const change = { current: PASSWORD, new: 'eleven sardines hum quietly' }
    assert.equal((await browser.post('/settings/password', change)).location, RECOVERY_CODES_PAGE)
    assert.equal((await browser.get(SESSIONS_PAGE)).status, 200)
    assert.equal((await browser.post('/sign-out')).location, '/sign-in')
  })

  test('/api/v1 refuses what the pages refuse, and says which call comes first (B11)', async () => {
    const { session } = await withoutCodes()
    const refused: string[] = []
    for (const { operation, method, path, responses } of ofSessions.filter(
      ({ operation }) => !OPEN.includes(operation),
    )) {
      const body = method === 'get' ? undefined : { password: PASSWORD }
      const answer = await v1.call(method.toUpperCase(), path.replace('{id}', 'x'), session, body)
      assert.equal(answer.status, 409, `${operation}: ${answer.text}`)
      assert.equal(answer.body.type, '/api/docs#problem-recovery_codes_owed')
      assert.equal(answer.body.next, 'POST /api/v1/two-factor/recovery-codes/regenerate')
      assert.match(String(answer.body.detail), /POST \/api\/v1\/two-factor\/recovery-codes\/regenerate/)
      assert.match(responses['409']?.description ?? '', /recovery_codes_owed/, `${operation} documents it`)
      refused.push(operation)
    }
    assert.ok(refused.length >= 9, refused.join())
    assert.deepEqual(
      OPEN.filter((operation) => !ofSessions.some((of) => of.operation === operation)),
      [],
    )
  })

  test('through /api/v1 new ones are made, after which all goes on; or the session signs out', async () => {
    const { session } = await withoutCodes()
    assert.equal((await v1.call('GET', '/session', session)).status, 200)
    assert.equal((await v1.call('GET', '/sessions', session)).status, 200)
    assert.equal((await v1.call('GET', '/account', session)).status, 409)
    const password = { password: PASSWORD }
    assert.equal((await v1.call('POST', '/two-factor/recovery-codes/view', session, password)).status, 200)
    const made = await v1.call('POST', '/two-factor/recovery-codes/regenerate', session, password)
    assert.equal((made.body.recovery_codes as string[]).length, 12)
    assert.equal((await v1.call('GET', '/account', session)).status, 200)
    const other = await withoutCodes()
    assert.equal((await v1.call('DELETE', '/session', other.session)).status, 204)
    assert.equal((await v1.call('GET', '/session', other.session)).status, 401)
  })

  test('/1.0 refuses what the pages refuse, and says which method comes first (B11)', async () => {
    const { session } = await withoutCodes()
    const open = [
      'checksign',
      'signout',
      'getsessions',
      'signoutsessions',
      'get2fabackupcodes',
      'regenerate2fabackupcodes',
    ]
    let refused = 0
    for (const [name, { who }] of METHODS) {
      const [group, service, method = ''] = name.split('.')
      if (who === 'anyone' || who === 'begun' || open.includes(method)) continue
      const answer = await jelastic.call(`${group}/${service}/rest/${method}`, { session })
      assert.equal(answer.result, RESULTS.recovery_codes_owed.number, `${name}: ${JSON.stringify(answer)}`)
      assert.match(answer.error ?? '', /Call regenerate2fabackupcodes/)
      refused++
    }
    assert.ok(refused >= 9, String(refused))
  })

  test('through /1.0 new ones are made, after which all goes on; or the session signs out', async () => {
    const { session, email } = await withoutCodes()
    const call = (path: string, fields: Record<string, string> = {}) => jelastic.call(path, { session, ...fields })
    for (const method of ['checksign', 'getsessions'])
      assert.equal((await call(`users/authentication/rest/${method}`)).result, 0)
    const made = await call('users/account/rest/regenerate2fabackupcodes', { password: PASSWORD })
    assert.equal((made.backupCodes as string[]).length, 12)
    assert.equal((await call('users/account/rest/getuserinfo')).email, email)
    const other = await withoutCodes()
    assert.equal((await jelastic.call('users/authentication/rest/signout', { session: other.session })).result, 0)
  })

  test('an access token goes on: no person is there who could make codes', async () => {
    const { token } = await withoutCodes()
    assert.equal((await v1.call('GET', '/account', token)).status, 200)
    assert.notEqual((await jelastic.call('users/account/rest/getuserinfo', { session: token })).result, 9019)
  })
})
