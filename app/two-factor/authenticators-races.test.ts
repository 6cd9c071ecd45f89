import assert from 'node:assert/strict'
import { after, afterEach, describe, test } from 'node:test'
import { encodeBase32UpperCaseNoPadding } from '@oslojs/encoding'
import {
  adding,
  answerCode,
  type Browser,
  codeOf,
  copyOf,
  ENROLMENT,
  endOf,
  everyRow,
  latchkey,
  manyOwingCode,
  owingCode,
  PASSWORD,
  PENDING,
  replacing,
  SESSION,
  signedInWith,
  withAnother,
  withTwoFactor,
} from '#testing/index.ts'
import { assertInvariants, stateOf } from '#testing/invariants.ts'
import { slowPasswords, untilHashed } from '#testing/slow-hashes.ts'
import { renewal } from '../identity/fresh-password.ts'
import { securityEvent } from '../identity/security-events.ts'
import { hashToken } from '../lib/tokens.ts'
import { verifyAnswer } from '../sign-in/second-step.ts'
import { finishAddition } from './add.ts'
import { newEnrolment } from './enrolment.ts'

const product = await latchkey({}, { parts: { passwords: slowPasswords() } }) // rivals come while a password is checked
const { clock, database, deps } = product
afterEach(async () => {
  assert.deepEqual(product.faults.splice(0), [])
  await assertInvariants(database)
})
after(product.close)

const ORIGIN = { address: '192.0.2.1', browser: 'Firefox', system: 'Linux' }
const ADD = '/settings/two-factor/add'
const LIST = '/settings/two-factor/authenticators'
const DISABLE = '/settings/two-factor/disable'

const visitorIn = async (browser: Browser) => {
  const visitor = await deps.sessions.find(hashToken(browser.cookies.get(SESSION) ?? ''))
  assert.ok(visitor)
  return visitor
}

async function withTwo() {
  const story = await withTwoFactor(product)
  const spare = await withAnother(product, story.browser)
  const { factors } = await stateOf(database, story.email)
  return { ...story, spare, ids: factors.map(({ id }) => id) }
}

/** What the store removes by, when it is asked under that version of the account. */
const removalBy = async (browser: Browser, factorId: string, securityVersion: number) => {
  const visitor = await visitorIn(browser)
  const { id: accountId } = visitor.account
  return {
    accountId,
    securityVersion,
    renewal: { ...renewal(visitor).renewal, toTokenHash: visitor.session.tokenHash },
    event: securityEvent('authenticator_removed', accountId, ORIGIN, clock.now(), null, { subject: factorId }),
    forgiven: { delays: [] },
    factorId,
  }
}

