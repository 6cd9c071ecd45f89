import assert from 'node:assert/strict'
import { after, afterEach, describe, test } from 'node:test'
import { eq } from 'drizzle-orm'
import { accounts } from '#db/schema.ts'
import {
  answerCode,
  type Browser,
  codeOf,
  copyOf,
  DONE,
  enrolling,
  everyRow,
  type Latchkey,
  latchkey,
  manyOwingCode,
  owingCode,
  PASSWORD,
  PENDING,
  replacing,
  SESSION,
  SESSIONS_PAGE,
  signedUp,
  TRUSTED,
  withTwoFactor,
} from '#testing/index.ts'
import { assertInvariants, assertUnreadable, stateOf } from '#testing/invariants.ts'
import { keepHouse } from '../process/housekeeping.ts'
import { verifyAnswer } from '../sign-in/second-step.ts'
import { signIn } from '../sign-in/sign-in.ts'

const product = await latchkey()
const { clock, database, deps } = product
afterEach(async () => {
  assert.deepEqual(product.faults.splice(0), [])
  await assertInvariants(database)
})
after(product.close)

const SECOND = 1000
const DAY = 24 * 60 * 60 * SECOND
const CODE_PAGE = '/sign-in/two-factor'
const ORIGIN = { address: '192.0.2.1', browser: 'Firefox', system: 'Linux' }

const knock = (browser: Browser, email: string, password = PASSWORD) => browser.post('/sign-in', { email, password })

/** An account with a second factor, and a browser that it trusts, signed out. */
async function trusting(on: Latchkey = product) {
  const account = await withTwoFactor(on)
  const browser = await owingCode(on, account.email)
  const answer = await browser.post(CODE_PAGE, { code: codeOf(account.key, on.clock.now()), trust: 'yes' })
  assert.equal(answer.location, '/')
  await browser.post('/sign-out')
  assert.ok(browser.cookies.has(TRUSTED))
  return { ...account, owner: account.browser, browser }
}

/** A browser with the trusted browser's cookie and nothing else. */
function withTrustOf(browser: Browser, on: Latchkey = product): Browser {
  const copy = on.browser()
  copy.cookies.set(TRUSTED, browser.cookies.get(TRUSTED) ?? '')
  return copy
}

async function assertAsked(browser: Browser, email: string, password = PASSWORD) {
  const answer = await knock(browser, email, password)
  assert.deepEqual([answer.status, answer.location], [303, CODE_PAGE])
  assert.ok(!browser.cookies.has(SESSION))
}

