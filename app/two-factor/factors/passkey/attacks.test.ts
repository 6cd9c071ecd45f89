import assert from 'node:assert/strict'
import { after, afterEach, describe, test } from 'node:test'
import { eq } from 'drizzle-orm'
import { factors } from '#db/schema.ts'
import {
  accountOf,
  copyOf,
  DONE,
  ENROLMENT,
  latchkey,
  loggedEvents,
  PASSWORD,
  PENDING,
  queuedFor,
  SESSION,
  SET_UP,
  signedUp,
  withTwoFactor,
} from '#testing/index.ts'
import { assertInvariants, stateOf } from '#testing/invariants.ts'
import {
  ADD,
  addPasskey,
  answerPasskey,
  askedForPasskey,
  choosingPasskey,
  requestOptionsIn,
  withPasskey,
} from '#testing/passkeys.ts'
import { softwareAuthenticator } from '#testing/software-authenticator.ts'

const product = await latchkey()
const { database, clock } = product
after(() => product.close())
afterEach(async () => {
  assert.deepEqual(product.faults.splice(0), [])
  await assertInvariants(database)
})

const FRESH_PROOF = '/settings/two-factor/fresh-proof'
const passkeysOf = async (email: string) =>
  (await stateOf(database, email)).factors.map(({ credentialId }) => credentialId)
const done = (browser: Parameters<typeof choosingPasskey>[0], enrolment: string) =>
  browser.post(DONE, { enrolment, saved: 'yes' })

