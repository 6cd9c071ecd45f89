import assert from 'node:assert/strict'
import { after, afterEach, describe, test } from 'node:test'
import { eq } from 'drizzle-orm'
import { deleteApp } from '#app/gate/apps.ts'
import { hashToken, newId } from '#app/lib/tokens.ts'
import { COMMAND_LINE } from '#app/operators/command-line.ts'
import { verifyAnswer } from '#app/sign-in/second-step.ts'
import { withApp } from '#testing/gate.ts'
import {
  answerCode,
  type Browser,
  codeOf,
  endOf,
  latchkey,
  manyOwingCode,
  owingCode,
  PASSWORD,
  PENDING,
  SESSION,
  signedInWith,
  signedUp,
  viewingCodes,
  withTwoFactor,
} from '#testing/index.ts'
import { assertInvariants, stateOf } from '#testing/invariants.ts'
import { slowPasswords } from '#testing/slow-hashes.ts'
import { gateSessions } from './schema.ts'

// What the store promises when everything happens at once, on both databases. Set DATABASE_URL to run it on PostgreSQL.
const product = await latchkey({}, { parts: { passwords: slowPasswords() } }) // rivals come while a password is checked
const { clock, database, deps } = product
afterEach(async () => {
  assert.deepEqual(product.faults.splice(0), [])
  await assertInvariants(database)
})
after(product.close)

const ORIGIN = { address: '192.0.2.1', browser: 'Firefox', system: 'Linux' }
/** Without limits, all twenty reach the last statement, which must be enough by itself. */
const unlimited = { ...deps, limits: { ...deps.limits, charge: async () => 0 } }
const opened = (browsers: Browser[]) => browsers.filter(({ cookies }) => cookies.has(SESSION)).length

describe('one code, twenty sign-ins at once', () => {
  for (const kind of ['authenticator code', 'recovery code']) {
    test(`twenty parallel sign-ins with one ${kind} open exactly one session (A01, A02)`, async () => {
      const { email, key, codes } = await withTwoFactor(product)
      const code = kind === 'recovery code' ? (codes[6] ?? '') : codeOf(key, clock.now())
      const browsers = await manyOwingCode(product, email, 20)
      const answers = await Promise.all(browsers.map((browser) => answerCode(browser, code)))
      assert.equal(opened(browsers), 1)
      assert.equal(answers.filter(({ status }) => status === 303).length, 1)
      assert.ok(answers.every(({ status }) => [303, 422, 429].includes(status)))
      await assertOne(email, kind)
    })

    test(`and the store alone holds that, when no limit is in the way: ${kind}`, async () => {
      const { email, key, codes } = await withTwoFactor(product)
      const code = kind === 'recovery code' ? (codes[6] ?? '') : codeOf(key, clock.now())
      const tokens = (await manyOwingCode(product, email, 20)).map(({ cookies }) => cookies.get(PENDING) ?? '')
      const results = await Promise.all(tokens.map((token) => verifyAnswer(unlimited, token, { code }, ORIGIN)))
      const reasons = results.map(endOf).sort()
      const refusal = kind === 'recovery code' ? 'wrong_recovery_code' : 'used_code'
      assert.deepEqual(reasons, ['in', ...Array(19).fill(refusal)].sort())
      await assertOne(email, kind)
    })
  }

  const assertOne = async (email: string, kind: string) => {
    const { sessions, recoveryCodes, count } = await stateOf(database, email)
    assert.equal(sessions.length, 2, 'the one that set it up and the one that signed in')
    assert.equal(count('signed_in'), 2)
    const used = kind === 'recovery code' ? 1 : 0
    assert.equal(recoveryCodes.filter(({ usedAt, sealed }) => usedAt && sealed === null).length, used)
    assert.equal(count('recovery_code_used'), used)
  }

  test('twenty answers to one pending sign-in, each with a code of its own, open one session', async () => {
    const { email, key, codes } = await withTwoFactor(product)
    const [browser] = await manyOwingCode(product, email, 1)
    const token = browser?.cookies.get(PENDING) ?? ''
    const both = [codeOf(key, clock.now()), codeOf(key, clock.now(), 1), ...codes.slice(0, 3)]
    const results = await Promise.all(both.map((code) => verifyAnswer(unlimited, token, { code }, ORIGIN)))
    assert.equal(results.filter(({ ok }) => ok).length, 1)
    const { recoveryCodes, sessions } = await stateOf(database, email)
    assert.equal(sessions.length, 2)
    assert.ok(recoveryCodes.filter(({ usedAt }) => usedAt).length <= 1, 'the losers’ codes are not spent')
  })

  test('the twelve codes of a set, all at once: twelve sessions, none left, no negative count', async () => {
    const { email, codes } = await withTwoFactor(product)
    const tokens = (await manyOwingCode(product, email, 24)).map(({ cookies }) => cookies.get(PENDING) ?? '')
    const results = await Promise.all(
      tokens.map((token, index) => verifyAnswer(unlimited, token, { code: codes[index % 12] ?? '' }, ORIGIN)),
    )
    assert.equal(results.filter(({ ok }) => ok).length, 12)
    const { recoveryCodes, sessions } = await stateOf(database, email)
    assert.ok(recoveryCodes.every(({ usedAt, sealed }) => usedAt !== null && sealed === null))
    assert.equal(sessions.length, 13)
  })
})

