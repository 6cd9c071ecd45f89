import assert from 'node:assert/strict'
import { after, afterEach, beforeEach, describe, test } from 'node:test'
import { eq } from 'drizzle-orm'
import { accounts } from '#db/schema.ts'
import { standIn } from '#testing/clients/jelastic.ts'
import { apiClient } from '#testing/clients/v1.ts'
import {
  accountOf,
  BASE_URL,
  codeOf,
  latchkey,
  owingCode,
  PASSWORD,
  signedUp,
  withToken,
  withTwoFactor,
} from '#testing/index.ts'
import { assertInvariants } from '#testing/invariants.ts'
import { RESULTS } from '../api/jelastic/results.ts'

const product = await latchkey()
const { clock, database } = product
afterEach(async () => {
  assert.deepEqual(product.faults.splice(0), [])
  await assertInvariants(database)
})
after(product.close)

const SECOND = 1000
const v1 = apiClient(product)
const jelastic = standIn(product.app, { host: new URL(BASE_URL).host })

async function endsAt(email: string, end: Date | null) {
  await database.db.update(accounts).set({ endsAt: end }).where(eq(accounts.email, email))
}

describe('a guest’s account', () => {
  let guest: Awaited<ReturnType<typeof signedUp>>
  let end: Date
  beforeEach(async () => {
    guest = await signedUp(product)
    end = new Date(clock.now().getTime() + 60 * SECOND)
    await endsAt(guest.email, end)
  })
  const untilEnd = () => clock.advance(end.getTime() - clock.now().getTime())
  const typed = () => ({ email: guest.email, password: PASSWORD })

  test('signs nobody in from its end on, to the second, and each door says so to who knows the password', async () => {
    clock.advance(59 * SECOND)
    assert.equal((await product.browser().post('/sign-in', typed())).location, '/')
    untilEnd()
    const page = await product.browser().post('/sign-in', typed())
    assert.equal(page.status, 422)
    assert.match(page.text, /This account has ended/)
    const answer = await v1.call('POST', '/sessions', undefined, typed())
    assert.deepEqual([answer.status, answer.body.type], [403, '/api/docs#problem-account_ended'])
    const login = { login: guest.email, password: PASSWORD }
    assert.equal((await jelastic.call('users/authentication/rest/signin', login)).result, RESULTS.account_ended.number)
    const guess = await product.browser().post('/sign-in', { ...typed(), password: 'not that one at all' })
    assert.doesNotMatch(guess.text, /This account has ended/)
  })

  test('closes its sessions and access tokens at its end, and opens them again if an operator moves that', async () => {
    const { value } = await withToken(product, guest.browser)
    const session = await v1.signedIn(guest.email)
    const doors = async () => [
      (await guest.browser.get('/')).status,
      (await v1.call('GET', '/account', session)).status,
      (await v1.call('GET', '/account', value)).status,
      (await jelastic.call('users/account/rest/getuserinfo', { session: value })).result,
    ]
    const { authentication_failed } = RESULTS
    assert.deepEqual(await doors(), [200, 200, 200, 0])
    clock.advance(59 * SECOND)
    assert.deepEqual(await doors(), [200, 200, 200, 0])
    untilEnd()
    const cookies = new Map(guest.browser.cookies)
    assert.deepEqual(await doors(), [303, 401, 401, authentication_failed.number])
    await endsAt(guest.email, null)
    for (const [name, value] of cookies) guest.browser.cookies.set(name, value)
    assert.deepEqual(await doors(), [200, 200, 200, 0])
  })

  test('takes no code for a sign-in that began before its end', async () => {
    const { email, key } = await withTwoFactor(product)
    const browser = await owingCode(product, email)
    await endsAt(email, end)
    untilEnd()
    const answer = await browser.post('/sign-in/two-factor', { code: codeOf(key, clock.now()) })
    assert.notEqual(answer.location, '/')
    assert.equal((await browser.get('/')).status, 303)
    assert.equal((await accountOf(product, email)).endsAt?.getTime(), end.getTime())
  })
})
