import assert from 'node:assert/strict'
import { after, afterEach, describe, test } from 'node:test'
import { eq } from 'drizzle-orm'
import { accounts, events, mails } from '#db/schema.ts'
import {
  accountOf,
  answerCode,
  codeOf,
  type Latchkey,
  latchkey,
  manyOwingCode,
  owingCode,
  PASSWORD,
  queuedFor,
  signedInWith,
  signedUp,
  viewingCodes,
  withToken,
  withTwoFactor,
} from '#testing/index.ts'
import { assertInvariants, assertUnreadable, everything } from '#testing/invariants.ts'
import { type EventKind, securityEvent } from '../identity/security-events.ts'
import { hashToken } from '../lib/tokens.ts'
import { linkPayload } from './links.ts'
import { writeNotices } from './mailing.ts'

const HOUR = 60 * 60_000
const product = await latchkey()
const { clock, database, deps } = product
afterEach(async () => {
  assert.deepEqual(product.faults.splice(0), [])
  await assertInvariants(database)
})
after(product.close)

/** But for what goes out with every sign-up. */
const noticesFor = async (of: Latchkey, email: string) =>
  (await queuedFor(of, email)).filter(({ subject }) => !/^Confirm/.test(subject))
const subjects = async (email: string) => (await noticesFor(product, email)).map(({ subject }) => subject).sort()
/** As the flow that records it writes it. */
async function happens(email: string, kind: EventKind, options: { subject?: string } = {}, at = clock.now()) {
  const { id } = await accountOf(product, email)
  const origin = { address: '198.51.100.7', browser: 'Firefox', system: 'Linux' }
  await database.db.insert(events).values(securityEvent(kind, id, origin, at, null, options))
}
const due = async () => (await everything(database)).events.filter(({ notice }) => notice === 'due').length

describe('a notice', () => {
  test('says what happened to which account, when in UTC, from which browser and address', async () => {
    const { browser, email } = await signedUp(product, { address: '203.0.113.9' })
    await withToken(product, browser)
    const [message] = await noticesFor(product, email)
    assert.equal(message?.to, email)
    assert.equal(message.subject, 'An access token was generated')
    assert.equal(message.paragraphs[0], `This is about your account ${email} at Latchkey.`)
    assert.equal(
      message.paragraphs[1],
      'An access token was generated for your account: on 1 March 2026 at 12:00 UTC, from Firefox on Linux at the address 203.0.113.9.',
    )
    assert.equal(message.link?.text, 'This was not me')
    assert.match(message.link?.href ?? '', /^https:\/\/latchkey\.test\/mail\/not-me\?token=[\w-]{43}$/)
    assert.equal(await due(), 0)
  })

  test('its link leads to the site’s own address, whatever a request says (A46)', async () => {
    const { browser, email } = await signedUp(product)
    const fields = { current: PASSWORD, new: 'eleven sardines hum quietly' }
    const foreign = await browser.post('/settings/password', fields, { Host: 'evil.example' })
    assert.equal(foreign.status, 421)
    for (const name of ['X-Forwarded-Host', 'Forwarded', 'X-Forwarded-Proto', 'X-Original-Host'])
      browser.send('/', { headers: { [name]: 'evil.example' } })
    await browser.post('/settings/password', fields, {
      'X-Forwarded-Host': 'evil.example',
      Forwarded: 'host=evil.example',
    })
    const [message] = await noticesFor(product, email)
    assert.equal(new URL(message?.link?.href ?? '').origin, 'https://latchkey.test')
    assertUnreadable(JSON.stringify(message), ['evil.example'])
  })

  test('knows again what it is about and where it went: kind, subject, event and mailbox stand sealed in its link', async () => {
    const { browser, email } = await signedUp(product)
    const { id } = await withToken(product, browser)
    const [message] = await noticesFor(product, email)
    const token = new URL(message?.link?.href ?? '').searchParams.get('token') ?? ''
    const all = await everything(database)
    const link = all.mailLinks.find(({ tokenHash }) => tokenHash === hashToken(token))
    const event = all.events.find(({ subject }) => subject === id)
    assert.ok(link && event, 'a link and an event')
    assert.deepEqual(linkPayload(product.vault, link), {
      ...{ kind: 'token_generated', subject: id, eventId: event.id },
      ...{ mailbox: email, former: null },
    })
    assert.equal(link.expiresAt.getTime() - clock.now().getTime(), 72 * HOUR)
  })

  test('has no secret in it but the link, and neither has the database (canary grep)', async () => {
    const { browser, email, key, codes } = await withTwoFactor(product)
    const { value } = await withToken(product, browser)
    await viewingCodes(browser)
    await signedInWith(product, email, codes[0] ?? '')
    const messages = await noticesFor(product, email)
    assert.equal(messages.length, 5) // the recovery code came from a browser that is new: told as well
    const secrets = [PASSWORD, key, ...codes, value, ...browser.cookies.values()]
    assertUnreadable(JSON.stringify(messages), secrets)
    const links = messages.map(({ link }) => new URL(link?.href ?? '').searchParams.get('token') ?? '')
    assert.equal(new Set(links).size, 5)
    await assertInvariants(database, [...secrets, ...links])
  })

  test('is written once, however many write at once', async () => {
    const { email } = await signedUp(product)
    for (let times = 0; times < 10; times++) await happens(email, 'recovery_codes_viewed')
    await Promise.all([1, 2, 3, 4].map(() => writeNotices(deps)))
    assert.equal((await subjects(email)).length, 10)
    assert.equal(await due(), 0)
  })
})

