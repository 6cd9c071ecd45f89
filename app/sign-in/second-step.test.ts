import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { eq } from 'drizzle-orm'
import { factors } from '#db/schema.ts'
import {
  accountOf,
  codeOf,
  everyRow,
  latchkey,
  loggedEvents,
  manyOwingCode,
  owingCode,
  testClock,
  withTwoFactor,
} from '#testing/index.ts'

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const CODE_PAGE = '/sign-in/two-factor'

const product = await latchkey()
after(() => product.close())

/** An account with its second factor on, and a browser of its owner that owes the code. */
async function codeOwed(on = product) {
  const account = await withTwoFactor(on)
  const [browser] = await manyOwingCode(on, account.email, 1)
  if (!browser) throw new Error('There is no browser.')
  return { ...account, browser, account: await accountOf(on, account.email) }
}

async function counterOf(accountId: number) {
  const [factor] = await product.database.db.select().from(factors).where(eq(factors.accountId, accountId))
  return factor?.counter
}

describe('an authenticator code', () => {
  test('signs in after the password, once, and says so in the log', async () => {
    const { email, key } = await withTwoFactor(product)
    const browser = await owingCode(product, email)
    const answer = await browser.post(CODE_PAGE, { code: codeOf(key, product.clock.now()) })
    assert.deepEqual([answer.status, answer.location], [303, '/'])
    assert.equal((await browser.get('/')).status, 200)
    assert.equal((await loggedEvents(product, email)).at(-1), 'signed_in authenticator')
  })

  test('that finished the enrolment is spent for the first sign-in as well (A05)', async () => {
    const { browser, key } = await codeOwed()
    const answer = await browser.post(CODE_PAGE, { code: codeOf(key, product.clock.now(), -1) })
    assert.equal(answer.status, 422)
    assert.match(answer.text, /That code has already been used/)
  })

  test('dies with a newer one: after the code of T+1 that of T is refused (A03)', async () => {
    const { browser, key, email } = await codeOwed()
    const at = product.clock.now()
    assert.equal((await browser.post(CODE_PAGE, { code: codeOf(key, at, 1) })).status, 303)
    const [second] = await manyOwingCode(product, email, 1)
    for (const step of [0, 1, -1]) {
      const answer = await second?.post(CODE_PAGE, { code: codeOf(key, at, step) })
      assert.equal(answer?.status, 422)
      assert.match(answer?.text ?? '', /already been used/)
    }
  })

  test('of another account opens nothing: whose sign-in it is comes from the pending row', async () => {
    const other = await withTwoFactor(product)
    const { browser } = await codeOwed()
    const answer = await browser.post(CODE_PAGE, { code: codeOf(other.key, product.clock.now()) })
    assert.equal(answer.status, 422)
    assert.equal(answer.headers.getSetCookie().length, 0)
  })

  test('is explained when it is past, and never when it is to come', async () => {
    const { browser, key } = await codeOwed()
    const at = product.clock.now()
    const past = await browser.post(CODE_PAGE, { code: codeOf(key, at, -3) })
    assert.match(past.text, /That code is from a minute ago; check the clock on your phone/)
    const future = await browser.post(CODE_PAGE, { code: codeOf(key, at, 3) })
    assert.equal(future.status, 422)
    assert.match(future.text, /That code is not right\./)
  })
})

