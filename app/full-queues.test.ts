import assert from 'node:assert/strict'
import { after, afterEach, describe, test } from 'node:test'
import { eq } from 'drizzle-orm'
import { limits } from '#db/schema.ts'
import { standIn } from '#testing/clients/jelastic.ts'
import { apiClient } from '#testing/clients/v1.ts'
import {
  BASE_URL,
  type Browser,
  confirmedAccount,
  latchkey,
  newEmail,
  PASSWORD,
  resetLink,
  signedUp,
} from '#testing/index.ts'
import { RESULTS } from './api/jelastic/results.ts'
import { charge, DELAY, passwordAttempt, whileCharged, withoutGuess } from './identity/limits.ts'
import type { Question } from './lib/guesses.ts'
import { HashQueueFull } from './lib/passwords.ts'

const NEW = 'eleven sardines hum quietly'
const MOST = 20

let estimates: Question[] = []
let answer = async (): Promise<number> => 20
const guesses = {
  of: (question: Question) => {
    estimates.push(question)
    return answer()
  },
}
const product = await latchkey()
const limited = await latchkey({ attemptsPerAddress: MOST }, { ...product, guesses })
const mailing = await latchkey({ attemptsPerAddress: MOST, smtpUrl: 'smtp://localhost:1' }, { ...product, guesses })
const { clock, database, deps } = product

const full = () => Promise.reject(new HashQueueFull())
function hashesFull() {
  for (const { passwords } of own) Object.assign(passwords, { hash: full, verify: full })
}
function estimatesFull() {
  answer = full
}
const own = [limited, mailing].map(({ deps: { passwords } }) => ({ passwords, ...passwords }))
afterEach(async () => {
  for (const { passwords, hash, verify } of own) Object.assign(passwords, { hash, verify })
  answer = async () => 20
  estimates = []
  await database.db.delete(limits)
  assert.deepEqual([...limited.faults.splice(0), ...mailing.faults.splice(0)], [])
})
after(product.close)

/** The count of every key. */
const counted = async () => (await database.db.select().from(limits)).map(({ key, count }) => `${key} ${count}`)
const free = async () =>
  (await counted()).filter((line) => /^(address|session|browser|password):/.test(line) && !line.endsWith(' 0'))

async function changing() {
  const { browser, email } = await signedUp(limited)
  return { browser, email, change: (to = NEW) => browser.post('/settings/password', { current: PASSWORD, new: to }) }
}
const program = (on = limited) => standIn(on.app, { host: new URL(BASE_URL).host })

const outcome = (of: { status: number } | { result: number }) => ('result' in of ? of.result : of.status)

describe('a queue that is full', () => {
  /** Each makes one attempt that waits for a hash or an estimate. */
  const doors: Record<string, () => Promise<() => Promise<{ status: number } | { result: number }>>> = {
    async 'a sign-in'() {
      const { email } = await signedUp(limited)
      return () => limited.browser().post('/sign-in', { email, password: PASSWORD })
    },
    async 'a sign-in of an address without an account'() {
      return () => limited.browser().post('/sign-in', { email: 'nobody@example.com', password: PASSWORD })
    },
    async 'a sign-in by /api/v1'() {
      const { email } = await signedUp(limited)
      return () => apiClient(limited).call('POST', '/sessions', undefined, { email, password: PASSWORD })
    },
    async 'a sign-in by /1.0'() {
      const { email } = await signedUp(limited)
      return () => program().call('users/authentication/rest/signin', { login: email, password: PASSWORD })
    },
    async 'a sign-up'() {
      return () => limited.browser().post('/sign-up', { email: newEmail(), password: NEW })
    },
    'a change of password': async () => (await changing()).change,
    async 'a change of password by /1.0'() {
      const { email } = await signedUp(limited)
      const { session } = await program().call('users/authentication/rest/signin', { login: email, password: PASSWORD })
      const of = { session: String(session), oldPassword: PASSWORD, newPassword: NEW }
      return () => program().call('users/account/rest/changepassword', of)
    },
    async 'a reset of the password'() {
      const browser = await atReset()
      return () => browser.post('/mail/reset-password', { password: NEW })
    },
    async 'a password that confirms a change'() {
      const { browser } = await signedUp(limited)
      return () => browser.post('/settings/two-factor/set-up/confirm', { password: PASSWORD })
    },
  }
  const judging = ['a sign-up', 'a change of password', 'a change of password by /1.0', 'a reset of the password']

  for (const [door, prepare] of Object.entries(doors))
    for (const [what, fill] of [
      ['hashes', hashesFull],
      ...(judging.includes(door) ? ([['estimates', estimatesFull]] as const) : []),
    ] as const)
      test(`of ${what} costs nothing: ${door} is turned away as often as one likes, and then works`, async () => {
        const attempt = await prepare()
        await database.db.delete(limits)
        fill()
        for (let many = 0; many < MOST + 5; many++) {
          assert.ok([503, RESULTS.busy.number].includes(outcome(await attempt())), 'turned away')
        }
        assert.deepEqual(await free(), [])
        for (const { passwords, hash, verify } of own) Object.assign(passwords, { hash, verify })
        answer = async () => 20
        assert.ok([0, 201, 303, 422].includes(outcome(await attempt())), 'looked at')
      })

  async function atReset(): Promise<Browser> {
    const browser = mailing.browser()
    await browser.get(await resetLink(mailing, await confirmedAccount(mailing)))
    return browser
  }

  test('takes back the wait that the attempt began, and not one that another began', async () => {
    const rule = passwordAttempt(newEmail(), '192.0.2.1')
    const attempt = () => charge(deps, '192.0.2.1', rule)
    const givenBack = async (charged: Awaited<ReturnType<typeof attempt>>) => {
      assert.ok(charged.ok, 'charged')
      await assert.rejects(whileCharged(deps, charged, full), HashQueueFull)
      return deps.limits.count(rule.key)
    }
    const early = await attempt()
    for (let failure = 2; failure < rule.from; failure++) assert.ok((await attempt()).ok, `failure ${failure}`)
    assert.equal(await givenBack(await attempt()), rule.from - 1)
    assert.ok((await attempt()).ok, 'the tenth that counts, at once')
    clock.advance(DELAY.first)
    assert.equal(await givenBack(await attempt()), rule.from)
    clock.advance(1)
    assert.ok((await attempt()).ok, 'the eleventh, at once')
    assert.equal(await givenBack(early), rule.from)
    assert.deepEqual(await attempt(), { ok: false, reason: 'wait', seconds: (2 * DELAY.first) / 1000 })
  })

  test('gives back no more than was charged, and nothing after another fault', async () => {
    const charged = await charge({ ...deps, attemptsPerAddress: 3 }, '198.51.100.4')
    assert.ok(charged.ok, 'charged')
    await assert.rejects(
      whileCharged(deps, charged, () => Promise.reject(new Error('ours'))),
      /ours/,
    )
    assert.deepEqual(await counted(), ['address:198.51.100.4 1'])
    for (let many = 0; many < 3; many++) await assert.rejects(whileCharged(deps, charged, full), HashQueueFull)
    assert.deepEqual(await counted(), ['address:198.51.100.4 0'])
  })
})

