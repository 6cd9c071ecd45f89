import assert from 'node:assert/strict'
import { after, afterEach, describe, test } from 'node:test'
import { eq } from 'drizzle-orm'
import { accounts, events, gateSessions, groups, memberships, sessions } from '#db/schema.ts'
import { aHost } from '#testing/ending.ts'
import {
  accountOf,
  copyOf,
  everyRow,
  latchkey,
  mailsTo,
  PASSWORD,
  SESSION,
  signedInWith,
  signedUp,
  withToken,
  withTwoFactor,
} from '#testing/index.ts'
import { assertInvariants, stateOf } from '#testing/invariants.ts'
import { securityEvent } from '../identity/security-events.ts'
import { hashToken } from '../lib/tokens.ts'
import { writeNotices } from '../mail/mailing.ts'

const product = await latchkey()
const { clock, database, deps } = product
const { db } = database
afterEach(async () => {
  assert.deepEqual(product.faults.splice(0), [])
  await assertInvariants(database)
})
after(product.close)

const DATA = '/settings/account/data'
const HERE = { address: '192.0.2.9', browser: 'Firefox', system: 'Linux' }

describe('downloading my data', () => {
  test('gives a JSON file of everything that is kept, which no cache may keep', async () => {
    const { browser, email, codes } = await withTwoFactor(product)
    await signedInWith(product, email, codes[0] ?? '')
    const { value } = await withToken(product, browser)
    const { id } = await accountOf(product, email)
    await db.insert(groups).values({ id: `g${id}`, name: `crew-${id}`, createdAt: clock.now() })
    await db.insert(memberships).values({ accountId: id, groupId: `g${id}`, addedAt: clock.now() })
    const { host } = await aHost({ db }, clock.now())
    const [session] = await db.select().from(sessions).where(eq(sessions.accountId, id))
    const at = { sessionId: session?.id ?? '', host, startedAt: clock.now(), lastSeenAt: clock.now() }
    await db.insert(gateSessions).values({ tokenHash: hashToken('app'), ...at })
    assert.match((await browser.get('/settings/account')).html, new RegExp(`href="${DATA}"`))
    const answer = await browser.post(DATA, { password: PASSWORD })
    assert.equal(answer.status, 200)
    assert.equal(answer.headers.get('Content-Type'), 'application/json; charset=utf-8')
    assert.equal(answer.headers.get('Cache-Control'), 'no-store')
    assert.equal(
      answer.headers.get('Content-Disposition'),
      'attachment; filename="latchkey-data-latchkey.test-2026-03-01.json"',
    )
    const data = JSON.parse(answer.html)
    assert.equal(data.account.email, email)
    assert.equal(data.account.created_at, '2026-03-01T12:00:10.000Z')
    assert.deepEqual(
      [data.sessions.length, data.authenticators.length, data.recovery_codes.length, data.access_tokens.length],
      [2, 1, 12, 1],
    )
    assert.equal(data.authenticators[0].name, 'Authenticator')
    assert.equal(data.access_tokens[0].description, 'Nightly backup')
    assert.deepEqual(data.groups, [{ name: `crew-${id}`, until: null, added_at: '2026-03-01T12:00:10.000Z' }])
    assert.equal(data.known_browsers.length, 2)
    const moment = '2026-03-01T12:00:10.000Z'
    const visit = { session_id: session?.id, host, started_at: moment, last_seen_at: moment }
    assert.deepEqual(data.app_sessions, [visit])
    assert.equal(data.recovery_codes.filter((code: { used_at: string | null }) => code.used_at).length, 1)
    const kinds = data.events.map(({ kind }: { kind: string }) => kind)
    assert.deepEqual([kinds[0], kinds.at(-1)], ['signed_up', 'data_downloaded'])
    for (const secret of [value, ...codes, PASSWORD, hashToken('app')])
      assert.ok(!answer.html.includes(secret), 'a secret')
  })

  test('has no hash and no sealed value of the account in it', async () => {
    const { browser, email } = await withTwoFactor(product)
    await withToken(product, browser)
    const { html } = await browser.post(DATA, { password: PASSWORD })
    const { account, factors, recoveryCodes, sessions, knownBrowsers } = await stateOf(database, email)
    const secrets = [
      account.passwordHash,
      ...factors.map(({ secret }) => secret),
      ...recoveryCodes.flatMap(({ hash, sealed }) => [hash, sealed ?? hash]),
      ...[...sessions, ...knownBrowsers].map(({ tokenHash }) => tokenHash),
    ]
    assert.ok(secrets.length > 25, `${secrets.length} secrets`)
    for (const secret of secrets) assert.ok(!html.includes(secret), secret)
    assert.doesNotMatch(html, /argon2|"[^"]*(hash|secret|sealed)[^"]*":/)
  })

  test('has nothing of another account in it', async () => {
    const { email: other } = await signedUp(product, { address: '203.0.113.99' })
    const { browser } = await signedUp(product)
    const { html } = await browser.post(DATA, { password: PASSWORD })
    assert.ok(!html.includes(other) && !html.includes('203.0.113.99'), html)
  })

  test('has every event, however many there are, the oldest first and each once', async () => {
    const { browser, email } = await signedUp(product)
    const { id } = await accountOf(product, email)
    const many = Array.from({ length: 1200 }, () => securityEvent('password_wrong', id, HERE, clock.now()))
    for (let begin = 0; begin < 1200; begin += 200) await db.insert(events).values(many.slice(begin, begin + 200))
    const { events: given } = JSON.parse((await browser.post(DATA, { password: PASSWORD })).html)
    const kept = await db.select().from(events).where(eq(events.accountId, id))
    assert.equal(given.length, kept.length)
    assert.equal(new Set(given.map((event: { id: string }) => event.id)).size, 1203)
  })

  test('is one row in the log and a mail, and renews the session', async () => {
    const { browser, email } = await signedUp(product)
    const old = copyOf(product, browser)
    await browser.post(DATA, { password: PASSWORD })
    assert.notEqual(browser.cookies.get(SESSION), old.cookies.get(SESSION))
    assert.equal((await old.get('/')).location, '/sign-in')
    assert.equal((await stateOf(database, email)).count('data_downloaded'), 1)
    assert.match((await browser.get('/settings/activity')).text, /Data downloaded/)
    await writeNotices(deps)
    const subjects = (await mailsTo(product, email)).map(({ subject }) => subject)
    assert.ok(subjects.includes('Your data was downloaded'), subjects.join())
  })

  test('takes the password: none, a wrong one, or a look gives nothing and a wrong one is counted', async () => {
    const { browser, email } = await signedUp(product)
    const before = await everyRow(product)
    assert.equal((await browser.get(`${DATA}?password=${encodeURIComponent(PASSWORD)}`)).status, 200)
    assert.equal((await browser.post(DATA)).status, 422)
    assert.deepEqual(await everyRow(product), before)
    for (let guess = 1; guess <= 10; guess++) {
      const answer = await browser.post(DATA, { password: 'wrong' })
      assert.deepEqual([answer.status, answer.headers.get('Content-Disposition')], [422, null])
    }
    assert.equal((await browser.post(DATA, { password: PASSWORD })).status, 429)
    const { count } = await stateOf(database, email)
    assert.deepEqual([count('password_wrong'), count('data_downloaded')], [10, 0])
  })

  test('is for nobody without a session, and never for a suspended account', async () => {
    const { browser, email } = await signedUp(product)
    assert.match((await product.browser().post(DATA, { password: PASSWORD })).location ?? '', /^\/sign-in/)
    await db.update(accounts).set({ suspendedAt: clock.now() }).where(eq(accounts.email, email))
    assert.match((await browser.post(DATA, { password: PASSWORD })).location ?? '', /^\/sign-in/)
  })
})