describe('a pending sign-in', () => {
  for (const [seconds, outcome] of [
    [-1, '/'],
    [0, '/sign-in'],
    [1, '/sign-in'],
  ] as const)
    test(`five minutes ${seconds} s after the password: the right code leads to ${outcome} (A13)`, async () => {
      const on = await latchkey({}, { ...product, clock: testClock() })
      const { browser, key, account } = await codeOwed(on)
      on.clock.advance(5 * MINUTE + seconds * SECOND)
      const before = await counterOf(account.id)
      const answer = await browser.post(CODE_PAGE, { code: codeOf(key, on.clock.now()) })
      assert.equal(answer.location, outcome)
      assert.equal(browser.cookies.has('__Host-latchkey'), outcome === '/')
      if (outcome !== '/') assert.equal(await counterOf(account.id), before)
    })

  test('ends with the fifth wrong code, and the password has to be typed again', async () => {
    const { browser, key } = await codeOwed()
    const wrong = codeOf(key, product.clock.now(), 400)
    for (let attempt = 1; attempt <= 4; attempt++)
      assert.equal((await browser.post(CODE_PAGE, { code: wrong })).status, 422)
    assert.equal((await browser.post(CODE_PAGE, { code: wrong })).location, '/sign-in')
    product.clock.advance(MINUTE)
    const answer = await browser.post(CODE_PAGE, { code: codeOf(key, product.clock.now()) })
    assert.equal(answer.location, '/sign-in')
  })

  test('is over once it is answered or cancelled, or the account signs out elsewhere', async () => {
    const { browser, key, email } = await codeOwed()
    const token = browser.cookies.get('__Host-latchkey-pending') ?? ''
    await browser.post(CODE_PAGE, { code: codeOf(key, product.clock.now()) })
    const [cancelled, left] = await manyOwingCode(product, email, 2)
    const cancelledToken = cancelled?.cookies.get('__Host-latchkey-pending') ?? ''
    await cancelled?.post(`${CODE_PAGE}/cancel`, { code: '' })
    await browser.post('/sign-out')
    const leftToken = left?.cookies.get('__Host-latchkey-pending') ?? ''
    for (const dead of [token, cancelledToken, leftToken]) {
      const visiting = product.browser()
      visiting.cookies.set('__Host-latchkey-pending', dead)
      const answer = await visiting.post(CODE_PAGE, { code: codeOf(key, product.clock.now(), 1) })
      assert.equal(answer.location, '/sign-in')
    }
  })

  test('is in the database only as a hash', async () => {
    const { browser } = await codeOwed()
    const token = browser.cookies.get('__Host-latchkey-pending') ?? 'none'
    const { pending_sign_ins: rows } = await everyRow(product)
    assert.ok(rows && rows.length > 0 && !rows.some((row) => row.includes(token) || row.includes(token.slice(-32))))
  })
})

describe('when the clock moves', () => {
  test('an hour back, used codes stay used and nothing breaks (A71)', async () => {
    const on = await latchkey({}, { ...product, clock: testClock() })
    const { browser, key, email } = await codeOwed(on)
    const at = on.clock.now()
    assert.equal((await browser.post(CODE_PAGE, { code: codeOf(key, at, 1) })).status, 303)
    on.clock.advance(-HOUR)
    const [second] = await manyOwingCode(on, email, 1)
    for (const code of [codeOf(key, at, 1), codeOf(key, on.clock.now()), codeOf(key, on.clock.now(), 1)]) {
      const answer = await second?.post(CODE_PAGE, { code })
      assert.equal(answer?.status, 422)
    }
    assert.deepEqual(on.faults, [])
  })

  test('a day ahead and back, the authenticator waits and a recovery code gets in (A72)', async () => {
    const on = await latchkey({}, { ...product, clock: testClock() })
    const { key, email, codes } = await codeOwed(on)
    on.clock.advance(24 * HOUR)
    const [ahead] = await manyOwingCode(on, email, 1)
    assert.equal((await ahead?.post(CODE_PAGE, { code: codeOf(key, on.clock.now()) }))?.status, 303)
    on.clock.advance(-24 * HOUR)
    const [back] = await manyOwingCode(on, email, 1)
    const refused = await back?.post(CODE_PAGE, { code: codeOf(key, on.clock.now()) })
    assert.equal(refused?.status, 422)
    assert.match(refused?.text ?? '', /already been used. Use a recovery code\./)
    assert.equal((await back?.post(CODE_PAGE, { code: codes[0] ?? '' }))?.status, 303)
    assert.deepEqual(on.faults, [])
  })
})