describe('"Don’t ask on this browser for 30 days"', () => {
  test('is a box on the code page, not ticked by itself; a wrong code keeps the tick', async () => {
    const { email, key } = await withTwoFactor(product)
    const browser = await owingCode(product, email)
    assert.match((await browser.get(CODE_PAGE)).html, /<input type="checkbox" id="trust" name="trust" value="yes"\/>/)
    const wrong = await browser.post(CODE_PAGE, { code: codeOf(key, clock.now(), 900), trust: 'yes' })
    assert.equal(wrong.status, 422)
    assert.match(wrong.html, /name="trust" value="yes" checked/)
    assert.match((await browser.post(CODE_PAGE, { code: '', trust: 'yes' })).html, /name="trust" value="yes" checked/)
    for (const body of ['code=1&trust=no', 'code=1&trust=', 'code=1&trust=yes&trust=yes'])
      assert.equal((await browser.post(CODE_PAGE, body)).status, 400, body)
    assert.equal((await browser.post(`${CODE_PAGE}/cancel`, { code: '', trust: 'yes' })).location, '/sign-in')
  })

  test('lets the browser in by the password alone from then on, and says how', async () => {
    const { email, browser } = await trusting()
    for (let visit = 0; visit < 3; visit++) {
      clock.advance(DAY)
      const answer = await knock(browser, email)
      assert.deepEqual([answer.status, answer.location], [303, '/'])
      assert.ok(!browser.cookies.has(PENDING))
      assert.match((await browser.get('/')).text, /Password, on a trusted browser/)
      await browser.post('/sign-out')
    }
    const { kinds, pendingSignIns, events, trustedBrowsers } = await stateOf(database, email)
    assert.equal(kinds.filter((kind) => kind === 'browser_trusted').length, 1)
    assert.equal(events.filter(({ method }) => method === 'trusted_browser').length, 3)
    assert.deepEqual(pendingSignIns, [])
    assert.deepEqual(
      trustedBrowsers.map(({ lastUsedAt }) => lastUsedAt),
      [clock.now()],
    )
  })

  test('still asks for the right password, and tells nothing without it', async () => {
    const { email, browser } = await trusting()
    const before = browser.cookies.get(TRUSTED)
    const stranger = await knock(product.browser(), email, 'not the password at all')
    const answer = await knock(browser, email, 'not the password at all')
    assert.deepEqual([answer.status, answer.text], [422, stranger.text])
    assert.equal(browser.cookies.get(TRUSTED), before)
    assert.equal((await knock(browser, email)).location, '/')
  })

  test('is over thirty days after the tick to the second, however often it was used', async () => {
    const on = await latchkey()
    const { email, browser } = await trusting(on)
    on.clock.advance(29 * DAY)
    assert.equal((await knock(browser, email)).location, '/')
    await browser.post('/sign-out')
    on.clock.advance(DAY - SECOND)
    assert.equal((await knock(browser, email)).location, '/')
    await browser.post('/sign-out')
    on.clock.advance(SECOND)
    await assertAsked(browser, email)
    await keepHouse(on.deps)
    assert.deepEqual((await everyRow(on)).trusted_browsers, [])
    await on.close()
  })

  test('is no session: the cookie alone opens nothing', async () => {
    const { browser } = await trusting()
    const thief = withTrustOf(browser)
    assert.equal((await thief.get('/settings/account')).status, 303)
    thief.cookies.set(SESSION, browser.cookies.get(TRUSTED) ?? '')
    assert.equal((await thief.get('/settings/account')).status, 303)
    thief.cookies.set(PENDING, browser.cookies.get(TRUSTED) ?? '')
    assert.equal((await thief.get(CODE_PAGE)).location, '/sign-in')
  })
})

describe('trust is never given', () => {
  test('for a recovery code, whatever is ticked', async () => {
    const { email, codes } = await withTwoFactor(product)
    const browser = await owingCode(product, email)
    assert.equal((await browser.post(CODE_PAGE, { code: codes[0] ?? '', trust: 'yes' })).location, '/')
    assert.ok(!browser.cookies.has(TRUSTED))
    assert.deepEqual((await stateOf(database, email)).trustedBrowsers, [])
  })

  test('without the tick, for a wrong code, for a code that was used', async () => {
    const { email, key } = await withTwoFactor(product)
    const code = codeOf(key, clock.now())
    const browser = await owingCode(product, email)
    await browser.post(CODE_PAGE, { code: codeOf(key, clock.now(), 900), trust: 'yes' })
    await answerCode(browser, code)
    const late = await owingCode(product, email)
    await late.post(CODE_PAGE, { code, trust: 'yes' })
    for (const each of [browser, late]) assert.ok(!each.cookies.has(TRUSTED))
    assert.deepEqual((await stateOf(database, email)).trustedBrowsers, [])
  })

  test('before the second factor: neither where none is on, nor between password and code', async () => {
    const { browser, email } = await signedUp(product)
    const refused = await product.browser().post('/sign-in', { email, password: PASSWORD, trust: 'yes' })
    assert.equal(refused.status, 400)
    assert.ok(!browser.cookies.has(TRUSTED))
    const protectedAccount = await withTwoFactor(product)
    const owing = await owingCode(product, protectedAccount.email)
    assert.ok(!owing.cookies.has(TRUSTED))
  })

  test('at a door of an API, nor believed there', async () => {
    const { email, key, browser } = await trusting()
    const held = { known: [], trusted: [browser.cookies.get(TRUSTED) ?? ''] }
    const result = await signIn(deps, { name: email, password: PASSWORD }, ORIGIN, 'api', held)
    assert.ok(result.ok && result.step === 'code_owed')
    const door = { client: 'api', trust: true, held } as const
    const verified = await verifyAnswer(deps, result.pendingToken, { code: codeOf(key, clock.now(), 1) }, ORIGIN, door)
    assert.ok(verified.ok)
    assert.deepEqual(verified.holds, { known: undefined, trusted: undefined })
    assert.equal((await stateOf(database, email)).trustedBrowsers.length, 1)
  })

  test('to another account: a token opens only the one that gave it', async () => {
    const { browser } = await trusting()
    const other = await withTwoFactor(product)
    await assertAsked(withTrustOf(browser), other.email)
    const renamed = withTrustOf(browser)
    const { account } = await stateOf(database, other.email)
    const [, random] = (browser.cookies.get(TRUSTED) ?? '').split('x')
    renamed.cookies.set(TRUSTED, `${account.id.toString(16)}x${random}`)
    await assertAsked(renamed, other.email)
  })
})

