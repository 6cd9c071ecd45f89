import assert from 'node:assert/strict'
import { after, beforeEach, describe, test } from 'node:test'
import { latchkey, newEmail } from '#testing/index.ts'
import { keepHouse } from '../process/housekeeping.ts'
import {
  authenticatorAttempt,
  charge,
  DELAY,
  type DelayRule,
  isBlocked,
  passwordAttempt,
  recoveryCodeAttempt,
} from './limits.ts'

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

const product = await latchkey()
after(() => product.close())
const { clock, deps } = product

let account = 0 // each test counts for its own account
beforeEach(() => void account++)

const delay = (rule: DelayRule) => deps.limits.charge({ delay: rule }, clock.now().getTime())

describe('the growing delay', () => {
  const waits = [30, 60, 120, 240, 480, 960, 1920, 3600, 3600, 3600] // seconds after the first failure that counts and each further one

  for (const [name, from, ruleOf] of [
    ['passwords', 10, () => passwordAttempt(`${account}@example.com`, '192.0.2.1')],
    ['authenticator codes', 5, () => authenticatorAttempt(account)],
    ['recovery codes', 5, () => recoveryCodeAttempt(account)],
  ] as const)
    test(`of ${name} begins with failure ${from}: 30 s doubling up to one hour, to the millisecond on both sides`, async () => {
      const rule = ruleOf()
      for (let failure = 1; failure <= from; failure++) assert.equal(await delay(rule), 0, `failure ${failure}`)
      for (const [index, seconds] of waits.entries()) {
        assert.equal(await delay(rule), seconds * SECOND)
        clock.advance(seconds * SECOND - 1)
        assert.equal(await delay(rule), 1, 'a millisecond too early')
        assert.equal(await deps.limits.count(rule.key), from + index, 'what is refused is not counted')
        clock.advance(1)
        assert.equal(await delay(rule), 0, 'at the very moment')
      }
    })

  test('of passwords is forgotten a day after the last failure, not before', async () => {
    const rule = passwordAttempt(newEmail(), '192.0.2.1')
    for (let window = 0; window < 3; window++) {
      for (let failure = 1; failure <= 5; failure++) assert.equal(await delay(rule), 0)
      clock.advance(DAY - 1)
      assert.equal(await delay(rule), 0)
      assert.equal(await deps.limits.count(rule.key), 6)
      clock.advance(DAY)
      assert.equal(await delay(rule), 0)
      assert.equal(await deps.limits.count(rule.key), 1)
      clock.advance(DAY)
    }
  })

  test('of codes is not forgotten by waiting, however long', async () => {
    for (const rule of [authenticatorAttempt(account), recoveryCodeAttempt(account)]) {
      for (let failure = 1; failure <= 5; failure++) await delay(rule)
      clock.advance(365 * DAY)
      await keepHouse(deps)
      assert.equal(await delay(rule), 0)
      assert.equal(await delay(rule), DELAY.first * 2)
    }
  })

  test('a hundred failures in a row stop the authenticator, the ninety-ninth does not (A17)', async () => {
    const rule = authenticatorAttempt(account)
    for (let failure = 1; failure <= 99; failure++) {
      assert.equal(await delay(rule), 0)
      clock.advance(HOUR)
    }
    assert.equal(await isBlocked(deps, rule), false)
    assert.equal(await delay(rule), 0)
    assert.equal(await isBlocked(deps, rule), true)
    clock.advance(10 * DAY)
    assert.deepEqual(await charge(deps, '192.0.2.1', rule), { ok: false, reason: 'blocked' })
    assert.equal(await deps.limits.count(rule.key), 100)
  })

  test('two hundred at once are five (A18)', async () => {
    const rule = authenticatorAttempt(account)
    const answers = await Promise.all(Array.from({ length: 200 }, () => delay(rule)))
    assert.equal(answers.filter((wait) => wait === 0).length, 5)
    assert.ok(answers.every((wait) => wait === 0 || wait === DELAY.first))
  })
})

describe('the budget of an address', () => {
  const most = 3
  const limited = { ...deps, attemptsPerAddress: most }
  let address = ''
  beforeEach(() => {
    address = `198.51.100.${account}`
  })

  test('is full on its last attempt, tells the time to the next window, and opens at that very moment', async () => {
    for (let window = 0; window < 3; window++) {
      assert.ok((await charge(limited, address)).ok)
      clock.advance(MINUTE)
      for (let attempt = 2; attempt <= most; attempt++) assert.ok((await charge(limited, address)).ok)
      assert.deepEqual(await charge(limited, address), { ok: false, reason: 'wait', seconds: 14 * 60 })
      clock.advance(14 * MINUTE - 1)
      assert.deepEqual(await charge(limited, address), { ok: false, reason: 'wait', seconds: 1 })
      clock.advance(1)
    }
  })

  test('gets nothing back from wrong answers, whatever the account', async () => {
    for (let attempt = 0; attempt < most; attempt++)
      assert.ok((await charge(limited, address, passwordAttempt(newEmail(), address))).ok)
    assert.equal((await charge(limited, address, passwordAttempt(newEmail(), address))).ok, false)
  })

  test('is not charged where the delay of the account refuses: nothing was looked at', async () => {
    const rule = passwordAttempt(newEmail(), address)
    for (let failure = 1; failure <= rule.from; failure++) await delay(rule)
    for (let attempt = 0; attempt < 10; attempt++) assert.equal((await charge(limited, address, rule)).ok, false)
    assert.equal(await deps.limits.count(`address:${address}`), 0)
  })

  test('counts exactly in a race, on two processes (A76)', async () => {
    const neighbour = await latchkey({}, product)
    const other = { ...neighbour.deps, attemptsPerAddress: most }
    const answers = await Promise.all(
      Array.from({ length: 60 }, (_, index) => charge(index % 2 ? limited : other, address)),
    )
    assert.equal(answers.filter(({ ok }) => ok).length, most)
  })

  test('of 0 is no limit', async () => {
    for (let attempt = 0; attempt < 200; attempt++) assert.ok((await charge(deps, address)).ok)
  })

  test('is one for a whole IPv6 /64, and another for the next', async () => {
    const prefix = `2001:db8:0:${account.toString(16)}`
    for (const tail of ['::1', '::2', ':ffff:ffff:ffff:ffff']) assert.ok((await charge(limited, prefix + tail)).ok)
    assert.equal((await charge(limited, `${prefix}:a:b:c:d`)).ok, false)
    assert.ok((await charge(limited, `2001:db8:1:${account.toString(16)}::1`)).ok)
  })
})
