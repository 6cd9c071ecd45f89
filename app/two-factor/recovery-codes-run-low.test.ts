import assert from 'node:assert/strict'
import { after, afterEach, describe, test } from 'node:test'
import {
  answerCode,
  type Browser,
  codeOf,
  latchkey,
  manyOwingCode,
  owingCode,
  RECOVERY_CODES_PAGE as PAGE,
  readCodesPage,
  signedInWith,
  viewingCodes,
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

/** What the flash on the next page says, and whether it is a warning. */
const flash = (html: string) => /<(\w+) class="([^"]*callout[^"]*)"[^>]*>([\s\S]*?)<\/\1>/.exec(html)?.slice(2) ?? []

describe('running low', () => {
  test('each sign-in says in words how many are left; at three or fewer it is a warning', async () => {
    const { email, codes } = await withTwoFactor(product)
    for (const [index, code] of codes.slice(0, 11).entries()) {
      const left = 11 - index
      const browser = await signedInWith(product, email, code)
      const [tone, text] = flash((await browser.get('/')).html)
      assert.ok(text?.includes(`${left} of 12 ${left === 1 ? 'is' : 'are'} left.`), `${left}: ${text}`)
      assert.equal(/\bwarn\b/.test(tone ?? ''), left <= 3, `${left}: ${tone}`)
    }
    assert.equal((await stateOf(database, email)).count('recovery_code_used'), 11)
  })

  test('the dashboard goes on warning from three on, whatever the sign-in was by', async () => {
    const { browser, email, codes } = await withTwoFactor(product)
    for (const code of codes.slice(0, 8)) await signedInWith(product, email, code)
    assert.doesNotMatch((await browser.get('/')).text, /Only \w+ recovery codes? left/)
    await signedInWith(product, email, codes[8] ?? '')
    assert.match((await browser.get('/')).text, /Only (3|three) recovery codes left/)
  })
})

const STOPPED = [
  '/',
  '/settings/account',
  '/settings/activity',
  '/settings/password',
  '/settings/two-factor/replace',
  '/settings/two-factor/replace/confirm',
]

/** Follows where a person is sent. */
async function endOf(browser: Browser, path: string) {
  for (let hops = 0; hops < 5; hops++) {
    const { location } = await browser.get(path)
    if (location === null) return path
    path = location
  }
  assert.fail(`${path} leads nowhere`)
}

describe('the last one (A24)', () => {
  const story = async () => {
    const { browser: first, email, key, codes } = await withTwoFactor(product)
    for (const code of codes.slice(0, 11)) await signedInWith(product, email, code)
    const browser = await owingCode(product, email)
    const answer = await answerCode(browser, codes[11] ?? '')
    return { first, email, key, codes, browser, answer }
  }

  test('opens the account, at the page that makes new ones, and nowhere else until they are made', async () => {
    const { browser, email, answer } = await story()
    assert.deepEqual([answer.status, answer.location], [303, PAGE])
    const { text, html } = await browser.get(PAGE)
    assert.match(text, /You signed in with a recovery code\. It was the last one\. Generate new ones now/)
    for (const path of STOPPED) assert.equal(await endOf(browser, path), PAGE, path)
    clock.advance(60_000)
    await browser.post(`${PAGE}/regenerate`, { set: readCodesPage(html).set })
    const { codes } = readCodesPage((await browser.get(PAGE)).html)
    assert.equal(codes.length, 12)
    for (const path of STOPPED.slice(0, 4)) assert.equal(await endOf(browser, path), path)
    await signedInWith(product, email, codes[0] ?? '')
  })

  test('stops the other sessions too; after ten minutes the way leads past the password', async () => {
    const { first, browser } = await story()
    for (const path of STOPPED) assert.equal(await endOf(first, path), `${PAGE}/confirm`, path)
    clock.advance(10 * 60_000 + 1000)
    for (const path of STOPPED) assert.equal(await endOf(browser, path), `${PAGE}/confirm`, path)
    const { set } = await viewingCodes(browser)
    await browser.post(`${PAGE}/regenerate`, { set })
    assert.equal(await endOf(first, '/'), '/')
  })

  test('leaves no page out: Disable is stopped as well', async () => {
    const { browser } = await story()
    assert.equal(await endOf(browser, '/settings/two-factor/disable'), PAGE)
  })

  test('is the last: another is refused, and the authenticator still opens the account, to the same page', async () => {
    const { email, key, codes } = await story()
    const [browser] = await manyOwingCode(product, email, 1)
    assert.ok(browser)
    assert.equal((await answerCode(browser, codes[11] ?? '')).status, 422)
    assert.equal((await answerCode(browser, codeOf(key, clock.now(), 1))).status, 303)
    assert.equal(await endOf(browser, '/'), `${PAGE}/confirm`)
    const { recoveryCodes, count } = await stateOf(database, email)
    assert.equal(recoveryCodes.filter(({ usedAt }) => usedAt === null).length, 0)
    assert.equal(count('recovery_code_used'), 12)
  })
})