describe('new passwords cost their budget before they cost work (A62)', () => {
  const weakFirst: Record<string, () => Promise<(password: string) => Promise<{ status: number }>>> = {
    async 'sign-up'() {
      return (password) => limited.browser().post('/sign-up', { email: newEmail(), password })
    },
    'change of password': async () => (await changing()).change,
    async 'reset of the password'() {
      const browser = mailing.browser()
      await browser.get(await resetLink(mailing, await confirmedAccount(mailing)))
      return (password) => browser.post('/mail/reset-password', { password })
    },
  }
  for (const [door, prepare] of Object.entries(weakFirst))
    test(`${door}: the 429 comes before any estimate, and weak ones are counted`, async () => {
      const attempt = await prepare()
      await database.db.delete(limits)
      estimates = []
      answer = async () => 3
      for (let many = 0; many < MOST; many++) assert.equal((await attempt(NEW)).status, 422)
      assert.equal(estimates.length, MOST)
      for (let many = 0; many < 5; many++) assert.equal((await attempt(NEW)).status, 429)
      assert.equal(estimates.length, MOST, 'no estimate more')
    })

  test('a weak new one is no guess at the present password: after twenty the right ones go through', async () => {
    const { change } = await changing()
    answer = async () => 3
    for (let many = 0; many < 15; many++) assert.equal((await change()).status, 422)
    answer = async () => 20
    assert.equal((await change()).status, 303)
  })

  test('no guess forgives no guess: wrong passwords before it stay counted', async () => {
    const rule = passwordAttempt(newEmail(), '192.0.2.1')
    for (let failure = 1; failure <= 4; failure++) await charge(deps, '192.0.2.1', rule)
    const charged = await charge(deps, '192.0.2.1', rule)
    assert.ok(charged.ok, 'charged')
    await withoutGuess(deps, charged)
    assert.equal(await deps.limits.count(rule.key), 4)
  })
})

describe('twenty sign-ups in flight from one address', () => {
  test('hold no page up, and another address signs up after one of them', async () => {
    const waiting: (() => void)[] = []
    answer = () => new Promise((resolve) => waiting.push(() => resolve(20)))
    const order: string[] = []
    const flood = Array.from({ length: MOST }, () =>
      limited
        .browser({ address: '198.51.100.20' })
        .post('/sign-up', { email: newEmail(), password: NEW })
        .then(({ status }) => order.push(`sign-up ${status}`)),
    )
    while (waiting.length < MOST) await new Promise(setImmediate)
    order.push(`page ${(await limited.browser().get('/sign-in')).status}`)
    assert.deepEqual(order, ['page 200'], 'while every sign-up is with the estimator')
    for (const end of waiting) end()
    await Promise.all(flood)
    assert.equal(order.filter((line) => line === 'sign-up 303').length, MOST)
    const rows = await database.db.select().from(limits).where(eq(limits.key, 'address:198.51.100.20'))
    assert.equal(rows[0]?.count, MOST)
  })
})
