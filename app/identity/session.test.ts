import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import {
  type Browser,
  copyOf,
  enrolling,
  everyRow,
  latchkey,
  loggedEvents,
  PASSWORD,
  SESSION,
  signedUp,
  testClock,
  withTwoFactor,
} from '#testing/index.ts'
import { currentVisitor } from './session.ts'

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE

const product = await latchkey()
after(() => product.close())

/** The same database with its own clock. */
const withClock = (settings: Parameters<typeof latchkey>[0] = {}) =>
  latchkey(settings, { database: product.database, vault: product.vault, clock: testClock() })

const isIn = async (browser: Browser) => (await browser.get('/settings/account')).status === 200

const signedIn = async (email: string) => {
  const browser = product.browser()
  await browser.post('/sign-in', { email, password: PASSWORD })
  return browser
}

describe('a session ends', () => {
  for (const [seconds, live] of [
    [-1, true],
    [0, false],
    [1, false],
  ] as const)
    test(`an hour ${seconds} s after it was last seen: ${live ? 'not yet' : 'over'} (A35)`, async () => {
      const on = await withClock()
      const { browser } = await signedUp(on)
      for (let window = 0; window < 3; window++) {
        on.clock.advance(HOUR - SECOND)
        assert.equal(await isIn(browser), true)
      }
      on.clock.advance(HOUR + seconds * SECOND)
      assert.equal(await isIn(browser), live)
    })

  for (const [seconds, live] of [
    [-1, true],
    [0, false],
    [1, false],
  ] as const)
    test(`a day ${seconds} s after it began, however busy: ${live ? 'not yet' : 'over'} (A35)`, async () => {
      const on = await withClock()
      const { browser } = await signedUp(on)
      for (let half = 0; half < 47; half++) {
        on.clock.advance(HOUR / 2)
        assert.equal(await isIn(browser), true)
      }
      on.clock.advance(HOUR / 2 + seconds * SECOND)
      assert.equal(await isIn(browser), live)
    })

  test('by the rule of the server: no cookie of a session carries a time that a client could edit (A35)', async () => {
    const answer = await product
      .browser()
      .post('/sign-in', { email: (await signedUp(product)).email, password: PASSWORD })
    const [cookie = ''] = answer.headers.getSetCookie().filter((line) => line.startsWith(`${SESSION}=`))
    assert.doesNotMatch(cookie, /Max-Age|Expires/i)
  })

  test('not while it is used, where the operator allows one idle minute', async () => {
    const on = await withClock({ sessionIdle: MINUTE })
    const { browser } = await signedUp(on)
    for (let use = 0; use < 9; use++) {
      on.clock.advance(20 * SECOND)
      assert.equal(await isIn(browser), true, `after ${(use + 1) * 20} s`)
    }
    on.clock.advance(MINUTE)
    assert.equal(await isIn(browser), false)
  })

  test('for good: a clock that goes back revives none that was refused (A71)', async () => {
    const on = await withClock()
    const { browser } = await signedUp(on)
    on.clock.advance(HOUR)
    assert.equal(await isIn(browser), false)
    on.clock.advance(-HOUR)
    assert.equal(await isIn(copyOf(on, browser)), false)
  })

  test('at sign-out, also in copies of its cookie and on pages opened before (A32)', async () => {
    const { browser } = await withTwoFactor(product)
    await browser.post('/settings/two-factor/recovery-codes/confirm', { password: PASSWORD })
    const copy = copyOf(product, browser)
    const answer = await browser.post('/sign-out')
    assert.deepEqual([answer.status, answer.location], [303, '/sign-in'])
    assert.equal(answer.headers.get('Clear-Site-Data'), '"cache"')
    for (const path of [
      '/',
      '/settings/account',
      '/settings/two-factor/recovery-codes',
      '/settings/two-factor/set-up',
    ]) {
      const page = await copy.get(path)
      assert.equal(page.status, 303)
      assert.equal(page.headers.get('Cache-Control'), 'no-store')
      assert.equal(page.html, '')
    }
  })

  test('elsewhere while a form stands open: submitting it changes nothing (A34)', async () => {
    const { browser: first, email } = await signedUp(product)
    const second = await signedIn(email)
    assert.equal((await first.get('/settings/password')).status, 200)
    const changed = { current: PASSWORD, new: 'seven copper lanterns sing' }
    assert.equal((await second.post('/settings/password', changed)).status, 303)
    const before = await everyRow(product)
    const answer = await first.post('/settings/password', { current: changed.new, new: 'eight copper lanterns sing' })
    assert.deepEqual([answer.status, answer.location], [303, '/sign-in'])
    assert.deepEqual(await everyRow(product), before)
  })

  test('in the other browsers when a second factor is turned on (A15)', async () => {
    const { browser, email } = await signedUp(product)
    const other = await signedIn(email)
    const { enrolment } = await enrolling(product, browser)
    assert.equal(await isIn(other), true)
    await browser.post('/settings/two-factor/set-up/recovery-codes', { enrolment, saved: 'yes' })
    assert.equal(await isIn(other), false)
    assert.equal(await isIn(browser), true)
  })
})

test('last seen is written once a minute at most', async () => {
  const on = await withClock()
  const { browser, email } = await signedUp(on)
  const { seen } = on.deps.sessions
  let written = 0
  on.deps.sessions.seen = (id, at) => {
    written++
    return seen(id, at)
  }
  const steps = [0, MINUTE - 1, 1, 0, MINUTE - 1, 1]
  const counts: number[] = []
  for (const step of steps) {
    on.clock.advance(step)
    await browser.get('/')
    counts.push(written)
  }
  assert.deepEqual(counts, [0, 0, 1, 1, 1, 2])
  assert.deepEqual(await loggedEvents(on, email), ['signed_up', 'signed_in password'])
})

test("a session can't be edited by one of the requests that share it", async () => {
  const { browser } = await signedUp(product)
  const visitor = await currentVisitor(product.deps, browser.cookies.get(SESSION) ?? '')
  assert.ok(visitor, 'is found')
  assert.throws(() => {
    // @ts-expect-error Nor does it compile.
    visitor.account.email = 'another@example.com'
  }, TypeError)
  assert.throws(() => visitor.session.expiresAt.setTime(0), TypeError)
})
