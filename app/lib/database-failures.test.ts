import assert from 'node:assert/strict'
import { after, afterEach, before, beforeEach, describe, test } from 'node:test'
import { standIn } from '#testing/clients/jelastic.ts'
import { apiClient } from '#testing/clients/v1.ts'
import { BASE_URL, copyOf, latchkey, PASSWORD, signedUp } from '#testing/index.ts'
import { unlessBusy } from './database-failures.ts'

const product = await latchkey()
after(product.close)
const { deps, faults } = product
const api = apiClient(product)
const old = standIn(product.app, { host: new URL(BASE_URL).host })

let owner: Awaited<ReturnType<typeof signedUp>>
let session = ''
before(async () => {
  owner = await signedUp(product)
  session = await api.signedIn(owner.email)
})
beforeEach(() => void faults.splice(0))

const { find } = deps.sessions
const { accountByEmail } = deps.signIns
afterEach(() => {
  deps.sessions.find = find
  deps.signIns.accountByEmail = accountByEmail
})
/** As the driver says it, and as Drizzle wraps it. */
function databaseSays(code: string) {
  const driver = Object.assign(new Error('password=violet at 10.0.0.7'), { code })
  const fails = () => Promise.reject(new Error('Failed query: select secret', { cause: driver }))
  deps.sessions.find = fails
  deps.signIns.accountByEmail = fails
}

const SAYS: [string, string, 'busy' | 'unavailable', string][] = [
  ['SQLITE_BUSY', 'another process holds the lock', 'busy', '2'],
  ['SQLITE_BUSY_SNAPSHOT', 'another process wrote meanwhile', 'busy', '2'],
  ['40001', 'a serialization failure that stayed', 'busy', '2'],
  ['40P01', 'a deadlock that stayed', 'busy', '2'],
  ['55P03', 'a row that another held for too long', 'busy', '2'],
  ['57014', 'a statement that took too long', 'busy', '2'],
  ['53300', 'a server with too many connections', 'busy', '2'],
  ['NO_FREE_CONNECTION', 'a pool that is used up', 'busy', '2'],
  ['57P01', 'a connection that an operator ended', 'unavailable', '5'],
  ['57P02', 'a server that crashed', 'unavailable', '5'],
  ['57P03', 'a server that is starting', 'unavailable', '5'],
  ['25P03', 'a transaction that stood still for too long', 'unavailable', '5'],
  ['08006', 'a connection that failed', 'unavailable', '5'],
  ['08P01', 'a connection that is out of step', 'unavailable', '5'],
  ['25006', 'a standby that may not write', 'unavailable', '5'],
  ['CONNECTION_LOST', 'a connection that is gone', 'unavailable', '5'],
  ['NO_ANSWER', 'a network that is silent', 'unavailable', '5'],
  ['ECONNREFUSED', 'a port where nobody listens', 'unavailable', '5'],
  ['ECONNRESET', 'a connection that was reset', 'unavailable', '5'],
  ['EPIPE', 'a connection that was closed', 'unavailable', '5'],
  ['ENOTFOUND', 'a name that is not known', 'unavailable', '5'],
  ['SQLITE_FULL', 'a full disk', 'unavailable', '60'],
  ['SQLITE_IOERR_WRITE', 'a disk that does not write', 'unavailable', '60'],
  ['SQLITE_READONLY_DBMOVED', 'a file that may not be written', 'unavailable', '60'],
  ['53100', 'a server whose disk is full', 'unavailable', '60'],
  ['53200', 'a server without memory', 'unavailable', '60'],
]
const TITLES = { busy: /Too busy/, unavailable: /can't reach our data/ }
const IN_EVERY_CASE = /We can't tell whether your change was saved\. Check first/
const TELLS = /violet|10\.0\.0|select|Failed query|\.ts:/

describe('a database that fails is answered with 503 and when to come back, at every door', () => {
  for (const [code, what, reason, seconds] of SAYS)
    test(`${what} (${code})`, async () => {
      databaseSays(code)
      const read = await copyOf(product, owner.browser).get('/settings/account')
      const write = await product.browser().post('/sign-in', { email: owner.email, password: PASSWORD })
      for (const page of [read, write]) {
        assert.deepEqual([page.status, page.headers.get('Retry-After')], [503, seconds])
        assert.match(page.text, TITLES[reason])
        assert.doesNotMatch(page.html, TELLS)
        assert.deepEqual(page.headers.getSetCookie(), [])
      }
      assert.doesNotMatch(read.text, /half done/, 'there was nothing to be done')
      assert.match(write.text, IN_EVERY_CASE)

      const problem = await api.call('GET', '/account', session)
      const refused = await api.call('POST', '/sessions', undefined, { email: owner.email, password: PASSWORD })
      for (const { status, headers, body, text } of [problem, refused]) {
        assert.deepEqual([status, headers.get('Retry-After')], [503, seconds])
        assert.equal(headers.get('Content-Type'), 'application/problem+json')
        assert.deepEqual([body.type, body.retry_after], [`/api/docs#problem-${reason}`, Number(seconds)])
        assert.doesNotMatch(text, TELLS)
      }
      assert.match(String(refused.body.detail), IN_EVERY_CASE)

      const answer = await old.call('users/authentication/rest/signin', { login: owner.email, password: PASSWORD })
      assert.deepEqual([answer.result, answer.retryAfter], [reason === 'busy' ? 9016 : 9018, Number(seconds)])
      assert.match(String(answer.error), IN_EVERY_CASE)
      assert.equal(faults.length, 5, 'an operator hears about each')
    })

  test('a question that is wrong is our own fault, and no reason to wait', async () => {
    for (const code of ['42601', '23503', 'SQLITE_CORRUPT', 'SQLITE_CONSTRAINT_NOTNULL', 'ENOENT', '28P01']) {
      databaseSays(code)
      const page = await copyOf(product, owner.browser).get('/settings/account')
      assert.deepEqual([page.status, page.headers.get('Retry-After')], [500, null], code)
      assert.equal((await api.call('GET', '/account', session)).status, 500)
    }
  })
})

test('work that comes round by itself reports a database that fails, and not one that others hold', () => {
  const reported: unknown[] = []
  const report = unlessBusy((error) => void reported.push(error))
  const [busy, full] = ['SQLITE_BUSY', 'SQLITE_FULL'].map((code) => Object.assign(new Error(code), { code }))
  for (const error of [busy, new Error('wrapped', { cause: busy }), full, new TypeError('ours')]) report(error)
  assert.deepEqual(reported.map(String), ['Error: SQLITE_FULL', 'TypeError: ours'])
})