describe('the counter', () => {
  test('never falls: T+1 first, then T and T-1 are refused, one by one and all at once (A03)', async () => {
    const { email, key } = await withTwoFactor(product)
    const counterOf = async () => (await stateOf(database, email)).factors[0]?.counter ?? 0
    const before = await counterOf()
    await signedInWith(product, email, codeOf(key, clock.now(), 1))
    assert.equal(await counterOf(), before + 2)
    const late = await owingCode(product, email)
    for (const away of [0, -1, 1]) {
      const answer = await answerCode(late, codeOf(key, clock.now(), away))
      assert.equal(answer.status, 422)
      assert.match(answer.text, /That code has already been used/)
    }
    const tokens = (await manyOwingCode(product, email, 9)).map(({ cookies }) => cookies.get(PENDING) ?? '')
    clock.advance(30_000)
    await Promise.all(
      tokens.map((token, index) =>
        verifyAnswer(unlimited, token, { code: codeOf(key, clock.now(), (index % 3) - 1) }, ORIGIN),
      ),
    )
    assert.equal(await counterOf(), before + 3)
  })

  test('two neighbouring codes at once: the older one never comes in after the newer one', async () => {
    for (let rounds = 0; rounds < 5; rounds++) {
      const { email, key } = await withTwoFactor(product)
      const [one, two] = (await manyOwingCode(product, email, 2)).map(({ cookies }) => cookies.get(PENDING) ?? '')
      const codes = [codeOf(key, clock.now()), codeOf(key, clock.now(), 1)]
      const results = await Promise.all(
        [one, two].map((token, index) => verifyAnswer(unlimited, token ?? '', { code: codes[index] ?? '' }, ORIGIN)),
      )
      assert.ok(results[1]?.ok, 'the newer one always comes in')
      const { factors, count } = await stateOf(database, email)
      assert.equal(factors[0]?.counter, Math.floor(clock.now().getTime() / 30_000) + 1)
      assert.equal(count('signed_in'), 1 + results.filter(({ ok }) => ok).length)
    }
  })
})