describe('who is told of what', () => {
  const TOLD = [
    'second_factor_on',
    'second_factor_replaced',
    'second_factor_off',
    'authenticator_added',
    'authenticator_removed',
    'recovery_code_used',
    'recovery_codes_viewed',
    'recovery_codes_regenerated',
    'password_changed',
    'password_reset',
    'code_wrong',
    'token_generated',
    'token_regenerated',
  ] as const

  test('every kind that is noticed has a mail with words of its own', async () => {
    // A product of its own: these events have no change behind them.
    const alone = await latchkey()
    const { email } = await signedUp(alone)
    const { id } = await accountOf(alone, email)
    const origin = { address: '198.51.100.7', browser: 'Firefox', system: 'Linux' }
    const rows = [...TOLD.map((kind) => securityEvent(kind, id, origin, clock.now()))]
    assert.ok(rows.every(({ notice }) => notice === 'due'))
    rows.push(securityEvent('signed_in' as const, id, origin, clock.now(), 'password', { noticed: true }))
    await alone.database.db.insert(events).values(rows)
    const messages = await noticesFor(alone, email)
    assert.equal(messages.length, TOLD.length + 1)
    assert.equal(new Set(messages.map(({ subject }) => subject)).size, messages.length)
    assert.equal(new Set(messages.map(({ paragraphs }) => paragraphs[1])).size, messages.length)
    await alone.close()
  })

  test('signing up, signing in and out, and a wrong password make no noise', async () => {
    const { browser, email } = await signedUp(product)
    await browser.post('/sign-out')
    await browser.post('/sign-in', { email, password: 'not that one at all' })
    await browser.post('/sign-in', { email, password: PASSWORD })
    await browser.post('/settings/password', { current: 'not that one at all', new: 'eleven sardines hum quietly' })
    assert.deepEqual(await subjects(email), [])
  })

  test('a sign-in is told of where its writer says so', async () => {
    const { email } = await withTwoFactor(product)
    const { id } = await accountOf(product, email)
    const origin = { address: '198.51.100.7', browser: 'Firefox', system: 'Linux' }
    const ofNewerVersion = securityEvent('token_edited', id, origin, clock.now()) // whose words this one does not have
    await database.db.insert(events).values({ ...ofNewerVersion, notice: 'due' })
    assert.deepEqual(await subjects(email), ['Two-factor authentication was turned on'])
    assert.equal(await due(), 0)
  })

  test('an account that is gone is told of nothing', async () => {
    const { browser, email } = await signedUp(product)
    await withToken(product, browser)
    const { id } = await accountOf(product, email)
    await database.db.delete(accounts).where(eq(accounts.id, id))
    await writeNotices(deps)
    assert.ok((await everything(database)).mails.every(({ accountId }) => accountId !== id))
  })

  test('a flood of one kind is twenty mails an hour, and leaves room for the other kinds (A55)', async () => {
    const alone = await latchkey({}, { clock })
    const { email } = await signedUp(alone)
    const { id } = await accountOf(alone, email)
    const origin = { address: '198.51.100.7', browser: 'Firefox', system: 'Linux' }
    const flood = () =>
      alone.database.db
        .insert(events)
        .values(Array.from({ length: 130 }, () => securityEvent('recovery_codes_viewed', id, origin, clock.now())))
    await flood()
    await alone.database.db.insert(events).values(securityEvent('token_generated', id, origin, clock.now()))
    assert.equal((await noticesFor(alone, email)).length, 21)
    clock.advance(HOUR)
    await flood()
    assert.equal((await noticesFor(alone, email)).length, 41)
    await alone.close()
  })
})

