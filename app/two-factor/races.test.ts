import assert from 'node:assert/strict'
import { after, afterEach, describe, test } from 'node:test'
import {
  answerCode,
  type Browser,
  codeOf,
  copyOf,
  DONE,
  enrolling,
  latchkey,
  owingCode,
  RECOVERY_CODES_PAGE as PAGE,
  PASSWORD,
  readCodesPage,
  replacing,
  signedInWith,
  signedUp,
  viewingCodes,
  withTwoFactor,
} from '#testing/index.ts'
import { assertInvariants, stateOf } from '#testing/invariants.ts'
import { slowPasswords, untilHashed } from '#testing/slow-hashes.ts'

const product = await latchkey({}, { parts: { passwords: slowPasswords() } }) // rivals come while a password is checked
const { clock, database } = product
afterEach(async () => {
  assert.deepEqual(product.faults.splice(0), [])
  await assertInvariants(database)
})
after(product.close)

const DISABLE = '/settings/two-factor/disable'
const REPLACE = '/settings/two-factor/replace'
const statuses = (answers: { status: number }[]) => answers.map(({ status }) => status).sort()

/** The page a person ends on, whichever answer their browser shows. */
async function sane(browser: Browser) {
  const answer = await browser.get('/settings/account')
  assert.ok([200, 303].includes(answer.status), `${answer.status}`)
}

describe('Done', () => {
  test('double-clicked ten times turns it on once: one activation, one set, one row (A26)', async () => {
    const { browser, email } = await signedUp(product)
    const { enrolment, codes } = await enrolling(product, browser)
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => copyOf(product, browser).post(DONE, { enrolment, saved: 'yes' })),
    )
    assert.deepEqual(statuses(answers), Array(10).fill(303))
    assert.equal(answers.filter(({ headers }) => /latchkey=\w{9}/.test(headers.get('Set-Cookie') ?? '')).length, 1)
    const { factors, recoveryCodes, count } = await stateOf(database, email)
    assert.deepEqual([factors.length, recoveryCodes.length, count('second_factor_on')], [1, 12, 1])
    await signedInWith(product, email, codes[0] ?? '')
  })

  test('from two browsers with an enrolment each: one wins whole, the other one’s codes are worth nothing (A26)', async () => {
    const { browser: one, email } = await signedUp(product)
    const two = product.browser()
    await two.post('/sign-in', { email, password: PASSWORD })
    const stories = [
      { browser: one, ...(await enrolling(product, one)) },
      { browser: two, ...(await enrolling(product, two)) },
    ]
    const answers = await Promise.all(
      stories.map(({ browser, enrolment }) => browser.post(DONE, { enrolment, saved: 'yes' })),
    )
    assert.deepEqual(statuses(answers), [303, 303])
    const { factors, recoveryCodes, sessions, count } = await stateOf(database, email)
    assert.deepEqual([factors.length, recoveryCodes.length, sessions.length], [1, 12, 1])
    assert.equal(count('second_factor_on'), 1)
    const winner = stories.find(({ enrolment }) => enrolment === factors[0]?.id)
    const loser = stories.find(({ enrolment }) => enrolment !== factors[0]?.id)
    assert.ok(winner && loser)
    assert.equal((await winner.browser.get('/settings/account')).status, 200)
    await sane(loser.browser)
    const later = await owingCode(product, email)
    assert.equal((await answerCode(later, loser.codes[0] ?? '')).status, 422)
    assert.equal((await answerCode(later, codeOf(loser.key, clock.now()))).status, 422)
    assert.equal((await answerCode(later, codeOf(winner.key, clock.now()))).status, 303)
  })

  test('while someone signs in by password alone: no session without the second factor is left (A15)', async () => {
    for (let rounds = 0; rounds < 3; rounds++) {
      const { browser, email } = await signedUp(product)
      const { enrolment } = await enrolling(product, browser)
      const others = [1, 2, 3].map(() => product.browser())
      await Promise.all([
        ...others.map((other) => other.post('/sign-in', { email, password: PASSWORD })),
        new Promise((resolve) => setTimeout(resolve, 5 * rounds)).then(() =>
          browser.post(DONE, { enrolment, saved: 'yes' }),
        ),
      ])
      for (const other of others) assert.match((await other.get('/')).location ?? '', /^\/sign-in/)
      await assertInvariants(database)
    }
  })
})

