import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { eq } from 'drizzle-orm'
import { renewal } from '#app/identity/fresh-password.ts'
import { securityEvent } from '#app/identity/security-events.ts'
import { hashToken } from '#app/lib/tokens.ts'
import { regenerateCodes } from '#app/two-factor/recovery-codes.ts'
import { pendingSignIns, recoveryCodes } from '#db/schema.ts'
import { holding } from '#testing/held.ts'
import { latchkey, manyOwingCode, PASSWORD, SESSION, signedInWith, signedUp, withTwoFactor } from '#testing/index.ts'
import { assertInvariants, stateOf } from '#testing/invariants.ts'

const product = await latchkey()
const { clock, database, deps } = product
after(product.close)

const ORIGIN = { address: '192.0.2.1', browser: 'Firefox', system: 'Linux' }
type Locked = typeof recoveryCodes | typeof pendingSignIns

/**
 * Starts `first` and `second` while somebody else holds the account's rows of `table`, then lets go: the two meet at the
 * same rows, in that order. SQLite has one writer at a time, so there they simply run one after the other.
 */
async function meeting(
  table: Locked,
  accountId: number,
  first: () => Promise<unknown>,
  second: () => Promise<unknown>,
) {
  const signals = new EventTarget()
  const heard = (name: string) => new Promise((resolve) => signals.addEventListener(name, resolve, { once: true }))
  const [held, letGo] = [heard('held'), heard('let go')]
  const isHeld = () => void signals.dispatchEvent(new Event('held'))
  const holder = database.atomically((tx) => [
    holding(tx.update(table).set({ accountId }).where(eq(table.accountId, accountId)).returning(), isHeld, letGo),
    tx.select().from(table).limit(1),
  ])
  if (database.dialect === 'postgres') await Promise.race([held, holder])
  const both = [first()]
  await aMoment()
  both.push(second())
  await aMoment()
  signals.dispatchEvent(new Event('let go'))
  await holder
  return Promise.allSettled(both)
}

const aMoment = () => new Promise((resolve) => setTimeout(resolve, database.dialect === 'postgres' ? 100 : 0))
const reasons = (results: PromiseSettledResult<unknown>[]) =>
  results.map((result) => (result.status === 'rejected' ? String(result.reason?.cause ?? result.reason) : 'fine'))

test('an enrolment of a session that has just ended is not kept, and nothing fails', async () => {
  const { browser } = await signedUp(product)
  const visitor = await deps.sessions.find(hashToken(browser.cookies.get(SESSION) ?? ''))
  const id = visitor?.session.id ?? ''
  const until = new Date(clock.now().getTime() + 1000)
  assert.equal(await deps.keptEnrolments.keepEnrolment(id, 'sealed', until), true)
  await deps.sessions.end(id)
  assert.equal(await deps.keptEnrolments.keepEnrolment(id, 'sealed', until), false)
})

describe('transactions that meet', () => {
  const story = async () => {
    const { browser, email, codes } = await withTwoFactor(product)
    const session = await deps.sessions.find(hashToken(browser.cookies.get(SESSION) ?? ''))
    const { recoveryCodes, account } = await stateOf(database, email)
    const madeAt = recoveryCodes[0]?.madeAt
    assert.ok(session && madeAt)
    clock.advance(1000)
    const disable = () =>
      deps.disabling.disable({
        accountId: account.id,
        securityVersion: account.securityVersion,
        renewal: renewal(session).renewal,
        event: securityEvent('second_factor_off', account.id, ORIGIN, clock.now()),
        forgiven: { delays: [] },
      })
    return { browser, email, codes, account, disable, regenerate: () => regenerateCodes(deps, session, madeAt, ORIGIN) }
  }

  test('new recovery codes and Disable: no code is left behind, whichever comes first', async () => {
    for (const order of ['regenerate first', 'disable first']) {
      const { email, account, disable, regenerate } = await story()
      const [first, second] = order === 'regenerate first' ? [regenerate, disable] : [disable, regenerate]
      assert.deepEqual(reasons(await meeting(recoveryCodes, account.id, first, second)), ['fine', 'fine'])
      const { factors, recoveryCodes: left } = await stateOf(database, email)
      assert.deepEqual([factors.length, left.length], [0, 0], order)
    }
    await assertInvariants(database)
  })

  test('new recovery codes twice: one whole set (A23)', async () => {
    const { email, account, regenerate } = await story()
    const results = await meeting(recoveryCodes, account.id, regenerate, regenerate)
    assert.deepEqual(reasons(results), ['fine', 'fine'])
    const { recoveryCodes: set, count } = await stateOf(database, email)
    assert.deepEqual([set.length, count('recovery_codes_regenerated')], [12, 1])
  })

  test('Disable and a sign-out elsewhere: both happen, and neither is a fault', async () => {
    for (const order of ['disable first', 'sign-out first']) {
      const { email, codes, account, disable } = await story()
      const other = await signedInWith(product, email, codes[0] ?? '')
      await manyOwingCode(product, email, 2)
      const signOut = async () => assert.equal((await other.post('/sign-out')).status, 303)
      const [first, second] = order === 'disable first' ? [disable, signOut] : [signOut, disable]
      const results = await meeting(pendingSignIns, account.id, first, second)
      const faults = product.faults.splice(0)
      assert.deepEqual(reasons(results), ['fine', 'fine'], order)
      assert.deepEqual(faults, [], order)
      const { sessions, factors, pendingSignIns: pending } = await stateOf(database, email)
      assert.deepEqual([sessions.length, factors.length, pending.length], [1, 0, 0], order)
    }
    await assertInvariants(database)
  })

  test('a password change and a sign-out elsewhere: both happen, and neither is a fault', async () => {
    const { browser, email } = await signedUp(product)
    const other = product.browser()
    await other.post('/sign-in', { email, password: PASSWORD })
    const answers = await Promise.all([
      browser.post('/settings/password', { current: PASSWORD, new: 'eleven sardines hum quietly' }),
      other.post('/sign-out'),
    ])
    assert.deepEqual(
      answers.map(({ status }) => status),
      [303, 303],
    )
    assert.equal((await stateOf(database, email)).sessions.length, 1)
    assert.deepEqual(product.faults.splice(0), [])
  })
})