describe('trust ends', () => {
  for (const [change, make] of Object.entries({
    'the password is changed': async (owner: Browser) => {
      await owner.post('/settings/password', { current: PASSWORD, new: 'eleven sardines hum quietly' })
      return 'eleven sardines hum quietly'
    },
    'the authenticator is replaced': async (owner: Browser) => {
      const { key, enrolment } = await replacing(owner)
      await owner.post('/settings/two-factor/replace', { enrolment, code: codeOf(key, clock.now()) })
      return PASSWORD
    },
    'its owner signs out everywhere': async (owner: Browser) => {
      await owner.post(`${SESSIONS_PAGE}/everything`)
      return PASSWORD
    },
    'it is forgotten': async (owner: Browser, id: string) => {
      await owner.post(`${SESSIONS_PAGE}/trusted`, { id })
      return PASSWORD
    },
  }))
    test(`when ${change}`, async () => {
      const { email, browser, owner } = await trusting()
      const [{ id = '' } = {}] = (await stateOf(database, email)).trustedBrowsers
      const before = await stateOf(database, email)
      const password = await make(owner, id)
      assert.notDeepEqual((await stateOf(database, email)).events, before.events)
      await assertAsked(browser, email, password)
    })

  test('when the second factor is turned off, also where it comes back', async () => {
    const { email, browser, owner } = await trusting()
    await owner.post('/settings/two-factor/disable', { password: PASSWORD })
    assert.equal((await knock(browser, email)).location, '/')
    const { events } = await stateOf(database, email)
    assert.equal(events.filter(({ method }) => method === 'trusted_browser').length, 0, 'by password, as anybody')
    const { enrolment } = await enrolling(product, owner)
    await owner.post(DONE, { enrolment, saved: 'yes' })
    await assertAsked(withTrustOf(browser), email)
  })

  test('not at sign-out, nor when a session or a code page ends', async () => {
    const { email, browser, owner } = await trusting()
    await owner.post('/sign-out')
    assert.equal((await knock(browser, email)).location, '/')
  })

  test('of an account that is suspended: it says so, and opens nothing', async () => {
    const { email, browser } = await trusting()
    const suspend = (at: Date | null) =>
      database.db.update(accounts).set({ suspendedAt: at }).where(eq(accounts.email, email))
    await suspend(clock.now())
    assert.match((await knock(browser, email)).text, /suspended/)
    await suspend(null)
    assert.equal((await knock(browser, email)).location, '/')
  })
})

