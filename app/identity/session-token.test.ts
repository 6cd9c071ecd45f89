import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import {
  accountOf,
  type Browser,
  codeOf,
  copyOf,
  everyRow,
  latchkey,
  manyOwingCode,
  PASSWORD,
  PENDING,
  SESSION,
  SET_UP,
  signedUp,
  withTwoFactor,
} from '#testing/index.ts'
import { newSession } from './session.ts'

const HOUR = 60 * 60_000

const product = await latchkey()
after(() => product.close())

const isIn = async (browser: Browser) => (await browser.get('/settings/account')).status === 200

async function sessionsOf(email: string) {
  const { id } = await accountOf(product, email)
  const { sessions = [] } = await everyRow(product)
  return sessions.filter((row) => row.includes(`"accountId":${id},`))
}

describe('the token of a session', () => {
  test('is the account id in hex, x, and 128 random bits', () => {
    const origin = { address: '192.0.2.1', browser: 'Firefox', system: 'Linux' }
    const tokens = Array.from(
      { length: 100 },
      () => newSession({ accountId: 0xabc, client: 'browser', method: 'password' }, origin, new Date(), HOUR).token,
    )
    for (const token of tokens) assert.match(token, /^abcx[0-9a-f]{32}$/)
    assert.equal(new Set(tokens).size, tokens.length)
  })

  test('is never in the database in clear', async () => {
    const { browser } = await withTwoFactor(product)
    const secret = (browser.cookies.get(SESSION) ?? '').split('x')[1] ?? 'missing'
    assert.equal(secret.length, 32)
    assert.ok(!JSON.stringify(await everyRow(product)).includes(secret))
  })

  test('is a new one at each step up; the old one is worth nothing (A27)', async () => {
    const { browser, email, key } = await withTwoFactor(product)
    const steps = [
      () => browser.post('/settings/two-factor/recovery-codes/confirm', { password: PASSWORD }),
      () => browser.post('/settings/two-factor/replace/confirm', { password: PASSWORD }),
      () => browser.post('/settings/password', { current: PASSWORD, new: 'seven copper lanterns sing' }),
      () => browser.post('/settings/two-factor/disable', { password: 'seven copper lanterns sing' }),
    ]
    const [second] = await manyOwingCode(product, email, 1)
    const pending = second?.cookies.get(PENDING) ?? ''
    await second?.post('/sign-in/two-factor', { code: codeOf(key, product.clock.now()) })
    assert.notEqual(second?.cookies.get(SESSION), pending)
    for (const step of steps) {
      const old = copyOf(product, browser)
      assert.equal((await step()).status, 303)
      assert.notEqual(browser.cookies.get(SESSION), old.cookies.get(SESSION))
      assert.equal(await isIn(old), false)
      assert.equal(await isIn(browser), true)
    }
  })

  test('changes under twenty parallel requests: each is answered 200 or 303, and one session is left (A33)', async () => {
    const { browser, email } = await signedUp(product)
    const copies = Array.from({ length: 20 }, () => copyOf(product, browser))
    const stepUps = [copyOf(product, browser), copyOf(product, browser)]
    const [answers, steps] = await Promise.all([
      Promise.all(copies.map((copy) => copy.get('/'))),
      Promise.all(stepUps.map((step) => step.post(`${SET_UP}/confirm`, { password: PASSWORD }))),
    ])
    for (const { status } of answers) assert.ok([200, 303].includes(status), `answered ${status}`)
    const wins = steps.map(({ location }) => location === SET_UP)
    assert.deepEqual([...wins].sort(), [false, true], 'the slower changes nothing')
    for (const [index, step] of stepUps.entries()) assert.equal(await isIn(step), wins[index])
    assert.equal((await sessionsOf(email)).length, 1)
    assert.deepEqual(product.faults, [])
    assert.equal(await isIn(browser), false)
  })
})