describe('a passkey after the password', () => {
  test('of another account opens nothing, under its own id or under that of the account (K01)', async () => {
    const [mine, theirs] = [await withPasskey(product), await withPasskey(product)]
    const { browser, options } = await askedForPasskey(product, mine.email)
    const answer = await answerPasskey(browser, theirs.device.sign(options))
    assert.deepEqual([answer.status, browser.cookies.has(SESSION)], [422, false])
    assert.match(answer.text, /isn't one of this account's/)
    const id = Buffer.from(mine.device.id, 'base64url')
    assert.equal((await answerPasskey(browser, theirs.device.sign(options, { id, userHandle: null }))).status, 422)
    assert.equal((await answerPasskey(browser, mine.device.sign(options))).location, '/')
  })

  test('that was removed opens nothing any more (K01)', async () => {
    const { browser, email } = await withPasskey(product)
    const lost = await addPasskey(browser)
    const added = (await stateOf(database, email)).factors.find(({ credentialId }) => credentialId === lost.id)
    const late = await askedForPasskey(product, email)
    await browser.post(`/settings/two-factor/authenticators/${added?.id}/remove`, { password: PASSWORD })
    assert.equal((await answerPasskey(late.browser, lost.sign(late.options))).location, '/sign-in')
    const { browser: again, options } = await askedForPasskey(product, email)
    assert.match((await answerPasskey(again, lost.sign(options))).text, /isn't one of this account's/)
  })

  test('answers one sign-in once: not a second one, nor what a session or a set-up asks (K04)', async () => {
    const { browser: owner, email, device } = await withPasskey(product)
    const [one, two] = [await askedForPasskey(product, email), await askedForPasskey(product, email)]
    const answer = device.sign(one.options)
    assert.match((await answerPasskey(two.browser, answer)).text, /took too long/)
    assert.equal((await answerPasskey(one.browser, answer)).location, '/')
    const pending = product.browser()
    pending.cookies.set(PENDING, one.browser.cookies.get(PENDING) ?? '')
    assert.equal((await answerPasskey(pending, answer)).location, '/sign-in')
    assert.match((await owner.post(FRESH_PROOF, { passkey: answer })).text, /took too long/)
    const { options } = await choosingPasskey(owner, ADD)
    const asEnrolled = device.sign({ challenge: options.challenge, rpId: options.rp.id })
    assert.match((await answerPasskey(two.browser, asEnrolled)).text, /took too long/)
  })

  test('answers nothing that was asked more than twenty minutes ago (K04)', async () => {
    const { browser, device } = await withPasskey(product)
    const asked = requestOptionsIn((await browser.get(FRESH_PROOF)).html)
    clock.advance(21 * 60_000)
    assert.match((await browser.post(FRESH_PROOF, { passkey: device.sign(asked) })).text, /took too long/)
    const again = requestOptionsIn((await browser.get(FRESH_PROOF)).html)
    assert.equal((await browser.post(FRESH_PROOF, { passkey: device.sign(again) })).location, '/')
  })

  test('opens one session of twenty equal answers at once (K04)', async () => {
    const { email, device } = await withPasskey(product)
    const { browser, options } = await askedForPasskey(product, email)
    const answer = device.sign(options)
    const answers = await Promise.all(Array.from({ length: 20 }, () => answerPasskey(copyOf(product, browser), answer)))
    assert.equal(answers.filter(({ location }) => location === '/').length, 1)
  })

  test('may lack its user handle, and may not bring another account’s (K06)', async () => {
    const [mine, theirs] = [await withPasskey(product), await withPasskey(product)]
    const { browser, options } = await askedForPasskey(product, mine.email)
    const theirHandle = JSON.parse(theirs.device.sign(options)).response.userHandle
    const wrong = await answerPasskey(browser, mine.device.sign(options, { userHandle: theirHandle }))
    assert.equal(wrong.status, 422)
    assert.equal((await answerPasskey(browser, mine.device.sign(options, { userHandle: null }))).location, '/')
  })

  test('whose counter fell signs in, and its owner gets a mail; the higher count stays (K12)', async () => {
    const device = softwareAuthenticator({ counts: true })
    const { email } = await withPasskey(product, device)
    const signIn = async (counter: number) => {
      const { browser, options } = await askedForPasskey(product, email)
      assert.equal((await answerPasskey(browser, device.sign(options, { counter }))).location, '/')
      const [factor] = (await stateOf(database, email)).factors
      return factor?.counter
    }
    const mails = async () => (await queuedFor(product, email)).map(({ subject }) => subject)
    assert.equal(await signIn(4_000_000_000), 4_000_000_000)
    assert.ok(!(await loggedEvents(product, email)).includes('passkey_counter_fell'), 'nothing fell')
    assert.equal(await signIn(7), 4_000_000_000)
    assert.ok((await loggedEvents(product, email)).includes('passkey_counter_fell'), 'it fell')
    assert.ok((await mails()).includes('A passkey of yours may have been copied'), (await mails()).join())
  })

  test('says anew each time whether there are copies of it (K12)', async () => {
    const device = softwareAuthenticator({ isBackupEligible: true })
    const { email } = await withPasskey(product, device)
    const backedUp = async () => (await stateOf(database, email)).factors[0]?.isBackedUp
    assert.equal(await backedUp(), 0)
    const { browser, options } = await askedForPasskey(product, email)
    await answerPasskey(browser, device.sign(options, { flags: { backedUp: true } }))
    assert.equal(await backedUp(), 1)
  })
})

