import assert from 'node:assert/strict'
import { after, afterEach, describe, test } from 'node:test'
import { eq } from 'drizzle-orm'
import { sessions } from '#db/schema.ts'
import {
  type Browser,
  codeOf,
  everyRow,
  latchkey,
  owingCode,
  PASSWORD,
  SESSION,
  SESSIONS_PAGE,
  signedUp,
  TRUSTED,
  textOf,
  withTwoFactor,
} from '#testing/index.ts'
import { assertInvariants, stateOf } from '#testing/invariants.ts'
import { signIn } from '../sign-in/sign-in.ts'

const product = await latchkey()
const { clock, database, deps } = product
afterEach(async () => {
  assert.deepEqual(product.faults.splice(0), [])
  await assertInvariants(database)
})
after(product.close)

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const CHROME =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36'

const signedIn = async (email: string, visitor = {}) => {
  const browser = product.browser(visitor)
  await browser.post('/sign-in', { email, password: PASSWORD })
  return browser
}

/** The ids that the page's buttons would send to `action`, in order. */
const idsFor = (html: string, action = SESSIONS_PAGE): string[] => {
  const forms = html.matchAll(new RegExp(`<form method="post" action="${action}">(.*?)</form>`, 'gs'))
  return [...forms].map(([, form = '']) => /name="id" value="([\w-]+)"/.exec(form)?.[1] ?? '')
}
const listed = async (browser: Browser) => idsFor((await browser.get(SESSIONS_PAGE)).html)
const isIn = async (browser: Browser) => (await browser.get('/settings/account')).status === 200
/** What the page says of what was just done, without the rest. */
const said = async (browser: Browser) =>
  textOf(/ role="status".*?<p>(.*?)<\/p>/s.exec((await browser.get(SESSIONS_PAGE)).html)?.[1] ?? '')

describe('the list of sessions', () => {
  test('shows each with browser, address, client, start, last seen and how it signed in; this one is marked', async () => {
    const { browser, email } = await signedUp(product, { address: '192.0.2.14' })
    await signIn(
      deps,
      { name: email, password: PASSWORD },
      { address: '198.51.100.8', browser: 'curl', system: null },
      'api',
    )
    clock.advance(5 * MINUTE)
    await signedIn(email, { address: '203.0.113.7', userAgent: CHROME })
    const { html, text } = await browser.get(SESSIONS_PAGE)
    assert.match(html, /<h1>Sessions<\/h1>/)
    assert.match(html, /<a href="\/settings\/sessions" aria-current="page">Sessions<\/a>/)
    const times = 'Started: 1 Mar 2026, 12:0\\d UTC Last seen: 1 Mar 2026, 12:05 UTC'
    assert.match(text, new RegExp(`Firefox on Linux This session 192.0.2.14 Browser. Password ${times} (?!Sign out)`))
    assert.match(text, new RegExp(`Chrome on Windows 203.0.113.7 Browser. Password ${times} Sign out`))
    assert.match(text, /curl 198.51.100.8 API. Password Started: .* Sign out/)
    assert.equal(idsFor(html).length, 2, 'this session ends by the button at the top')
  })

  test('leaves out what was idle for too long, or is over, to the second, on the page and in both APIs', async () => {
    const { browser, email } = await signedUp(product)
    const api = await signIn(
      deps,
      { name: email, password: PASSWORD },
      { address: '192.0.2.1', browser: 'curl', system: null },
      'api',
    )
    assert.ok(api.ok && api.step === 'signed_in')
    const seen = async () => {
      const bearer = { Authorization: `Bearer ${api.token}` }
      const v1 = await product.browser().get('/api/v1/sessions', bearer)
      const old = await product.browser().post('/1.0/users/authentication/rest/getsessions', { session: api.token })
      return [v1, old].map(({ html }) => JSON.parse(html).sessions.length)
    }
    assert.deepEqual(await seen(), [2, 2])
    for (let half = 0; half < 2; half++) {
      clock.advance(HOUR / 2 - (half ? 1000 : 0))
      await product.browser().get('/api/v1/session', { Authorization: `Bearer ${api.token}` })
    }
    assert.deepEqual(await seen(), [2, 2], 'a second before the hour')
    clock.advance(1000)
    assert.deepEqual(await seen(), [1, 1])
    assert.equal(await isIn(browser), false, 'what is not listed opens nothing')
  })

  test('asks for a sign-in, and shows no other account’s', async () => {
    const { browser } = await signedUp(product, { address: '192.0.2.201' })
    await signedUp(product, { address: '192.0.2.202' })
    assert.doesNotMatch((await browser.get(SESSIONS_PAGE)).text, /192\.0\.2\.202/)
    const stranger = await product.browser().get(SESSIONS_PAGE)
    assert.equal(stranger.location, '/sign-in?return_to=%2Fsettings%2Fsessions')
    assert.equal((await browser.get(SESSIONS_PAGE)).headers.get('Cache-Control'), 'no-store')
  })

  test('shows fifty at most, this one among them, and says that there are more', async () => {
    const { browser, email } = await signedUp(product)
    const { account } = await stateOf(database, email)
    clock.advance(MINUTE)
    const rows = Array.from({ length: 60 }, (_, index) => ({
      id: `session-${account.id}-${index}`,
      tokenHash: `${account.id} ${index}`,
      accountId: account.id,
      method: 'password' as const,
      startedAt: clock.now(),
      lastSeenAt: clock.now(),
      expiresAt: new Date(clock.now().getTime() + HOUR),
      address: '192.0.2.1',
      browser: 'curl',
      system: null,
    }))
    await database.db.insert(sessions).values(rows)
    const { html, text } = await browser.get(SESSIONS_PAGE)
    assert.equal(idsFor(html).length, 49)
    assert.match(text, /This session/)
    assert.match(text, /And 11 more/)
    await database.db.delete(sessions).where(eq(sessions.accountId, account.id))
  })
})