describe('Add', () => {
  test('sent ten times at once adds one, once', async () => {
    const { browser, email } = await withTwoFactor(product)
    const { key, enrolment } = await adding(browser)
    const fields = { enrolment, name: 'Spare', code: codeOf(key, clock.now()) }
    const answers = await Promise.all(Array.from({ length: 10 }, () => copyOf(product, browser).post(ADD, fields)))
    assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([303]))
    const { factors, count } = await stateOf(database, email)
    assert.deepEqual([factors.length, count('authenticator_added')], [2, 1])
  })

  test('two at once, each with a secret of its own: one of the two, and the code of the other opens nothing', async () => {
    for (let rounds = 0; rounds < 4; rounds++) {
      const { browser, email, codes } = await withTwoFactor(product)
      const other = await signedInWith(product, email, codes[0] ?? '')
      const stories = [
        { window: browser, ...(await adding(browser)) },
        { window: other, ...(await adding(other)) },
      ]
      await Promise.all(
        stories.map(({ window, key, enrolment }) =>
          window.post(ADD, { enrolment, name: 'Spare', code: codeOf(key, clock.now(), -1) }),
        ),
      )
      const { factors, sessions } = await stateOf(database, email)
      assert.deepEqual([factors.length, sessions.length], [2, 1])
      const later = await owingCode(product, email)
      for (const { key, enrolment } of stories) {
        const added = factors.some(({ id }) => id === enrolment)
        if (!added) assert.equal((await answerCode(later, codeOf(key, clock.now()))).status, 422)
      }
    }
  })

  test('against Disable: one of the two happens, whole', async () => {
    for (let rounds = 0; rounds < 6; rounds++) {
      const { browser, email, codes } = await withTwoFactor(product)
      const other = await signedInWith(product, email, codes[0] ?? '')
      const { key, enrolment } = await adding(other)
      await Promise.all([
        browser.post(DISABLE, { password: PASSWORD }),
        untilHashed(rounds).then(() => other.post(ADD, { enrolment, name: 'Spare', code: codeOf(key, clock.now()) })),
      ])
      const { factors, recoveryCodes, count } = await stateOf(database, email)
      const off = factors.length === 0
      assert.deepEqual([count('second_factor_off'), count('authenticator_added')], off ? [1, 0] : [0, 1])
      assert.equal(recoveryCodes.length, off ? 0 : 12)
      await assertInvariants(database)
    }
  })

  test('that began before Disable and a new set-up adds nothing to the new one (A10)', async () => {
    const { browser, email } = await withTwoFactor(product)
    const { key, enrolment } = await adding(browser)
    const cookie = browser.cookies.get(ENROLMENT) ?? ''
    await browser.post(DISABLE, { password: PASSWORD })
    browser.cookies.set(ENROLMENT, cookie)
    const answer = await browser.post(ADD, { enrolment, name: 'Spare', code: codeOf(key, clock.now()) })
    assert.equal(answer.location, '/settings/account')
    assert.equal((await stateOf(database, email)).factors.length, 0)
  })

  test('the eleventh is refused by the store itself, whatever was looked at before', async () => {
    const { browser } = await withTwoFactor(product)
    for (let number = 2; number <= 10; number++) await withAnother(product, browser, `Phone ${number}`)
    const visitor = await visitorIn(browser)
    const [kind] = deps.factorKinds
    const enrolment = newEnrolment('add', kind, visitor, clock.now())
    const code = codeOf(encodeBase32UpperCaseNoPadding(enrolment.begun), clock.now())
    const eleventh = { name: 'Phone 11', answer: { code } }
    const before = await everyRow(product)
    assert.deepEqual(await finishAddition(deps, visitor, enrolment, eleventh, ORIGIN), {
      ok: false,
      reason: 'too_many_authenticators',
    })
    assert.deepEqual(await everyRow(product), before)
  })
})