describe('someone has your password', () => {
  const SUBJECT = 'Someone has your password'
  const REFUSED = 'Your authenticator is refused: someone has your password'
  const story = async (of: Latchkey = product) => {
    const account = await withTwoFactor(of)
    await noticesFor(of, account.email)
    await of.database.db.delete(mails)
    return account
  }
  const wrong = async (email: string, of = product) => {
    const [browser] = await manyOwingCode(of, email, 1)
    if (browser) await answerCode(browser, '000000')
  }

  test('a right password and a wrong code tell the owner, at most once an hour', async () => {
    const { email } = await story()
    await answerCode(await owingCode(product, email, { address: '198.51.100.7' }), '000000')
    const [first] = await noticesFor(product, email)
    assert.equal(first?.subject, SUBJECT)
    assert.match(
      first.paragraphs[1] ?? '',
      /your account's right password and then a wrong code: .* 198\.51\.100\.7\.$/,
    )
    await wrong(email)
    clock.advance(HOUR - 1)
    await wrong(email)
    assert.deepEqual(await subjects(email), [SUBJECT])
    assert.equal(await due(), 0, 'the others are cleared')
    clock.advance(1)
    await wrong(email)
    assert.deepEqual(await subjects(email), [SUBJECT, SUBJECT])
  })

  test('several in one moment are one mail, however many write at once; another account has its own', async () => {
    const [one, two] = [await story(), await story()]
    for (let times = 0; times < 4; times++) await Promise.all([wrong(one.email), wrong(two.email)])
    await Promise.all([1, 2, 3].map(() => writeNotices(deps)))
    assert.deepEqual(await subjects(one.email), [SUBJECT])
    assert.deepEqual(await subjects(two.email), [SUBJECT])
  })

  test('after a hundred in a row the mail says that the authenticator is refused, within the same hour as well (A17)', async () => {
    const { email, codes } = await story()
    for (let times = 0; times < 99; times++) {
      clock.advance(HOUR)
      await wrong(email)
    }
    clock.advance(1000) // so the hour of the last mail is not over when the next code comes
    assert.deepEqual(new Set(await subjects(email)), new Set([SUBJECT]))
    clock.advance(HOUR - 1000)
    await wrong(email) // the hundredth
    const messages = await noticesFor(product, email)
    const told = messages.filter(({ subject }) => subject === REFUSED)
    assert.equal(told.length, 1)
    assert.match(told[0]?.paragraphs.join(' ') ?? '', /hundredth wrong code in a row.*Sign in with a recovery code/)
    const [browser] = await manyOwingCode(product, email, 1)
    assert.ok(browser)
    assert.equal((await answerCode(browser, '000000')).status, 429)
    assert.equal((await noticesFor(product, email)).length, messages.length, 'refused unseen, it is no news')
    assert.equal((await answerCode(browser, codes[0] ?? '')).status, 303)
  })

  test('a right code is told as the sign-in from a new browser that it is, and as nothing else', async () => {
    const { email, key } = await story()
    await signedInWith(product, email, codeOf(key, clock.now()))
    assert.deepEqual(await subjects(email), ['New sign-in to your account'])
  })
})