describe('registering a passkey', () => {
  test('that another account has, or the same one, is refused in words, at set-up and beside others (K05)', async () => {
    const { browser: owner, email, device } = await withPasskey(product)
    const { browser: thief } = await signedUp(product)
    for (const [browser, flow, fields] of [
      [thief, SET_UP, {}],
      [owner, ADD, { name: 'Again' }],
    ] as const) {
      const { enrolment, options } = await choosingPasskey(browser, flow)
      const answer = await browser.post(flow, { enrolment, passkey: device.register(options), ...fields })
      assert.equal(answer.status, 422)
      assert.match(answer.text, /This passkey is in use already/)
    }
    assert.deepEqual(await passkeysOf(email), [device.id])
  })

  test('by two accounts at the same moment leaves it to one of them (K05)', async () => {
    const device = softwareAuthenticator()
    const people = await Promise.all(
      [1, 2].map(async () => {
        const { browser, email } = await signedUp(product)
        const { enrolment, options } = await choosingPasskey(browser)
        const next = await browser.post(SET_UP, { enrolment, passkey: device.register(options) })
        assert.equal(next.location, DONE, 'nobody has it yet')
        return { browser, email, enrolment }
      }),
    )
    const answers = await Promise.all(people.map(({ browser, enrolment }) => done(browser, enrolment)))
    assert.deepEqual(answers.map(({ status }) => status).sort(), [303, 422])
    const refused = answers.find(({ status }) => status === 422)
    assert.match(refused?.text ?? '', /This passkey is in use already/)
    const owners = await database.db.select().from(factors).where(eq(factors.credentialId, device.id))
    assert.equal(owners.length, 1)
    for (const { browser } of people) assert.equal((await browser.get('/settings/account')).status, 200)
  })

  test('sent twice, or by two windows at once, is done once', async () => {
    const { browser, email } = await withTwoFactor(product)
    const device = softwareAuthenticator()
    const { enrolment, options } = await choosingPasskey(browser, ADD)
    const fields = { enrolment, name: 'Key', passkey: device.register(options) }
    const windows = [copyOf(product, browser), copyOf(product, browser)]
    const answers = await Promise.all(windows.map((window) => window.post(ADD, fields)))
    for (const { status } of answers) assert.equal(status, 303)
    assert.deepEqual((await passkeysOf(email)).filter(Boolean), [device.id])
  })

  test('begun by another session, or before the account changed, is never finished (K13)', async () => {
    const { browser, email } = await signedUp(product)
    const stranger = await signedUp(product)
    const { enrolment, options } = await choosingPasskey(browser)
    const device = softwareAuthenticator()
    const passkey = device.register(options)
    stranger.browser.cookies.set(ENROLMENT, browser.cookies.get(ENROLMENT) ?? '')
    await stranger.browser.post(SET_UP, { enrolment, passkey })
    await done(stranger.browser, enrolment)
    await browser.post(SET_UP, { enrolment, passkey })
    const proven = browser.cookies.get(ENROLMENT) ?? ''
    const other = product.browser()
    await other.post('/sign-in', { email, password: PASSWORD })
    other.cookies.set(ENROLMENT, proven)
    await done(other, enrolment)
    await browser.post('/settings/password', { current: PASSWORD, new: 'eleven sardines hum quietly' })
    browser.cookies.set(ENROLMENT, proven)
    await done(browser, enrolment)
    for (const each of [email, stranger.email]) assert.deepEqual(await passkeysOf(each), [])
  })

  test('an answer to an earlier page is refused, and so is one that another site got (K03, K04)', async () => {
    const { browser, email } = await signedUp(product)
    const before = await choosingPasskey(browser)
    const { enrolment, options } = await choosingPasskey(browser)
    const device = softwareAuthenticator()
    for (const passkey of [
      device.register(before.options),
      device.register(options, { origin: 'https://latchkey.example' }),
      device.register(options, { rpId: 'latchkey.example' }),
      '{}',
      'A'.repeat(60_000),
    ]) {
      const answer = await browser.post(SET_UP, { enrolment, passkey })
      assert.equal(answer.status, 422)
    }
    assert.deepEqual(await passkeysOf(email), [])
  })

  test('of somebody with a hostile name gives the browser that name, and the page no markup (K08)', async () => {
    const { browser, email } = await signedUp(product)
    const name = `"><script>alert(1)</script>'&amp;`
    await browser.post('/settings/name', { name })
    const { id } = await accountOf(product, email)
    assert.ok(id, 'the account is there')
    const { html, options } = await choosingPasskey(browser)
    assert.ok(!html.includes('<script>alert'), 'it is no markup')
    assert.equal(options.user.displayName, name)
    assert.equal(options.user.name, email)
  })

  test('under a hostile name is refused, or shown as text (K08)', async () => {
    const { browser, email } = await withTwoFactor(product)
    const { enrolment, options } = await choosingPasskey(browser, ADD)
    const passkey = softwareAuthenticator().register(options)
    const bidi = await browser.post(ADD, { enrolment, passkey, name: 'Key \u202egpj.exe' })
    assert.deepEqual([bidi.status, (await passkeysOf(email)).length], [422, 1])
    await browser.post(ADD, { enrolment, passkey, name: '<img src=x onerror=alert(1)>' })
    const { html } = await browser.get('/settings/two-factor/authenticators')
    assert.ok(html.includes('&lt;img src=x') && !html.includes('<img src=x'), 'it is text')
  })
})