describe('Remove', () => {
  test('of both authenticators at once, from two windows: one stays, and the second factor with it', async () => {
    for (let rounds = 0; rounds < 5; rounds++) {
      const { browser, email, ids, codes } = await withTwo()
      const windows =
        rounds % 2 ? [browser, await signedInWith(product, email, codes[0] ?? '')] : [browser, copyOf(product, browser)]
      await Promise.all(
        windows.map((window, index) => window.post(`${LIST}/${ids[index]}/remove`, { password: PASSWORD })),
      )
      const { factors, recoveryCodes, count } = await stateOf(database, email)
      assert.deepEqual([factors.length, recoveryCodes.length, count('authenticator_removed')], [1, 12, 1])
      await assertInvariants(database)
    }
  })

  test('the store alone keeps to that, even if the second one knows the account as the first one leaves it', async () => {
    for (const order of [
      [0, 1],
      [1, 0],
    ] as const) {
      const { browser, email, ids } = await withTwo()
      const { securityVersion } = (await stateOf(database, email)).account
      const [first, second] = await Promise.all([
        removalBy(browser, ids[order[0]] ?? '', securityVersion),
        removalBy(browser, ids[order[1]] ?? '', securityVersion + 1),
      ])
      const [one, two] = await Promise.all([
        deps.authenticators.removeFactor(first),
        deps.authenticators.removeFactor(second),
      ])
      assert.deepEqual([one, two], [true, false])
      const again = await deps.authenticators.removeFactor(second)
      assert.equal(again, false, 'nor later')
      const { factors, count } = await stateOf(database, email)
      assert.deepEqual([factors.map(({ id }) => id), count('authenticator_removed')], [[ids[order[1]]], 1])
    }
  })

  test('of an authenticator while its code signs someone in: neither session nor authenticator is left (A14)', async () => {
    for (let rounds = 0; rounds < 6; rounds++) {
      const { browser, email, spare } = await withTwo()
      const visitor = await owingCode(product, email)
      const [removed] = await Promise.all([
        browser.post(`${LIST}/${spare.id}/remove`, { password: PASSWORD }),
        untilHashed(rounds).then(() => answerCode(visitor, codeOf(spare.key, clock.now()))),
      ])
      assert.equal(removed.location, LIST)
      assert.match((await visitor.get('/')).location ?? '', /^\/sign-in/)
      const { factors, sessions, pendingSignIns } = await stateOf(database, email)
      assert.deepEqual([factors.length, sessions.length, pendingSignIns.length], [1, 1, 0])
      await assertInvariants(database)
    }
  })

  test('against Move to a New Phone of the same one: one of the two happens', async () => {
    for (let rounds = 0; rounds < 5; rounds++) {
      const { browser, email, spare, codes } = await withTwo()
      const other = await signedInWith(product, email, codes[0] ?? '')
      const { key, enrolment } = await replacing(other, spare.id)
      await Promise.all([
        browser.post(`${LIST}/${spare.id}/remove`, { password: PASSWORD }),
        untilHashed(rounds).then(() =>
          other.post('/settings/two-factor/replace', { enrolment, code: codeOf(key, clock.now()) }),
        ),
      ])
      const { factors, count } = await stateOf(database, email)
      const removed = factors.length === 1
      assert.deepEqual([count('authenticator_removed'), count('second_factor_replaced')], removed ? [1, 0] : [0, 1])
      await assertInvariants(database)
    }
  })
})

test('twenty sign-ins at once with the codes of two authenticators: exactly one session for each (A01)', async () => {
  const { email, key, spare } = await withTwo()
  const unlimited = { ...deps, limits: { ...deps.limits, charge: async () => 0 } }
  const tokens = (await manyOwingCode(product, email, 20)).map(({ cookies }) => cookies.get(PENDING) ?? '')
  const codes = [codeOf(key, clock.now()), codeOf(spare.key, clock.now())]
  const results = await Promise.all(
    tokens.map((token, index) => verifyAnswer(unlimited, token, { code: codes[index % 2] ?? '' }, ORIGIN)),
  )
  const reasons = results.map(endOf).sort()
  assert.deepEqual(reasons, ['in', 'in', ...Array(18).fill('used_code')])
})

test('the store changes an authenticator for its own account alone, and replaces it under the name that was seen', async () => {
  const [mine, theirs] = [await withTwo(), await withTwo()]
  const before = await everyRow(product)
  const removal = await removalBy(
    mine.browser,
    theirs.spare.id,
    (await stateOf(database, mine.email)).account.securityVersion,
  )
  assert.equal(await deps.authenticators.removeFactor(removal), false)
  assert.equal(await deps.authenticators.renameFactor({ ...removal, name: 'Mine' }), false)
  const [stored] = await deps.enrolments.factorsOf(removal.accountId)
  assert.ok(stored)
  for (const replaced of [
    { id: theirs.spare.id, name: 'Spare phone' },
    { id: stored.id, name: 'Another name' },
  ])
    assert.equal(
      await deps.enrolments.replaceFactor({ ...removal, factor: { ...stored, id: 'new', slot: 'new' }, replaced }),
      false,
    )
  assert.deepEqual(await everyRow(product), before)
})