describe('"Sign out"', () => {
  test('ends that session and no other; a form that stands open there changes nothing (A34)', async () => {
    const { browser, email } = await signedUp(product)
    const [one, two] = [await signedIn(email), await signedIn(email)]
    const ids = await listed(browser)
    assert.equal(ids.length, 2)
    const answer = await browser.post(SESSIONS_PAGE, { id: ids[0] ?? '' })
    assert.deepEqual([answer.status, answer.location], [303, SESSIONS_PAGE])
    assert.match(await said(browser), /Signed out\./)
    assert.equal(await isIn(browser), true)
    const alive = [await isIn(one), await isIn(two)]
    assert.deepEqual(alive.sort(), [false, true])
    const before = await everyRow(product)
    const out = (await isIn(one)) ? two : one
    const late = await out.post('/settings/password', { current: PASSWORD, new: 'eleven sardines hum quietly' })
    assert.deepEqual([late.status, late.location], [303, '/sign-in'])
    assert.deepEqual(await everyRow(product), before)
    assert.equal((await stateOf(database, email)).count('session_ended'), 1)
  })

  test('twice, or of one that is over, changes nothing and says so plainly', async () => {
    const { browser, email } = await signedUp(product)
    await signedIn(email)
    const [id = ''] = await listed(browser)
    const answers = await Promise.all([1, 2].map(() => browser.post(SESSIONS_PAGE, { id })))
    assert.deepEqual(
      answers.map(({ location }) => location),
      [SESSIONS_PAGE, SESSIONS_PAGE],
    )
    await browser.get(SESSIONS_PAGE)
    for (const stale of [id, 'no-such-session', 'x'.repeat(64), 'x'.repeat(65), '']) {
      await browser.post(SESSIONS_PAGE, { id: stale })
      assert.match(await said(browser), /Nothing was changed\. This account doesn't have that session/)
    }
    await browser.post(SESSIONS_PAGE)
    assert.match(await said(browser), /Nothing was changed\./)
    assert.equal((await stateOf(database, email)).count('session_ended'), 1)
  })

  test('another account’s session is as absent (A66)', async () => {
    const { browser } = await signedUp(product)
    const { browser: victim, email } = await signedUp(product)
    const { sessions, events } = await stateOf(database, email)
    for (const { id } of sessions) await browser.post(SESSIONS_PAGE, { id })
    const other = await said(browser)
    await browser.post(SESSIONS_PAGE, { id: 'no-such-session' })
    assert.equal(await said(browser), other, 'in the same words')
    assert.equal(await isIn(victim), true)
    assert.deepEqual((await stateOf(database, email)).events, events)
  })

  test('takes only its own form', async () => {
    const { browser } = await signedUp(product)
    for (const body of ['id=a&id=b', 'id=a&other=1', 'id=%00'])
      assert.equal((await browser.post(SESSIONS_PAGE, body)).status, 400, body)
    for (const path of ['', '/others', '/trusted', '/trusted/all', '/everything']) {
      const elsewhere = { Origin: 'https://evil.example', 'Sec-Fetch-Site': 'cross-site' }
      assert.equal((await browser.post(`${SESSIONS_PAGE}${path}`, {}, elsewhere)).status, 403, path)
      assert.equal(await isIn(browser), true)
    }
  })
})

describe('"Sign out all others"', () => {
  test('leaves this one alone; sign-ins half done have to begin again', async () => {
    const { browser, email, key } = await withTwoFactor(product)
    const other = await owingCode(product, email)
    await other.post('/sign-in/two-factor', { code: codeOf(key, clock.now()) })
    const half = await owingCode(product, email)
    assert.equal((await browser.post(`${SESSIONS_PAGE}/others`)).location, SESSIONS_PAGE)
    assert.match(await said(browser), /Signed out\. This is the only session left\./)
    assert.deepEqual([await isIn(browser), await isIn(other)], [true, false])
    const late = await half.post('/sign-in/two-factor', { code: codeOf(key, clock.now(), 1) })
    assert.equal(late.location, '/sign-in')
    const { sessions, pendingSignIns, count } = await stateOf(database, email)
    assert.deepEqual([sessions.length, pendingSignIns.length, count('session_ended')], [1, 0, 1])
    await browser.post(`${SESSIONS_PAGE}/others`)
    assert.match(await said(browser), /Nothing was changed\. There was no other session\./)
  })

  test('is not offered where there is none', async () => {
    const { browser } = await signedUp(product)
    assert.doesNotMatch((await browser.get(SESSIONS_PAGE)).text, /Sign out all others/)
  })

  test('at once with sign-ins that are being finished: none of them outlives it, and each has one row (A33, A76)', async () => {
    const { browser, email, key } = await withTwoFactor(product)
    for (let round = 0; round < 4; round++) {
      const half = await owingCode(product, email)
      const [, answer] = await Promise.all([
        browser.post(`${SESSIONS_PAGE}/others`),
        half.post('/sign-in/two-factor', { code: codeOf(key, clock.now()) }),
      ])
      assert.ok(['/', '/sign-in'].includes(answer.location ?? ''))
      clock.advance(MINUTE)
    }
    await browser.post(`${SESSIONS_PAGE}/others`)
    const { sessions, count } = await stateOf(database, email)
    assert.equal(sessions.length, 1)
    assert.equal(count('session_ended') + 1, count('signed_in'))
  })
})

describe('the list of trusted browsers', () => {
  async function trusting() {
    const account = await withTwoFactor(product)
    const code = codeOf(account.key, clock.now())
    const trusted = await owingCode(product, account.email, { address: '203.0.113.44', userAgent: CHROME })
    await trusted.post('/sign-in/two-factor', { code, trust: 'yes' })
    const second = await owingCode(product, account.email)
    await second.post('/sign-in/two-factor', { code: codeOf(account.key, clock.now(), 1), trust: 'yes' })
    return { ...account, trusted, second }
  }
  const TRUSTED_FORM = `${SESSIONS_PAGE}/trusted`
  const asked = async (browser: Browser, email: string) => {
    await browser.post('/sign-out')
    return (await browser.post('/sign-in', { email, password: PASSWORD })).location === '/sign-in/two-factor'
  }

  test('shows browser, address, since when, last use and end; and where it was used last', async () => {
    const on = await trusting()
    const { text, html } = await on.browser.get(SESSIONS_PAGE)
    const day = (ms: number) => new Date(clock.now().getTime() + ms).getUTCDate()
    assert.match(
      text,
      new RegExp(
        `Chrome on Windows 203.0.113.44 Trusted since: ${day(0)} \\w+ 2026 Last used: Never Expires: ${day(30 * 24 * HOUR)} \\w+ 2026 Forget`,
      ),
    )
    assert.equal(idsFor(html, TRUSTED_FORM).length, 2)
    const elsewhere = product.browser({ address: '198.51.100.99', userAgent: CHROME })
    elsewhere.cookies.set(TRUSTED, on.trusted.cookies.get(TRUSTED) ?? '')
    await elsewhere.post('/sign-in', { email: on.email, password: PASSWORD })
    assert.ok(elsewhere.cookies.has(SESSION))
    const used = (await on.browser.get(SESSIONS_PAGE)).text
    assert.match(used, /Chrome on Windows 198\.51\.100\.99 Trusted since: .* Last used: \d+ \w+ 2026, \d\d:\d\d UTC/)
  })

  test('"Forget" ends the trust of one, its session stays; twice is harmless', async () => {
    const on = await trusting()
    const { trustedBrowsers } = await stateOf(database, on.email)
    const id = trustedBrowsers.find(({ address }) => address === '203.0.113.44')?.id ?? ''
    const answers = await Promise.all([1, 2].map(() => on.browser.post(TRUSTED_FORM, { id })))
    for (const { location } of answers) assert.equal(location, SESSIONS_PAGE)
    await on.browser.get(SESSIONS_PAGE)
    assert.equal(await isIn(on.trusted), true)
    await on.browser.post(TRUSTED_FORM, { id })
    assert.match(await said(on.browser), /Nothing was changed\. This account doesn't trust that browser/)
    assert.equal((await stateOf(database, on.email)).count('browser_forgotten'), 1)
    assert.equal(await asked(on.trusted, on.email), true)
    assert.equal(await asked(on.second, on.email), false)
  })

  test('"Forget all" ends it for all', async () => {
    const on = await trusting()
    await on.browser.post(`${TRUSTED_FORM}/all`)
    assert.match(await said(on.browser), /Forgotten\./)
    for (const each of [on.trusted, on.second]) assert.equal(await asked(each, on.email), true)
    assert.deepEqual((await stateOf(database, on.email)).trustedBrowsers, [])
    assert.match((await on.browser.get(SESSIONS_PAGE)).text, /None\. When you tick/)
  })

  test('another account’s is as absent (A66)', async () => {
    const on = await trusting()
    const { browser } = await signedUp(product)
    for (const { id } of (await stateOf(database, on.email)).trustedBrowsers) await browser.post(TRUSTED_FORM, { id })
    assert.match(await said(browser), /This account doesn't trust that browser/)
    assert.equal((await stateOf(database, on.email)).trustedBrowsers.length, 2)
  })

  test('lists none from before a change', async () => {
    const on = await trusting()
    await on.browser.post('/settings/password', { current: PASSWORD, new: 'eleven sardines hum quietly' })
    assert.deepEqual(idsFor((await on.browser.get(SESSIONS_PAGE)).html, TRUSTED_FORM), [])
  })
})
