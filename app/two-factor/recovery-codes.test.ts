import assert from 'node:assert/strict'
import { after, afterEach, describe, test } from 'node:test'
import {
  answerCode,
  copyOf,
  everyRow,
  latchkey,
  owingCode,
  RECOVERY_CODES_PAGE as PAGE,
  PASSWORD,
  readCodes,
  readCodesPage,
  SESSION,
  signedInWith,
  signedUp,
  viewingCodes,
  withTwoFactor,
} from '#testing/index.ts'
import { assertInvariants, everything, stateOf } from '#testing/invariants.ts'

const product = await latchkey()
const { clock, database } = product
afterEach(async () => {
  assert.deepEqual(product.faults.splice(0), [])
  await assertInvariants(database)
})
after(product.close)

const MINUTE = 60_000

describe('viewing recovery codes', () => {
  test('asks for the password; a wrong one is refused, counted and logged', async () => {
    const { browser, email, codes } = await withTwoFactor(product)
    for (const path of ['', '/regenerate', '/download', '/print']) {
      const answer = await browser.get(PAGE + path)
      assert.deepEqual([answer.location, readCodes(answer.html)], [`${PAGE}/confirm`, []], path)
    }
    const wrong = await browser.post(`${PAGE}/confirm`, { password: 'wrong' })
    assert.equal(wrong.status, 422)
    assert.match(wrong.html, /<h1[^>]*>View Recovery Codes</)
    assert.equal((await browser.get(PAGE)).location, `${PAGE}/confirm`)
    assert.deepEqual((await viewingCodes(browser)).codes, codes)
    const { count } = await stateOf(database, email)
    assert.deepEqual([count('password_wrong'), count('recovery_codes_viewed')], [1, 1])
  })

  test('they are shown for ten minutes: still a second before the end, no longer a second after', async () => {
    const { browser, codes } = await withTwoFactor(product)
    await viewingCodes(browser)
    clock.advance(10 * MINUTE - 1000)
    assert.deepEqual(readCodes((await browser.get(PAGE)).html), codes)
    clock.advance(2000)
    for (const path of ['', '/regenerate', '/download', '/print'])
      assert.equal((await browser.get(PAGE + path)).location, `${PAGE}/confirm`, path)
    assert.equal((await browser.post(`${PAGE}/download`)).location, `${PAGE}/confirm`)
    assert.equal((await browser.post(`${PAGE}/regenerate`, { set: '1' })).location, `${PAGE}/confirm`)
  })

  test('to this session only, under a new token: not to another one, nor to a copy of the old cookie', async () => {
    const { browser, email, codes } = await withTwoFactor(product)
    const other = await signedInWith(product, email, codes[0] ?? '')
    const old = copyOf(product, browser)
    await viewingCodes(browser)
    assert.notEqual(browser.cookies.get(SESSION), old.cookies.get(SESSION))
    assert.equal((await other.get(PAGE)).location, `${PAGE}/confirm`)
    assert.match((await old.get(PAGE)).location ?? '', /^\/sign-in/)
  })

  test('a used code is struck out without its text, with its moment; its sealed copy is gone from the database', async () => {
    const { browser, email, codes } = await withTwoFactor(product)
    const before = await stateOf(database, email)
    await signedInWith(product, email, codes[4] ?? '')
    const { html, codes: shown } = await viewingCodes(browser)
    assert.deepEqual(shown, codes.toSpliced(4, 1))
    assert.match(
      html,
      /<li><del>[^<a-z0-9]*<\/del><small>used at <time datetime="2026-03-01T[^"]+" data-utc="true">1 Mar 2026, \d\d:\d\d UTC<\/time>/,
    )
    const row = (await stateOf(database, email)).recoveryCodes[4]
    assert.equal(row?.sealed, null)
    assert.deepEqual(row?.usedAt, clock.now())
    assert.ok(!JSON.stringify(await everything(database)).includes(before.recoveryCodes[4]?.sealed ?? '?'))
    const file = (await browser.get(`${PAGE}/download`)).html
    assert.match(file, /^ 5\. used at 2026-03-01 \d\d:\d\d UTC$/m)
    assert.deepEqual(readCodes(file), shown)
  })

  test('an account without a second factor has none to view', async () => {
    const { browser } = await signedUp(product)
    for (const path of ['', '/confirm', '/regenerate', '/download', '/print'])
      assert.equal((await browser.get(PAGE + path)).location, '/settings/account', path)
  })
})