describe('a password change', () => {
  test('racing with sign-ins that have the old password: no session and no pending sign-in survives', async () => {
    for (let rounds = 0; rounds < 4; rounds++) {
      const { browser, email } = rounds % 2 ? await withTwoFactor(product) : await signedUp(product)
      const others = [1, 2, 3, 4].map(() => product.browser())
      const [changed] = await Promise.all([
        browser.post('/settings/password', { current: PASSWORD, new: 'eleven sardines hum quietly' }),
        ...others.map(async (other, index) => {
          await new Promise((resolve) => setTimeout(resolve, index * 5))
          await other.post('/sign-in', { email, password: PASSWORD })
        }),
      ])
      assert.equal(changed.location, '/settings/account')
      const { sessions, pendingSignIns } = await stateOf(database, email)
      assert.deepEqual([sessions.length, pendingSignIns.length], [1, 0])
      for (const other of others) assert.match((await other.get('/')).location ?? '', /^\/sign-in/)
    }
  })

  test('twice at once: one of the two is the password from then on', async () => {
    const { browser, email } = await signedUp(product)
    const words = ['eleven sardines hum quietly', 'nine lanterns walk uphill']
    const answers = await Promise.all(
      words.map((word) => browser.post('/settings/password', { current: PASSWORD, new: word })),
    )
    assert.equal(answers.filter(({ location }) => location === '/settings/account').length, 1)
    const works = await Promise.all(
      words.map(async (password) => (await product.browser().post('/sign-in', { email, password })).status === 303),
    )
    assert.deepEqual(
      works,
      answers.map(({ location }) => location === '/settings/account'),
    )
    assert.equal((await stateOf(database, email)).count('password_changed'), 1)
  })
})

describe('a code from the portal to an app', () => {
  const TWENTY = Array.from({ length: 20 })

  /** A session at the portal, a host, and a code that lets the one in at the other. */
  async function onTheWay() {
    const { email } = await signedUp(product)
    const [session] = (await stateOf(database, email)).sessions
    const { host, name: app } = await withApp(product)
    const at = clock.now()
    const of = { sessionId: session?.id ?? '', host }
    const code = { ...of, codeHash: hashToken(newId()), nonceHash: hashToken(newId()) }
    assert.ok(await deps.gate.putCode({ ...code, expiresAt: new Date(at.getTime() + 1000) }), 'both are there')
    const enter = () =>
      deps.gate.handOver({
        ...code,
        gateSession: { ...of, tokenHash: hashToken(newId()), startedAt: at, lastSeenAt: at },
      })
    const inside = async () => {
      const here = eq(gateSessions.sessionId, of.sessionId)
      return (await database.db.select().from(gateSessions).where(here)).length
    }
    return { sessionId: of.sessionId, app, enter, inside }
  }

  test('lets in one of twenty who show it at once, and nobody after them', async () => {
    const { enter, inside } = await onTheWay()
    const entered = await Promise.all(TWENTY.map(enter))
    assert.deepEqual([entered.filter(Boolean).length, await inside(), await enter()], [1, 1, false])
  })

  test('lets nobody stay in whose session ends at the same time', async () => {
    for (let rounds = 0; rounds < 5; rounds++) {
      const { sessionId, enter, inside } = await onTheWay()
      await Promise.all([enter(), deps.sessions.end(sessionId), enter()])
      assert.deepEqual([await inside(), await enter()], [0, false])
    }
  })

  test('lets nobody in where the app is deleted at the same time', async () => {
    const { app, enter, inside } = await onTheWay()
    const by = { operatorId: null, reason: 'Gone.', origin: COMMAND_LINE }
    await Promise.all([enter(), deleteApp(deps, app, by), enter()])
    assert.deepEqual([await inside(), await enter()], [0, false])
  })
})

test('the same account asked for its password ten times at once: the session goes on under one token', async () => {
  const { browser, email, codes } = await withTwoFactor(product)
  await Promise.all(
    [1, 2, 3, 4].map(() => browser.post('/settings/two-factor/recovery-codes/confirm', { password: PASSWORD })),
  )
  assert.deepEqual((await viewingCodes(browser)).codes, codes)
  const { sessions, count } = await stateOf(database, email)
  assert.equal(sessions.length, 1)
  assert.equal(count('recovery_codes_viewed'), 2)
})