describe('a copy of the cookie', () => {
  test('is worth nothing once the browser was used; and a used copy shows, for its owner is asked', async () => {
    const { email, browser } = await trusting()
    const copy = withTrustOf(browser)
    await knock(browser, email)
    await assertAsked(copy, email)
    await browser.post('/sign-out')
    const thief = withTrustOf(browser)
    assert.equal((await knock(thief, email)).location, '/')
    await assertAsked(browser, email)
  })

  test('used twenty times at once, in two processes: one is let in, the others are asked for the code (A76)', async () => {
    const neighbour = await latchkey({}, product)
    for (let round = 0; round < 3; round++) {
      const { email, browser } = await trusting()
      const copies = Array.from({ length: 10 }, (_, index) => withTrustOf(browser, index % 2 ? product : neighbour))
      const answers = await Promise.all(copies.map((copy) => knock(copy, email)))
      assert.deepEqual(answers.map(({ location }) => location).sort(), ['/', ...Array(9).fill(CODE_PAGE)])
      const { trustedBrowsers, events } = await stateOf(database, email)
      assert.equal(trustedBrowsers.length, 1)
      assert.equal(events.filter(({ method }) => method === 'trusted_browser').length, 1)
      const winner = copies.find(({ cookies }) => cookies.has(SESSION))
      await winner?.post('/sign-out')
      assert.equal((await knock(winner ?? browser, email)).location, '/', 'and stays trusted')
    }
    assert.deepEqual(neighbour.faults, [])
  })

  test('at the same moment as a change of password: no session of a trusted browser survives it', async () => {
    for (let round = 0; round < 3; round++) {
      const { email, browser, owner } = await trusting()
      const change = { current: PASSWORD, new: 'eleven sardines hum quietly' }
      await Promise.all([
        knock(browser, email),
        knock(withTrustOf(browser), email),
        owner.post('/settings/password', change),
      ])
      const { sessions } = await stateOf(database, email)
      assert.equal(sessions.filter(({ method }) => method === 'trusted_browser').length, 0)
      await assertAsked(withTrustOf(browser), email, change.new)
    }
  })

  test('that was damaged, lengthened or filled with junk is as absent (A28)', async () => {
    const { email, browser } = await trusting()
    const good = browser.cookies.get(TRUSTED) ?? ''
    const flipped = good.slice(0, -1) + (good.endsWith('0') ? '1' : '0')
    for (const value of [flipped, `${good}0`, good.toUpperCase(), '.'.repeat(500), '__proto__', `%00${good}`, '']) {
      const other = product.browser()
      other.cookies.set(TRUSTED, value)
      await assertAsked(other, email)
    }
    const twice = await product.browser().send('/sign-in', {
      method: 'POST',
      body: new URLSearchParams({ email, password: PASSWORD }).toString(),
      headers: {
        'Content-Type': 'application/x-www-form-urlencoded',
        'Sec-Fetch-Site': 'same-origin',
        Cookie: `${TRUSTED}=${good}; ${TRUSTED}=${good}`,
      },
    })
    assert.equal(twice.headers.get('Location'), CODE_PAGE, 'two of one name are none (A30)')
    const amongJunk = product.browser()
    amongJunk.cookies.set(TRUSTED, `junk.${good}.more`)
    assert.equal((await knock(amongJunk, email)).location, '/')
  })

  test('cannot be read from the database, nor from a page', async () => {
    const { email, browser } = await trusting()
    const token = browser.cookies.get(TRUSTED) ?? ''
    await assertInvariants(database, [token])
    await knock(browser, email)
    for (const path of ['/', SESSIONS_PAGE, '/settings/activity'])
      assertUnreadable((await browser.get(path)).html, [token, browser.cookies.get(TRUSTED) ?? ''])
  })
})

describe('one browser', () => {
  test('is trusted by two accounts at once, each by its own token', async () => {
    const one = await trusting()
    const two = await withTwoFactor(product)
    const shared = one.browser
    await knock(shared, two.email)
    const code = codeOf(two.key, clock.now())
    assert.equal((await shared.post(CODE_PAGE, { code, trust: 'yes' })).location, '/')
    for (const { email } of [one, two, one]) {
      await shared.post('/sign-out')
      assert.equal((await knock(shared, email)).location, '/')
    }
    await two.browser.post(`${SESSIONS_PAGE}/everything`)
    await shared.post('/sign-out')
    assert.equal((await knock(shared, one.email)).location, '/')
    await shared.post('/sign-out')
    await assertAsked(shared, two.email)
  })

  test('that ticks the box again stands on the list once', async () => {
    const { email, key, owner, browser } = await trusting()
    const [again] = await manyOwingCode(product, email, 1)
    again?.cookies.set(TRUSTED, browser.cookies.get(TRUSTED) ?? '')
    await again?.post(CODE_PAGE, { code: codeOf(key, clock.now(), 1), trust: 'yes' })
    assert.equal((await stateOf(database, email)).trustedBrowsers.length, 1)
    await assertAsked(copyOf(product, browser), email)
    assert.equal((await owner.get(SESSIONS_PAGE)).html.match(/>\s*Forget\s*</g)?.length, 1)
  })
})
