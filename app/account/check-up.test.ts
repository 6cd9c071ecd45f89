import assert from 'node:assert/strict'
import { after, afterEach, describe, test } from 'node:test'
import { eq } from 'drizzle-orm'
import { accessTokens, accounts, knownBrowsers, sessions } from '#db/schema.ts'
import {
  accountOf,
  type Browser,
  latchkey,
  RECOVERY_CODES_PAGE,
  signedInWith,
  signedUp,
  tokenFields,
  viewingCodes,
  withToken,
  withTwoFactor,
} from '#testing/index.ts'
import { assertInvariants } from '#testing/invariants.ts'

const DAY = 24 * 60 * 60_000
const YEARS = { sessionIdle: 300 * DAY, sessionLifetime: 365 * DAY } // so sessions can grow old
const product = await latchkey(YEARS)
const { clock, database } = product
afterEach(async () => {
  assert.deepEqual(product.faults.splice(0), [])
  await assertInvariants(database)
})
after(product.close)

const CHECK_UP = '/settings/check-up'
/** What the page says of each part. */
async function marksOf(browser: Browser) {
  const { html, status } = await browser.get(CHECK_UP)
  assert.equal(status, 200)
  const parts = html.matchAll(/<h2>([^<]*)<\/h2><span class="mark (\w+)">/g)
  return Object.fromEntries([...parts].map(([, title = '', tone]) => [title.replace(/&#39;/g, "'"), tone]))
}
const toLookAt = async (browser: Browser) =>
  Object.entries(await marksOf(browser))
    .filter(([, tone]) => tone === 'warn')
    .map(([title]) => title)
const line = async (browser: Browser) => /Check-up: [^.]*\./.exec((await browser.get('/')).text)?.[0]

describe('the check-up', () => {
  test('is linked from Settings and the dashboard, which says how many things there are to look at', async () => {
    const { browser } = await signedUp(product)
    assert.match((await browser.get('/settings/account')).html, /<a href="\/settings\/check-up">Check-up<\/a>/)
    assert.match((await browser.get('/')).html, /<a href="\/settings\/check-up">/)
    assert.deepEqual(await toLookAt(browser), ['Two-Factor Authentication'])
    assert.equal(await line(browser), 'Check-up: one thing to look at.')
    const { browser: safe } = await withTwoFactor(product)
    assert.deepEqual(await toLookAt(safe), [])
    assert.equal(await line(safe), 'Check-up: everything is in order.')
  })

  test('says how many recovery codes are left; three or fewer need a look', async () => {
    const { browser, email, codes } = await withTwoFactor(product)
    for (const code of codes.slice(0, 8)) await signedInWith(product, email, code)
    assert.match((await browser.get(CHECK_UP)).text, /4 of 12 left/)
    assert.deepEqual(await toLookAt(browser), [])
    await signedInWith(product, email, codes[8] ?? '')
    assert.deepEqual(await toLookAt(browser), ['Recovery codes'])
    assert.equal(await line(browser), 'Check-up: one thing to look at.')
  })

  test('knows when the codes were last seen: made, viewed, downloaded or generated again', async () => {
    const { browser, email } = await withTwoFactor(product)
    const seen = async () => (await accountOf(product, email)).recoveryCodesSeenAt
    assert.deepEqual(await seen(), clock.now())
    clock.advance(DAY)
    await browser.get(CHECK_UP)
    assert.notDeepEqual(await seen(), clock.now())
    const { set } = await viewingCodes(browser)
    assert.deepEqual(await seen(), clock.now())
    clock.advance(1000)
    await browser.post(`${RECOVERY_CODES_PAGE}/download`)
    assert.deepEqual(await seen(), clock.now())
    clock.advance(1000)
    await browser.post(`${RECOVERY_CODES_PAGE}/regenerate`, { set })
    assert.deepEqual(await seen(), clock.now())
    assert.match((await browser.get(CHECK_UP)).text, /last seen on 2 Mar 2026/)
  })

  test('codes that nobody saw for more than a year need a look, to the millisecond', async () => {
    const { browser, email } = await withTwoFactor(product)
    const seenAgo = (ms: number) =>
      database.db
        .update(accounts)
        .set({ recoveryCodesSeenAt: new Date(clock.now().getTime() - ms) })
        .where(eq(accounts.email, email))
    await seenAgo(365 * DAY)
    assert.deepEqual(await toLookAt(browser), [])
    await seenAgo(365 * DAY + 1)
    assert.deepEqual(await toLookAt(browser), ['Recovery codes'])
    assert.match((await browser.get(CHECK_UP)).text, /more than a year ago\. Do you still know where they are\?/)
  })

  test('sessions and browsers need a look from 90 days on, and others of the account alone', async () => {
    const { browser, email, codes } = await withTwoFactor(product)
    const { id } = await accountOf(product, email)
    const { db } = database
    await signedInWith(product, email, codes[0] ?? '')
    const since = async (days: number) => {
      const at = new Date(clock.now().getTime() - days * DAY)
      await db.update(knownBrowsers).set({ firstSeenAt: at, lastSeenAt: at }).where(eq(knownBrowsers.accountId, id))
    }
    await since(89)
    assert.deepEqual(await toLookAt(browser), [])
    await since(91)
    assert.deepEqual(await toLookAt(browser), ['Browsers and sessions'])
    assert.equal(await line(browser), 'Check-up: one thing to look at.')
    assert.match((await browser.get(CHECK_UP)).text, /last signed in more than 90 days ago/)
    await since(0)
    assert.deepEqual(await toLookAt(browser), [])
    const old = new Date(clock.now().getTime() - 91 * DAY)
    const { browser: neighbour } = await withTwoFactor(product)
    const [own] = await db.select().from(sessions).where(eq(sessions.accountId, id))
    await db
      .update(sessions)
      .set({ startedAt: old })
      .where(eq(sessions.id, own?.id ?? ''))
    assert.match((await browser.get(CHECK_UP)).text, /One session began more than 90 days ago/)
    assert.equal(await line(browser), 'Check-up: one thing to look at.')
    assert.deepEqual(await toLookAt(neighbour), [])
    await db.delete(sessions).where(eq(sessions.id, own?.id ?? ''))
  })

  test('access tokens need a look when unused for 90 days or ending within a week, and not once they ended', async () => {
    const { browser } = await withTwoFactor(product)
    const endsIn = (days: number) => ({
      expires_at: new Date(clock.now().getTime() + days * DAY).toISOString().slice(0, 10),
    })
    const { id } = await withToken(product, browser, { ...tokenFields(product), ...endsIn(150) })
    await withToken(product, browser, {
      ...tokenFields(product),
      description: 'Almost over',
      ...endsIn(20),
    })
    assert.deepEqual(await toLookAt(browser), [])
    clock.advance(14 * DAY)
    assert.deepEqual(await toLookAt(browser), ['Access Tokens'])
    assert.match((await browser.get(CHECK_UP)).text, /One access token ends within a week: Almost over/)
    clock.advance(7 * DAY)
    assert.deepEqual(await toLookAt(browser), [], 'it has ended')
    clock.advance(70 * DAY)
    const { text } = await browser.get(CHECK_UP)
    assert.match(text, /One access token hasn't been used for 90 days.* Nightly backup/)
    assert.ok(!text.includes('Almost over'), text)
    assert.equal(await line(browser), 'Check-up: two things to look at.', 'this browser signed in long ago as well')
    await database.db.update(accessTokens).set({ lastUsedAt: clock.now() }).where(eq(accessTokens.id, id))
    assert.deepEqual(await toLookAt(browser), ['Browsers and sessions'])
  })

  test('an address that is not confirmed needs a look where mail is sent', async () => {
    const mailing = await latchkey({ ...YEARS, smtpUrl: 'smtp://127.0.0.1:1' }, { ...product })
    const { browser, email } = await signedUp(product)
    const there = mailing.browser()
    for (const [name, value] of browser.cookies) there.cookies.set(name, value)
    assert.deepEqual(await toLookAt(browser), ['Two-Factor Authentication'])
    assert.deepEqual(await toLookAt(there), ['Two-Factor Authentication', 'Email Address'])
    assert.equal(await line(there), 'Check-up: two things to look at.')
    assert.ok(email, 'its account is there')
  })
})
