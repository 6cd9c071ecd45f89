import assert from 'node:assert/strict'
import { after, afterEach, describe, test } from 'node:test'
import { events } from '#db/schema.ts'
import {
  accountOf,
  answerCode,
  codeOf,
  latchkey,
  loggedEvents,
  owingCode,
  PASSWORD,
  RECOVERY_CODES_PAGE,
  replacing,
  SESSION,
  signedInWith,
  signedUp,
  viewingCodes,
  withTwoFactor,
} from '#testing/index.ts'
import { assertInvariants, stateOf } from '#testing/invariants.ts'
import { securityEvent } from '../identity/security-events.ts'

const product = await latchkey()
const { clock, database } = product
afterEach(() => assert.deepEqual(product.faults.splice(0), []))
after(product.close)

const ACTIVITY = '/settings/activity'
const SAFARI =
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15'
const entries = (html: string) => html.match(/<li[^>]*><p class="what">/g)?.length ?? 0

describe('the log', () => {
  test('every kind of event is written by its flow, once, in order, with address and browser', async () => {
    const visitor = { address: '198.51.100.23', userAgent: SAFARI }
    const { browser, email, key, codes } = await withTwoFactor(product, visitor)
    await browser.post('/settings/two-factor/disable', { password: 'wrong' })
    const { set } = await viewingCodes(browser)
    await browser.post(`${RECOVERY_CODES_PAGE}/download`)
    const second = await owingCode(product, email, visitor)
    await answerCode(second, '000000')
    await answerCode(second, codes[0] ?? '')
    clock.advance(30_000)
    await browser.post(`${RECOVERY_CODES_PAGE}/regenerate`, { set })
    const { key: next, enrolment } = await replacing(browser)
    await browser.post('/settings/two-factor/replace', { enrolment, code: codeOf(next, clock.now()) })
    await browser.post('/settings/password', { current: PASSWORD, new: 'eleven sardines hum quietly' })
    await browser.post('/settings/two-factor/disable', { password: 'eleven sardines hum quietly' })
    await browser.post('/sign-out')
    assert.notEqual(key, next)
    assert.deepEqual(await loggedEvents(product, email), [
      'signed_up',
      'signed_in password',
      'second_factor_on',
      'password_wrong',
      'recovery_codes_viewed',
      'recovery_codes_downloaded',
      'code_wrong',
      'recovery_code_used',
      'signed_in recovery_code',
      'recovery_codes_regenerated',
      'second_factor_replaced',
      'password_changed',
      'second_factor_off',
      'signed_out',
    ])
    const log = (await stateOf(database, email)).events
    for (const { address, browser, system } of log)
      assert.deepEqual([address, browser, system], ['198.51.100.23', 'Safari', 'macOS'])
    await assertInvariants(database)
  })

  test('an authenticator sign-in is one row, a wrong password at sign-in another', async () => {
    const { email, key } = await withTwoFactor(product)
    await product.browser().post('/sign-in', { email, password: 'wrong' })
    await signedInWith(product, email, codeOf(key, clock.now()))
    assert.deepEqual((await loggedEvents(product, email)).slice(3), ['password_wrong', 'signed_in authenticator'])
  })

  test('is read in words, newest first, failures marked', async () => {
    const { browser, email, codes } = await withTwoFactor(product)
    clock.advance(60_000)
    await browser.post('/settings/two-factor/disable', { password: 'wrong' })
    clock.advance(60_000)
    await signedInWith(product, email, codes[0] ?? '')
    const { html, text } = await browser.get(ACTIVITY)
    const sentences = [
      'Signed in with password and recovery code',
      'Recovery code used',
      'Failed: wrong password',
      'Two-factor authentication turned on',
      'Signed in with password',
      'Account created',
    ]
    const places = sentences.map((sentence) => text.lastIndexOf(sentence))
    assert.ok(!places.includes(-1), `${places}`)
    assert.deepEqual(
      places,
      places.toSorted((a, b) => a - b),
    )
    assert.match(text, /Firefox on Linux ?, 192\.0\.2\.1/)
    assert.equal(entries(html), 5 + 1)
    assert.equal(html.match(/<li class="failed">/g)?.length, 1)
  })

  test('what a browser calls itself is not repeated, only its name in words (A47)', async () => {
    const userAgent = '"><script>alert(1)</script> Firefox/<b>1</b>'
    const { browser } = await signedUp(product, { userAgent })
    const { html } = await browser.get(ACTIVITY)
    assert.ok(!/alert|<b>/.test(html))
  })
})

describe('the pages of the log', () => {
  const story = async (count: number) => {
    const { browser, email } = await signedUp(product)
    const { id } = await accountOf(product, email)
    const origin = (n: number) => ({ address: `10.0.${n >> 8}.${n & 255}`, browser: 'Firefox', system: 'Linux' })
    // In threes at the same millisecond: the border of a page falls between equals as well.
    const rows = Array.from({ length: count }, (_, n) =>
      securityEvent('code_wrong', id, origin(n), new Date(clock.now().getTime() + 1000 * Math.floor(n / 3))),
    )
    if (count > 0) await database.db.insert(events).values(rows)
    return { browser, email }
  }
  const addresses = (html: string) => html.match(/10\.0\.\d+\.\d+/g) ?? []
  const older = (html: string) => /href="(\/settings\/activity\?before=[^"]+)"/.exec(html)?.[1]

  test('have fifty rows each; together every row once, newest first', async () => {
    const { browser } = await story(130)
    const seen: string[] = []
    let path: string | undefined = ACTIVITY
    const lengths: number[] = []
    while (path && lengths.length < 9) {
      const { html }: { html: string } = await browser.get(path)
      lengths.push(entries(html))
      seen.push(...addresses(html))
      path = older(html)
    }
    assert.deepEqual(lengths, [50, 50, 32])
    assert.deepEqual(
      seen,
      Array.from({ length: 130 }, (_, n) => `10.0.0.${129 - n}`),
    )
  })

  test('exactly fifty rows need no second page, fifty-one do', async () => {
    const { browser: fifty } = await story(48)
    assert.equal(older((await fifty.get(ACTIVITY)).html), undefined)
    const { browser: more } = await story(49)
    const next = older((await more.get(ACTIVITY)).html)
    assert.equal(entries((await more.get(next ?? '')).html), 1)
  })

  test('never show another account’s events, whatever place is asked for (A66)', async () => {
    const { browser: theirs, email } = await story(120)
    const cursor = older((await theirs.get(ACTIVITY)).html)
    const { browser } = await story(0)
    for (const path of [ACTIVITY, cursor ?? '']) {
      const { html, text } = await browser.get(path)
      assert.deepEqual(addresses(html), [])
      assert.ok(!text.includes(email))
      assert.ok(entries(html) <= 2)
    }
  })

  test('a forged place is the first page or an empty one, and never a fault', async () => {
    const { browser } = await story(3)
    const forged = [
      '',
      '-',
      '0-x',
      '999999999999999-x',
      '-1-x',
      '1e9-x',
      'x',
      "1-' or 1=1 --",
      '%00',
      '%ff',
      '..',
      '[]',
    ]
    const others = ['1772366410000-', `1-${'a'.repeat(33)}`, '9'.repeat(16), `${'9'.repeat(400)}-x`, '1-x&before=2-y']
    for (const before of [...forged, ...others]) {
      const answer = await browser.get(`${ACTIVITY}?before=${before}`)
      assert.equal(answer.status, 200, before)
      assert.ok([0, 5].includes(entries(answer.html)), before)
    }
    assert.ok(browser.cookies.has(SESSION))
  })
})
