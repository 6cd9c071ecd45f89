import assert from 'node:assert/strict'
import { after, afterEach, describe, test } from 'node:test'
import {
  answerCode,
  codeOf,
  everyRow,
  latchkey,
  loggedEvents,
  manyOwingCode,
  PASSWORD,
  signedInWith,
  signedUp,
  withAnother,
  withTwoFactor,
} from '#testing/index.ts'
import { assertInvariants, stateOf } from '#testing/invariants.ts'

const product = await latchkey()
const { clock, database } = product
afterEach(async () => {
  assert.deepEqual(product.faults.splice(0), [])
  await assertInvariants(database)
})
after(product.close)

const TEST = '/settings/check-up/code'
const STEP = 30_000

const wrongFor = (key: string) => {
  const near = Array.from({ length: 30 }, (_, index) => codeOf(key, clock.now(), index - 15))
  const wrong = ['000000', '111111', '222222', '333333'].find((code) => !near.includes(code))
  return wrong ?? '444444'
}

describe('testing a code', () => {
  test('says that an authenticator code works and spends nothing: it still signs in afterwards', async () => {
    const { browser, email, key } = await withTwoFactor(product)
    const code = codeOf(key, clock.now())
    const before = JSON.stringify(await stateOf(database, email))
    const { status, text } = await browser.post(TEST, { code })
    assert.equal(status, 200)
    assert.match(text, /That code works\. It's from “Authenticator”\. Your phone's clock is right\./)
    assert.equal(JSON.stringify(await stateOf(database, email)), before)
    await signedInWith(product, email, code)
    const used = await browser.post(TEST, { code })
    assert.match(used.text, /That code has been used\. .* The next one comes in 20 seconds\./)
  })

  test('says by how many steps the phone is off, and never tells a code from far ahead from a wrong one', async () => {
    const { browser, key } = await withTwoFactor(product)
    clock.advance(20 * STEP)
    const said = async (steps: number) => (await browser.post(TEST, { code: codeOf(key, clock.now(), steps) })).text
    assert.match(await said(0), /Your phone's clock is right/)
    assert.match(await said(1), /one step of 30 seconds ahead: your phone's clock is up to a minute fast/)
    assert.match(await said(-1), /one step of 30 seconds behind/)
    assert.match(await said(-2), /2 steps of 30 seconds behind: your phone's clock is about 1 minute slow/)
    assert.match(await said(-8), /8 steps of 30 seconds behind: your phone's clock is about 4 minutes slow/)
    assert.match(await said(2), /That code is not right/)
  })

  test('names the authenticator of several that gave it', async () => {
    const { browser } = await withTwoFactor(product)
    const { key } = await withAnother(product, browser, 'Spare phone')
    assert.match((await browser.post(TEST, { code: codeOf(key, clock.now()) })).text, /It's from “Spare phone”/)
  })

  test('a recovery code stays unused, a used one says when it was used, another is not one of yours', async () => {
    const { browser, email, codes } = await withTwoFactor(product)
    const [first = '', second = ''] = codes
    assert.match((await browser.post(TEST, { code: first })).text, /one of your recovery codes, and stays unused/)
    await signedInWith(product, email, second)
    assert.match((await browser.post(TEST, { code: second })).text, /has been used\. You used it on 1 Mar 2026/)
    const { codes: strange } = await withTwoFactor(product)
    const refused = await browser.post(TEST, { code: strange[0] ?? '' })
    assert.deepEqual([refused.status, /not one of yours/.test(refused.text)], [422, true])
    assert.equal((await stateOf(database, email)).recoveryCodes.filter(({ usedAt }) => usedAt === null).length, 11)
    await signedInWith(product, email, first)
  })

  test('something that is no code, or nothing, is said beside the field', async () => {
    const { browser } = await withTwoFactor(product)
    for (const code of ['', 'kettle', '12345']) assert.equal((await browser.post(TEST, { code })).status, 422, code)
    assert.equal((await browser.post(TEST, { code: '123456', account_id: '1' })).status, 400)
  })
})

describe('a stolen session gets no guess that is not counted', () => {
  test('the fifth wrong code waits here and at sign-in, and one at sign-in counts here', async () => {
    const { browser, email, key } = await withTwoFactor(product)
    const [entrance] = await manyOwingCode(product, email, 1)
    assert.ok(entrance, 'there is a browser that owes a code')
    assert.equal((await answerCode(entrance, wrongFor(key))).status, 422)
    for (let guess = 2; guess <= 5; guess++)
      assert.equal((await browser.post(TEST, { code: wrongFor(key) })).status, 422)
    const waits = await browser.post(TEST, { code: codeOf(key, clock.now()) })
    assert.deepEqual([waits.status, waits.headers.get('Retry-After')], [429, '30'])
    assert.ok(!waits.text.includes('works'), 'while it waits, nothing is said of the code')
    assert.equal((await answerCode(entrance, codeOf(key, clock.now()))).status, 429)
  })

  test('a right code takes its own guess back and forgives no other, for either kind of code', async () => {
    const { browser, key, codes } = await withTwoFactor(product)
    const { codes: strange } = await withTwoFactor(product)
    const tries = [
      { right: () => codeOf(key, clock.now()), wrong: () => wrongFor(key) },
      { right: () => codes[0] ?? '', wrong: () => strange[0] ?? '' },
    ]
    for (const { right, wrong } of tries) {
      for (let guess = 1; guess <= 4; guess++) {
        assert.equal((await browser.post(TEST, { code: wrong() })).status, 422)
        assert.equal((await browser.post(TEST, { code: right() })).status, 200)
      }
      assert.equal((await browser.post(TEST, { code: wrong() })).status, 422)
      assert.equal((await browser.post(TEST, { code: right() })).status, 429)
    }
  })

  test('a used code stays a guess: the sixth of them waits', async () => {
    const { browser, email, codes } = await withTwoFactor(product)
    const [used = ''] = codes
    await signedInWith(product, email, used)
    for (const status of [200, 200, 200, 200, 200, 429])
      assert.equal((await browser.post(TEST, { code: used })).status, status)
  })

  test('twenty wrong codes at once are five guesses', async () => {
    const { browser, key } = await withTwoFactor(product)
    const answers = await Promise.all(Array.from({ length: 20 }, () => browser.post(TEST, { code: wrongFor(key) })))
    assert.deepEqual(answers.map(({ status }) => status).sort(), [...Array(5).fill(422), ...Array(15).fill(429)])
  })

  test('every test counts for its session as a password there does: after a hundred in 15 minutes both wait', async () => {
    const strict = await latchkey({ attemptsPerAddress: 3 }, { ...product })
    const { browser, key } = await withTwoFactor(strict)
    const code = codeOf(key, clock.now())
    const statuses: number[] = []
    for (let attempt = 1; attempt <= 4; attempt++) statuses.push((await browser.post(TEST, { code })).status)
    assert.deepEqual(statuses, [200, 200, 200, 429])
    assert.equal((await browser.post('/settings/two-factor/disable', { password: PASSWORD })).status, 429)
  })

  test('a wrong code is in the log, and mailed once an hour; right, used and old ones are not', async () => {
    const { browser, email, key } = await withTwoFactor(product)
    clock.advance(20 * STEP)
    for (const steps of [0, -5]) await browser.post(TEST, { code: codeOf(key, clock.now(), steps) })
    const quiet = await loggedEvents(product, email)
    assert.ok(!quiet.includes('tested_code_wrong'), quiet.join())
    for (const _ of [1, 2]) await browser.post(TEST, { code: wrongFor(key) })
    assert.equal((await stateOf(database, email)).count('tested_code_wrong'), 2)
    assert.match((await browser.get('/settings/activity')).text, /Failed: wrong code in a test/)
  })

  test('looking at the page changes nothing, and nobody without a session and a second factor is tested', async () => {
    const { browser, email } = await withTwoFactor(product)
    const before = await everyRow(product)
    assert.equal((await browser.get(`${TEST}?code=123456`)).status, 200)
    assert.deepEqual(await everyRow(product), before)
    const [pending] = await manyOwingCode(product, email, 1)
    assert.match((await pending?.post(TEST, { code: '123456' }))?.location ?? '', /^\/sign-in/)
    const { browser: plain } = await signedUp(product)
    assert.equal((await plain.post(TEST, { code: '123456' })).location, '/settings/account')
  })
})
