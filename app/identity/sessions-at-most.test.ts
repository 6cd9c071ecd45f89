import assert from 'node:assert/strict'
import { after, afterEach, describe, test } from 'node:test'
import { sessions } from '#db/schema.ts'
import { SESSIONS_AT_MOST } from '#db/stores/statements.ts'
import { standIn } from '#testing/clients/jelastic.ts'
import { apiClient } from '#testing/clients/v1.ts'
import { answerCode, BASE_URL, codeOf, latchkey, owingCode, PASSWORD, signedUp, withTwoFactor } from '#testing/index.ts'
import { stateOf } from '#testing/invariants.ts'
import { newId } from '../lib/tokens.ts'

const SECOND = 1000
const HOUR = 60 * 60 * SECOND

const product = await latchkey()
const { clock, database } = product
afterEach(() => assert.deepEqual(product.faults.splice(0), []))
after(product.close)

const idsOf = async (email: string) => (await stateOf(database, email)).sessions.map(({ id }) => id)

/** This many sessions, each seen a second before the previous one. Returns their ids, the newest first. */
async function beginning(accountId: number, many: number, ends = HOUR) {
  const rows = Array.from({ length: many }, (_, age) => ({
    ...{ id: newId(), tokenHash: newId(), accountId, method: 'password' as const },
    ...{ startedAt: new Date(clock.now().getTime() - HOUR / 2), address: '192.0.2.1', browser: 'curl', system: null },
    lastSeenAt: new Date(clock.now().getTime() - (age + 1) * SECOND),
    expiresAt: new Date(clock.now().getTime() + ends),
  }))
  await database.db.insert(sessions).values(rows)
  return rows.map(({ id }) => id)
}

describe('an account has a hundred live sessions at most', () => {
  const doors: Record<string, (email: string) => Promise<unknown>> = {
    async 'the sign-in page'(email) {
      const answer = await product.browser().post('/sign-in', { email, password: PASSWORD })
      assert.equal(answer.location, '/')
    },
    '/api/v1': (email) => apiClient(product).signedIn(email),
    async '/1.0'(email) {
      const client = standIn(product.app, { host: new URL(BASE_URL).host })
      const signIn = { login: email, password: PASSWORD }
      assert.equal((await client.call('users/authentication/rest/signin', signIn)).result, 0)
    },
  }
  for (const [door, signIn] of Object.entries(doors))
    test(`by ${door}: the hundredth ends none, the next one ends the one that was used longest ago`, async () => {
      const { email } = await signedUp(product)
      const { account } = await stateOf(database, email)
      const others = await beginning(account.id, SESSIONS_AT_MOST - 2)
      await signIn(email)
      assert.equal((await idsOf(email)).length, SESSIONS_AT_MOST)
      const before = await idsOf(email)
      await signIn(email)
      const now = await idsOf(email)
      assert.equal(now.length, SESSIONS_AT_MOST)
      assert.deepEqual(
        before.filter((id) => !now.includes(id)),
        others.slice(-1),
      )
    })

  test('by a code: the one that was used longest ago goes', async () => {
    const { email, key } = await withTwoFactor(product)
    const { account } = await stateOf(database, email)
    const others = await beginning(account.id, SESSIONS_AT_MOST)
    clock.advance(30 * SECOND)
    await answerCode(await owingCode(product, email), codeOf(key, clock.now()))
    const now = await idsOf(email)
    assert.equal(now.length, SESSIONS_AT_MOST)
    assert.deepEqual(
      others.filter((id) => !now.includes(id)),
      others.slice(-2),
    )
  })

  test('a browser in use stays, however often a program signs in', async () => {
    const { browser, email } = await signedUp(product)
    const { account } = await stateOf(database, email)
    await beginning(account.id, SESSIONS_AT_MOST)
    clock.advance(2 * 60 * SECOND)
    assert.equal((await browser.get('/')).status, 200)
    for (let many = 0; many < 5; many++) await apiClient(product).signedIn(email)
    assert.equal((await browser.get('/')).status, 200)
    assert.equal((await idsOf(email)).length, SESSIONS_AT_MOST)
  })

  test('what is over goes before what lives, though it was used later', async () => {
    const { email } = await signedUp(product)
    const { account } = await stateOf(database, email)
    const live = await beginning(account.id, SESSIONS_AT_MOST - 1)
    const over = await beginning(account.id, 20, -1)
    await apiClient(product).signedIn(email)
    const now = await idsOf(email)
    assert.deepEqual(
      [over, live.slice(-1)].map((ids) => ids.filter((id) => now.includes(id)).length),
      [0, 0],
    )
    assert.equal(now.length, SESSIONS_AT_MOST)
  })

  test('nine sign-ins at once leave a hundred, and nobody else’s session goes', async () => {
    const { browser } = await signedUp(product)
    const { email } = await signedUp(product)
    const { account } = await stateOf(database, email)
    await beginning(account.id, SESSIONS_AT_MOST)
    const api = apiClient(product)
    await Promise.all(Array.from({ length: 9 }, () => api.signedIn(email)))
    assert.equal((await idsOf(email)).length, SESSIONS_AT_MOST)
    assert.equal((await browser.get('/')).status, 200)
  })
})