describe('saving them', () => {
  test('Download is one row in the log and a file that nobody keeps on the way', async () => {
    const { browser, email, codes } = await withTwoFactor(product)
    await viewingCodes(browser)
    assert.equal((await browser.post(`${PAGE}/download`)).location, `${PAGE}/download`)
    const { html: file, headers } = await browser.get(`${PAGE}/download`)
    assert.deepEqual(readCodes(file), codes)
    const { recoveryCodes, count } = await stateOf(database, email)
    const [, time = ''] = /T(\d\d:\d\d)/.exec(recoveryCodes[0]?.madeAt.toISOString() ?? '') ?? []
    const parts = [`Account: ${email}`, 'Site:    https://latchkey.test', `Made at: 2026-03-01 ${time} UTC`]
    for (const part of [...parts, 'Codes:   12, of which 12 are left']) assert.ok(file.includes(`${part}\r\n`), part)
    assert.ok(!/(?<!\r)\n|\r(?!\n)/.test(file), 'every line ends with CR and LF')
    assert.match(file, /^ 1\. \S{11}$/m)
    assert.match(file, /^12\. \S{11}$/m)
    const name = `latchkey-recovery-codes-latchkey.test-${email.replace('@', '-at-')}-2026-03-01-${time.replace(':', '-')}-UTC.txt`
    assert.equal(headers.get('Content-Disposition'), `attachment; filename="${name}"`)
    assert.equal(headers.get('Content-Type'), 'text/plain; charset=utf-8')
    assert.equal(headers.get('X-Content-Type-Options'), 'nosniff')
    assert.equal(headers.get('Cache-Control'), 'no-store')
    assert.equal(count('recovery_codes_downloaded'), 1)
  })

  test('Print has the codes, whose they are and when they were made, and is not kept either', async () => {
    const { browser, email, codes } = await withTwoFactor(product)
    await viewingCodes(browser)
    const { html, text, headers } = await browser.get(`${PAGE}/print`)
    assert.deepEqual(readCodes(html), codes)
    assert.ok(text.includes(`Latchkey (${email})`) && text.includes('https://latchkey.test'))
    assert.match(text, /Made at 1 Mar 2026, \d\d:\d\d UTC .*Codes 12, of which 12 are left/)
    assert.equal(headers.get('Cache-Control'), 'no-store')
  })
})

describe('generating new ones', () => {
  test('asks first, then replaces the whole set at once and says so', async () => {
    const { browser, email, codes: old } = await withTwoFactor(product)
    await signedInWith(product, email, old[0] ?? '')
    const { set } = await viewingCodes(browser)
    assert.match((await browser.get(`${PAGE}/regenerate`)).html, /<h1[^>]*>Generate new recovery codes</)
    clock.advance(MINUTE)
    const answer = await browser.post(`${PAGE}/regenerate`, { set })
    assert.deepEqual([answer.status, answer.location], [303, PAGE])
    const { html, text } = await browser.get(PAGE)
    assert.match(text, /New recovery codes\. The old ones no longer work\./)
    const { codes } = readCodesPage(html)
    assert.equal(new Set([...codes, ...old]).size, 24)
    assert.doesNotMatch(html, /<del>/)
    const { recoveryCodes, count } = await stateOf(database, email)
    assert.equal(count('recovery_codes_regenerated'), 1)
    assert.deepEqual(recoveryCodes[0]?.madeAt, clock.now())
  })

  test('every old code is dead at once, the new ones work (A22)', async () => {
    const { browser, email, codes: old } = await withTwoFactor(product)
    const { set } = await viewingCodes(browser)
    clock.advance(MINUTE)
    await browser.post(`${PAGE}/regenerate`, { set })
    const { codes } = readCodesPage((await browser.get(PAGE)).html)
    const later = await owingCode(product, email)
    for (const code of old.slice(0, 4)) {
      const answer = await answerCode(later, code)
      assert.equal(answer.status, 422)
      assert.match(answer.text, /it is not one of yours or has been used/)
    }
    assert.equal((await answerCode(later, codes[0] ?? '')).status, 303)
  })

  test('a page of an older set, or with a set made up, replaces nothing and says so (A23)', async () => {
    const { browser } = await withTwoFactor(product)
    const { set } = await viewingCodes(browser)
    clock.advance(MINUTE)
    await browser.post(`${PAGE}/regenerate`, { set })
    const before = await everyRow(product)
    for (const fields of [{ set }, { set: '0' }, { set: '999999999999999' }, { set: '-1' }, { set: 'x' }, {}]) {
      assert.equal((await browser.post(`${PAGE}/regenerate`, fields)).location, PAGE)
      assert.match((await browser.get(PAGE)).text, /These are newer codes\./)
    }
    assert.deepEqual(await everyRow(product), before)
  })

  test('looking changes nothing', async () => {
    const { browser } = await withTwoFactor(product)
    await viewingCodes(browser)
    const before = await everyRow(product)
    for (const path of ['', '/regenerate', '/regenerate?set=1', '/download', '/print', '/confirm'])
      assert.equal((await browser.get(PAGE + path)).status, 200, path)
    assert.deepEqual(await everyRow(product), before)
    await browser.post(`${PAGE}/confirm`, { password: PASSWORD })
  })
})