describe('new recovery codes', () => {
  test('two windows at once: one whole set of twelve, and the other window says so (A23)', async () => {
    for (let rounds = 0; rounds < 5; rounds++) {
      const { browser, email } = await withTwoFactor(product)
      const { set } = await viewingCodes(browser)
      clock.advance(1000)
      const windows = [1, 2, 3, 4].map(() => copyOf(product, browser))
      await Promise.all(windows.map((window) => window.post(`${PAGE}/regenerate`, { set })))
      const pages = await Promise.all(windows.map((window) => window.get(PAGE)))
      assert.equal(pages.filter(({ text }) => text.includes('The old ones no longer work. Save these.')).length, 1)
      assert.equal(pages.filter(({ text }) => text.includes('These are newer codes.')).length, 3)
      const shown = pages.map(({ html }) => readCodesPage(html).codes)
      for (const codes of shown) assert.deepEqual(codes, shown[0], 'everybody sees the live ones')
      assert.equal((await stateOf(database, email)).count('recovery_codes_regenerated'), 1)
      await signedInWith(product, email, shown[0]?.[rounds] ?? '')
      await assertInvariants(database)
    }
  })

  test('while an old one is used: it opens one session at most, and none of the old set lives', async () => {
    const { browser, email, codes } = await withTwoFactor(product)
    const { set } = await viewingCodes(browser)
    clock.advance(1000)
    const visitor = await owingCode(product, email)
    await Promise.all([answerCode(visitor, codes[0] ?? ''), browser.post(`${PAGE}/regenerate`, { set })])
    const { recoveryCodes } = await stateOf(database, email)
    assert.equal(recoveryCodes.filter(({ usedAt }) => usedAt === null).length, 12)
    assert.equal((await answerCode(await owingCode(product, email), codes[1] ?? '')).status, 422)
  })
})

describe('Disable', () => {
  test('twice in parallel: one works, the other changes nothing (A25)', async () => {
    const { browser, email } = await withTwoFactor(product)
    const windows = [copyOf(product, browser), copyOf(product, browser)]
    const answers = await Promise.all(windows.map((window) => window.post(DISABLE, { password: PASSWORD })))
    assert.equal(answers.filter(({ location }) => location === '/settings/account').length, 1)
    const { factors, recoveryCodes, sessions, count } = await stateOf(database, email)
    assert.deepEqual([factors.length, recoveryCodes.length, sessions.length, count('second_factor_off')], [0, 0, 1, 1])
    const alive = await Promise.all(windows.map((window) => window.get('/')))
    assert.deepEqual(statuses(alive), [200, 303])
  })

  test('against Replace: one of the two happens, whole', async () => {
    for (let rounds = 0; rounds < 6; rounds++) {
      const { browser, email, codes } = await withTwoFactor(product)
      const other = await signedInWith(product, email, codes[0] ?? '')
      const { key, enrolment } = await replacing(other)
      await Promise.all([
        browser.post(DISABLE, { password: PASSWORD }),
        untilHashed(rounds).then(() => other.post(REPLACE, { enrolment, code: codeOf(key, clock.now()) })),
      ])
      const { factors, recoveryCodes, count } = await stateOf(database, email)
      const off = factors.length === 0
      assert.deepEqual([count('second_factor_off'), count('second_factor_replaced')], off ? [1, 0] : [0, 1])
      assert.equal(recoveryCodes.length, off ? 0 : 12)
      await assertInvariants(database)
    }
  })

  test('against a sign-in with a right code: the session that was half open does not survive (A14)', async () => {
    for (let rounds = 0; rounds < 4; rounds++) {
      const { browser, email, key } = await withTwoFactor(product)
      const visitor = await owingCode(product, email)
      await Promise.all([
        browser.post(DISABLE, { password: PASSWORD }),
        untilHashed(rounds).then(() => answerCode(visitor, codeOf(key, clock.now()))),
      ])
      assert.match((await visitor.get('/')).location ?? '', /^\/sign-in/)
      assert.equal((await stateOf(database, email)).sessions.length, 1)
      await assertInvariants(database)
    }
  })
})
