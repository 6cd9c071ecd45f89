import assert from 'node:assert/strict'
import { after, afterEach, describe, test } from 'node:test'
import { type Browser, copyOf, latchkey, newEmail, PASSWORD, SESSION, signedUp, withTwoFactor } from '#testing/index.ts'
import { assertInvariants, stateOf } from '#testing/invariants.ts'

const product = await latchkey()
const { clock, database } = product
afterEach(async () => {
  assert.deepEqual(product.faults.splice(0), [])
  await assertInvariants(database)
})
after(product.close)

const wrong = 'not the password at all'
const ADDRESS = '198.51.100.7'

/** Every door that asks a session for the password again, so a guesser could try them all. */
const DOORS: Record<string, (browser: Browser, password: string) => Promise<{ status: number }>> = {
  'view recovery codes': (browser, password) =>
    browser.post('/settings/two-factor/recovery-codes/confirm', { password }),
  'replace authenticator': (browser, password) => browser.post('/settings/two-factor/replace/confirm', { password }),
  disable: (browser, password) => browser.post('/settings/two-factor/disable', { password }),
  'password again': (browser, password) => browser.post('/settings/password/again', { password }),
  'change password': (browser, password) =>
    browser.post('/settings/password', { current: password, new: 'eleven sardines hum quietly' }),
}

describe('asking for the password again', () => {
  test('a right one gives the session a new token; a copy of the old one is worth nothing', async () => {
    const { browser } = await withTwoFactor(product)
    for (const path of ['recovery-codes/confirm', 'replace/confirm']) {
      const old = copyOf(product, browser)
      await browser.post(`/settings/two-factor/${path}`, { password: PASSWORD })
      assert.notEqual(browser.cookies.get(SESSION), old.cookies.get(SESSION))
      assert.equal((await old.get('/')).location, '/sign-in')
      assert.equal((await browser.get('/')).status, 200)
    }
  })

  test('a wrong one keeps the session as it is', async () => {
    const { browser } = await signedUp(product)
    const token = browser.cookies.get(SESSION)
    assert.equal((await browser.post('/settings/two-factor/set-up/confirm', { password: wrong })).status, 422)
    assert.equal(browser.cookies.get(SESSION), token)
    assert.equal((await browser.get('/')).status, 200)
  })

  test('wrong ones of a session are one count at all doors: the next waits at every door, the right one too', async () => {
    const { browser, email } = await withTwoFactor(product, { address: ADDRESS })
    const doors = Object.entries(DOORS)
    let guesses = 0
    for (; guesses < 50; guesses++) {
      const [name, knock] = doors[guesses % doors.length] ?? []
      const answer = await knock?.(browser, wrong)
      if (answer?.status === 429) break
      assert.equal(answer?.status, 422, name)
    }
    assert.ok(guesses >= 5 && guesses <= 10, `${guesses} guesses in all`)
    assert.equal((await stateOf(database, email)).count('password_wrong'), guesses)
    for (const [name, knock] of doors) assert.equal((await knock(browser, PASSWORD)).status, 429, name)
    assert.equal((await stateOf(database, email)).count('password_wrong'), guesses, 'nothing was looked at')
  })

  test('the wait is told in words and in Retry-After, ends when it says, and a right password ends the count', async () => {
    const { browser, email } = await withTwoFactor(product, { address: ADDRESS })
    const knock = (password: string) => browser.post('/settings/two-factor/disable', { password })
    const answer = await untilItWaits(() => knock(wrong))
    const seconds = Number(answer.headers.get('Retry-After'))
    assert.equal(seconds, 30)
    assert.match(answer.text, /Too many attempts\. Try again in 30 seconds ?\./)
    clock.advance(seconds * 1000 - 1)
    assert.equal((await knock(PASSWORD)).status, 429)
    clock.advance(1)
    assert.equal(
      (await browser.post('/settings/two-factor/recovery-codes/confirm', { password: PASSWORD })).status,
      303,
    )
    for (let guesses = 0; guesses < 4; guesses++) assert.equal((await knock(wrong)).status, 422, 'counted anew')
    assert.equal((await stateOf(database, email)).factors.length, 1)
  })

  test('a stranger’s guesses from elsewhere do not make the owner wait (A19)', async () => {
    const { browser, email } = await signedUp(product)
    const stranger = product.browser({ address: '203.0.113.9' })
    await untilItWaits(() => stranger.post('/sign-in', { email, password: wrong }))
    assert.equal((await browser.get('/')).status, 200)
    assert.equal((await browser.post('/settings/two-factor/set-up/confirm', { password: PASSWORD })).status, 303)
    assert.equal((await product.browser().post('/sign-in', { email, password: PASSWORD })).location, '/')
  })

  test('nor do a stranger’s guesses from the owner’s own address, even where they use up all it may try (A19)', async () => {
    const limited = await latchkey({ attemptsPerAddress: 12 }, product)
    const { browser, email } = await signedUp(limited)
    const stranger = limited.browser()
    await untilItWaits(() => stranger.post('/sign-in', { email, password: wrong }))
    for (let guesses = 0; guesses < 5; guesses++)
      await stranger.post('/sign-in', { email: newEmail(), password: wrong })
    assert.equal((await stranger.post('/sign-in', { email: newEmail(), password: wrong })).status, 429)
    assert.equal((await browser.post('/settings/two-factor/set-up/confirm', { password: PASSWORD })).status, 303)
  })

  test('another session of the account has a count of its own, and the same number of guesses', async () => {
    const { browser, email } = await signedUp(product)
    const knock = (of: Browser, password: string) => of.post('/settings/two-factor/set-up/confirm', { password })
    await untilItWaits(() => knock(browser, wrong))
    const other = product.browser()
    await other.post('/sign-in', { email, password: PASSWORD })
    let guesses = 0
    for (; (await knock(other, wrong)).status === 422; guesses++);
    assert.equal(guesses, 10)
    assert.equal((await knock(browser, PASSWORD)).status, 429)
  })

  test('is about the session’s own account: another account’s password is wrong', async () => {
    const { browser } = await signedUp(product)
    const other = product.browser()
    const password = 'nine lanterns walk uphill'
    await other.post('/sign-up', { email: newEmail(), password })
    assert.equal((await browser.post('/settings/two-factor/set-up/confirm', { password })).status, 422)
    assert.equal((await other.post('/settings/two-factor/set-up/confirm', { password })).status, 303)
  })
})

async function untilItWaits<Answer extends { status: number }>(guess: () => Promise<Answer>): Promise<Answer> {
  for (let guesses = 0; guesses < 20; guesses++) {
    const answer = await guess()
    if (answer.status === 429) return answer
  }
  assert.fail('twenty wrong passwords and no wait')
}
