import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { after, describe, test } from 'node:test'
import {
  answerCode,
  codeOf,
  latchkey,
  loggedEvents,
  manyOwingCode,
  newEmail,
  owingCode,
  PASSWORD,
  signedUp,
  withTwoFactor,
} from '#testing/index.ts'
import { en } from '#views/words/en.ts'
import { type EventKind, type MailedKind, securityEvent } from './security-events.ts'

const product = await latchkey()
after(() => product.close())

const ORIGIN = { address: '192.0.2.1', browser: 'Firefox', system: 'Linux' }

test('every kind of event that is declared is written by some flow', () => {
  const declared =
    readFileSync('app/identity/security-events.ts', 'utf8').match(/(?<=^ {2})\w+(?=: \{ mailed: )/gm) ?? []
  const flows = readdirSync('app', { recursive: true, encoding: 'utf8' })
    .filter((file) =>
      /^(identity|sign-in|two-factor|account|access-tokens|mail|operators|gate|openid)\/[\w-]+\.ts$/.test(file),
    )
    .filter((file) => !/\.test\.ts$|\/security-events\.ts$|\/notices\.ts$/.test(file))
    .map((file) => readFileSync(`app/${file}`, 'utf8'))
    .join()
  assert.ok(declared.length > 30)
  assert.deepEqual(
    declared.filter((kind) => !flows.includes(`'${kind}'`)),
    [],
  )
})

test('every event has words for the page that lists it, or does not compile', () => {
  const words: Record<EventKind, string> = en.events
  assert.ok(Object.values(words).every(Boolean), 'none is empty')
})

test('an event that is mailed has words for its mail, or does not compile (B12)', () => {
  const write = () => {
    securityEvent('signed_in', 1, ORIGIN, new Date(), 'password', { noticed: true })
    securityEvent('signed_out', 1, ORIGIN, new Date(), null, { noticed: false })
    // @ts-expect-error There are no words for a mail about it.
    securityEvent('signed_out', 1, ORIGIN, new Date(), null, { noticed: true })
    // @ts-expect-error Which of them it is shows later: some have no words.
    securityEvent('signed_out' as EventKind, 1, ORIGIN, new Date(), null, { noticed: true })
    // @ts-expect-error There is no such event.
    securityEvent('signed_of', 1, ORIGIN, new Date())
  }
  assert.equal(typeof write, 'function')
  // @ts-expect-error Words are not to be left out of the table.
  const words: Record<MailedKind, string> = { signed_in: 'Someone signed in' }
  // @ts-expect-error Nobody is mailed about it, so words for it would never be read.
  const unread: MailedKind = 'token_edited'
  assert.ok(words && unread, 'they are types')
})

describe('a row of the log', () => {
  test('sorts by its id among those of the same millisecond, in the order in which they happened', () => {
    const at = new Date()
    const ids = Array.from({ length: 2000 }, () => securityEvent('code_wrong', 1, ORIGIN, at).id)
    assert.deepEqual([...ids].sort(), ids)
    assert.equal(new Set(ids).size, ids.length)
  })

  test('does not tell by its id how many there are', () => {
    const [one, two] = [1, 2].map(() => securityEvent('code_wrong', 1, ORIGIN, new Date()).id)
    assert.notEqual(one?.slice(8), two?.slice(8))
    assert.ok((one?.length ?? 0) >= 24)
  })

  test('keeps where it came from, and how a sign-in was made', () => {
    const at = new Date()
    const { id: _id, ...event } = securityEvent('signed_in', 7, ORIGIN, at, 'authenticator')
    const rest = { subject: null, notice: null, actor: null, operatorId: null, reason: null }
    assert.deepEqual(event, { kind: 'signed_in', accountId: 7, method: 'authenticator', at, ...rest, ...ORIGIN })
    assert.equal(securityEvent('signed_out', 7, ORIGIN, at).method, null)
  })
})

describe('the log of an account', () => {
  test('has one row for each thing that happened at sign-in, and none for what did not', async () => {
    const { browser, email, key, codes } = await withTwoFactor(product)
    await product.browser().post('/sign-in', { email, password: 'wrong' })
    const pending = await owingCode(product, email)
    await answerCode(pending, '12345')
    await answerCode(pending, codeOf(key, product.clock.now(), 500))
    await answerCode(pending, codeOf(key, product.clock.now()))
    const [second] = await manyOwingCode(product, email, 1)
    await second?.post('/sign-in/two-factor', { code: '00000-00000' })
    await second?.post('/sign-in/two-factor', { code: codes[0] ?? '' })
    await browser.post('/sign-out')
    await browser.post('/sign-out')
    assert.deepEqual(await loggedEvents(product, email), [
      'signed_up',
      'signed_in password',
      'second_factor_on',
      'password_wrong',
      'code_wrong',
      'signed_in authenticator',
      'code_wrong',
      'recovery_code_used',
      'signed_in recovery_code',
      'signed_out',
    ])
  })

  test('is read under Activity with time, address and browser in words, newest first', async () => {
    const { browser, email } = await signedUp(product)
    const elsewhere = product.browser({ address: '203.0.113.4', userAgent: 'curl/8.5.0' })
    product.clock.advance(61_000)
    await elsewhere.post('/sign-in', { email, password: 'wrong' })
    const { html, text } = await browser.get('/settings/activity')
    const times = [...html.matchAll(/<time datetime="([^"]+)"/g)].map(([, time = '']) => time)
    assert.equal(times.length, 3)
    assert.deepEqual([...times].sort().reverse(), times)
    assert.equal(times[0], product.clock.now().toISOString())
    assert.match(text, /Failed: wrong password\s+\S.*203\.0\.113\.4.*Account created/)
  })

  test('marks an attempt that failed, and nothing else', async () => {
    const { browser, email } = await signedUp(product)
    await product.browser().post('/sign-in', { email, password: 'wrong' })
    const { html } = await browser.get('/settings/activity')
    const listed = html.match(/<ol class="events">(.*?)<\/ol>/s)?.[1] ?? ''
    const marks = [...listed.matchAll(/<li( class="failed")?><p class="what">(<svg)?/g)].map(([, failed, icon]) => [
      failed,
      icon,
    ])
    const unmarked = [undefined, undefined]
    assert.deepEqual(marks, [[' class="failed"', '<svg'], unmarked, unmarked], 'then signed in, and signed up')
  })

  test("is nobody else's: another account sees none of it", async () => {
    const { email } = await signedUp(product)
    await product.browser({ address: '203.0.113.44' }).post('/sign-in', { email, password: 'wrong' })
    const other = await signedUp(product)
    assert.ok(!(await other.browser.get('/settings/activity')).text.includes('203.0.113.44'))
  })

  test('has no row for an account that does not exist, and no email that was tried', async () => {
    const email = newEmail()
    await product.browser().post('/sign-in', { email, password: PASSWORD })
    await assert.rejects(loggedEvents(product, email))
  })

  test('keeps what is typed and what is sent out of itself: one short line for each (A63)', async () => {
    const { browser, email } = await signedUp(product)
    const injection = 'x\u001b[2J\n{"level":"info","msg":"signed in"}'
    const forger = product.browser({ userAgent: 'curl/8 {"level":"info"} [2J' })
    await forger.post('/sign-in', { email, password: injection })
    const { html } = await browser.get('/settings/activity')
    assert.ok(!html.includes('level') && !html.includes('\u001b'))
    assert.match(html, /Failed: wrong password/)
  })
})
