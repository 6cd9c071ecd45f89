import assert from 'node:assert/strict'
import { after, afterEach, describe, test } from 'node:test'
import { eq } from 'drizzle-orm'
import { z } from 'zod'
import { accounts } from '#db/schema.ts'
import { apiClient } from '#testing/clients/v1.ts'
import { codeOf, KNOWN, latchkey, loggedEvents, PASSWORD, signedUp, withTwoFactor } from '#testing/index.ts'
import { assertInvariants, stateOf } from '#testing/invariants.ts'
import { addPasskey, requestOptionsIn, withPasskey } from '#testing/passkeys.ts'
import { CreationOptions, RequestOptions, softwareAuthenticator } from '#testing/software-authenticator.ts'

const product = await latchkey()
const { clock, database } = product
const strict = await latchkey({ secondFactor: 'phishing_resistant' }, product)
const api = apiClient(product)
afterEach(async () => {
  assert.deepEqual([...product.faults.splice(0), ...strict.faults.splice(0)], [])
  await assertInvariants(database, [PASSWORD])
})
after(product.close)

const Factors = z.object({ passkey: z.object({ options: RequestOptions }) })
const Challenge = z.object({ id: z.string(), factors: Factors, methods: z.array(z.string()).optional() })
const optionsIn = (factors: unknown) => Factors.parse(factors).passkey.options
const json = (passkey: string): unknown => JSON.parse(passkey)

/** What a client is asked that comes without a password. */
async function asked(on = api) {
  const { body, status, text } = await on.call('GET', '/sessions/passkey')
  assert.equal(status, 200, text)
  const { id, factors } = Challenge.parse(body.challenge)
  return { challenge: id, options: optionsIn(factors) }
}

const answerAlone = (challenge: string, passkey: string) =>
  api.call('POST', '/sessions/passkey', undefined, { challenge, passkey: json(passkey) })

/** An account with a passkey whose session of `/api/v1` was signed in by it. */
async function signedInByPasskey() {
  const of = await withPasskey(product)
  const { challenge, options } = await asked()
  const { body } = await answerAlone(challenge, of.device.sign(options))
  return { ...of, session: String(body.session) }
}

describe('a passkey at /api/v1', () => {
  test('signs in alone: two calls, no password', async () => {
    const { email, device } = await withPasskey(product)
    const { challenge, options } = await asked()
    const answer = await answerAlone(challenge, device.sign(options))
    assert.equal(answer.status, 201, answer.text)
    const { body } = await api.call('GET', '/session', String(answer.body.session))
    assert.deepEqual([body.method, body.client], ['passkey', 'api'])
    assert.equal((await loggedEvents(product, email)).at(-1), 'signed_in passkey')
  })

  test('alone opens nothing a second time, at the door of pages, without verification, or unknown (K02, K04, K06)', async () => {
    const { device } = await withPasskey(product)
    const reasonOf = async (challenge: string, passkey: string) => {
      const { status, body } = await answerAlone(challenge, passkey)
      return [status, body.reason]
    }
    const first = await asked()
    const answer = device.sign(first.options)
    assert.equal((await answerAlone(first.challenge, answer)).status, 201)
    assert.deepEqual(await reasonOf(first.challenge, answer), [422, 'expired'])

    const second = await asked()
    const browser = product.browser()
    browser.cookies.set('__Host-latchkey-passkey', second.challenge)
    assert.equal((await browser.post('/sign-in/passkey', { passkey: device.sign(second.options) })).status, 422)
    const page = product.browser()
    const options = requestOptionsIn((await page.get('/sign-in')).html)
    const cookie = page.cookies.get('__Host-latchkey-passkey') ?? ''
    assert.deepEqual(await reasonOf(cookie, device.sign(options)), [422, 'expired'])

    const third = await asked()
    const unverified = device.sign(third.options, { flags: { verified: false } })
    assert.deepEqual(await reasonOf(third.challenge, unverified), [422, 'passkey_refused'])
    const fourth = await asked()
    const stranger = softwareAuthenticator().sign(fourth.options)
    assert.deepEqual(await reasonOf(fourth.challenge, stranger), [422, 'passkey_refused'])
    assert.deepEqual(await reasonOf('x', device.sign(fourth.options)), [422, 'expired'])
  })

  test('is told of a suspended account after a right answer alone (K10)', async () => {
    const { email, device } = await withPasskey(product)
    await database.db.update(accounts).set({ suspendedAt: clock.now() }).where(eq(accounts.email, email))
    const { challenge, options } = await asked()
    const { status, body } = await answerAlone(challenge, device.sign(options))
    assert.deepEqual([status, body.type], [403, '/api/docs#problem-suspended'])
  })

  test('answers after the password, without verification as well', async () => {
    const { email, device } = await withPasskey(product)
    const { body } = await api.call('POST', '/sessions', undefined, { email, password: PASSWORD })
    const { id: challenge, factors, methods } = Challenge.parse(body.challenge)
    assert.deepEqual(methods, ['passkey', 'recovery_code'])
    const passkey = json(device.sign(optionsIn(factors), { flags: { verified: false } }))
    const verified = await api.call('POST', '/sessions/verify', undefined, { challenge, passkey })
    assert.equal(verified.status, 201, verified.text)
    const again = await api.call('POST', '/sessions/verify', undefined, { challenge, passkey })
    assert.equal(again.status, 422)
  })

  test('beside an authenticator app leaves the person the choice', async () => {
    const { browser, email } = await withTwoFactor(product)
    await addPasskey(browser)
    const { body } = await api.call('POST', '/sessions', undefined, { email, password: PASSWORD })
    assert.deepEqual(Challenge.parse(body.challenge).methods, ['authenticator', 'passkey', 'recovery_code'])
  })

  test('is registered by two calls, which turn the second factor on', async () => {
    const { email } = await signedUp(product)
    const session = await api.signedIn(email)
    const begun = await api.call('POST', '/two-factor/enrolment', session, { password: PASSWORD, kind: 'passkey' })
    assert.equal(begun.status, 201, begun.text)
    const device = softwareAuthenticator()
    const passkey = json(device.register(CreationOptions.parse(begun.body.options)))
    const confirmation = { enrolment: begun.body.enrolment, passkey }
    const on = await api.call('POST', '/two-factor/enrolment/confirm', session, confirmation)
    assert.equal(on.status, 200, on.text)
    assert.equal((on.body.recovery_codes as string[]).length, 12)
    assert.deepEqual(
      (await stateOf(database, email)).factors.map(({ credentialId }) => credentialId),
      [device.id],
    )
    const { challenge, options } = await asked()
    assert.equal((await answerAlone(challenge, device.sign(options))).status, 201)
  })

  test('is shown again to a session, which then has shown a second factor that resists phishing', async () => {
    const { email, device, session } = await signedInByPasskey()
    clock.advance(60_000)
    const { body } = await api.call('GET', '/two-factor/fresh-proof', session)
    const passkey = json(device.sign(optionsIn(body.factors)))
    const shown = await api.call('POST', '/two-factor/fresh-proof', session, { passkey })
    assert.equal(shown.status, 204, shown.text)
    const { sessions } = await stateOf(database, email)
    assert.ok(
      sessions.some(({ client, resistedAt }) => client === 'api' && resistedAt?.getTime() === clock.now().getTime()),
      'it is written',
    )
    const elsewhere = await api.call('POST', '/two-factor/fresh-proof', (await signedInByPasskey()).session, {
      passkey,
    })
    assert.equal(elsewhere.status, 422, 'the question was another session’s')
  })
})

describe('where only a passkey is enough (K10, K11)', () => {
  const strictly = apiClient(strict)

  test('a session signed in with a code shows one first, and no code or recovery code is looked at', async () => {
    const { browser, email, key, codes } = await withTwoFactor(product)
    const device = await addPasskey(browser)
    const challenge = await strictly.challenged(email)
    const code = codeOf(key, clock.now())
    const { body } = await strictly.call('POST', '/sessions/verify', undefined, { challenge, code })
    const session = String(body.session)
    const told = await strictly.call('GET', '/account', session)
    assert.deepEqual(
      [told.status, told.body.type, told.body.next],
      [403, '/api/docs#problem-resistance_unproven', 'GET /api/v1/two-factor/fresh-proof'],
    )
    clock.advance(60_000)
    for (const weaker of [codeOf(key, clock.now()), codes[0]]) {
      const refused = await strictly.call('POST', '/two-factor/fresh-proof', session, { code: weaker })
      assert.deepEqual([refused.status, refused.body.reason], [422, 'not_resistant'])
    }
    const unused = (await stateOf(database, email)).recoveryCodes.filter(({ usedAt }) => !usedAt)
    assert.equal(unused.length, 12, 'none was spent')
    const { factors } = (await strictly.call('GET', '/two-factor/fresh-proof', session)).body
    const passkey = json(device.sign(optionsIn(factors)))
    assert.equal((await strictly.call('POST', '/two-factor/fresh-proof', session, { passkey })).status, 204)
    assert.equal((await strictly.call('GET', '/account', session)).status, 200)
  })

  test('pages lead there too, and a recovery code opens nothing but adding another passkey', async () => {
    const { email, device, codes, browser: owner } = await withPasskey(product)
    const lost = strict.browser()
    await lost.post('/sign-in', { email, password: PASSWORD })
    await lost.post('/sign-in/two-factor', { code: codes[0] ?? '' })
    for (const path of ['/', '/settings/account', '/settings/tokens', '/settings/two-factor/recovery-codes/confirm'])
      assert.equal((await lost.get(path)).location, '/settings/two-factor/add/confirm', path)
    await addPasskey(lost, 'New phone', softwareAuthenticator())
    assert.equal((await lost.get('/settings/account')).status, 200, 'it has shown the new one')

    const later = strict.browser()
    later.cookies.set(KNOWN, owner.cookies.get(KNOWN) ?? '')
    await later.post('/sign-in', { email, password: PASSWORD })
    await later.post('/sign-in/two-factor', {
      passkey: device.sign(requestOptionsIn((await later.get('/sign-in/two-factor')).html)),
    })
    assert.equal((await later.get('/settings/account')).status, 200)
  })

  test('who has an app alone adds a passkey first, and begins with that kind', async () => {
    const { email, key } = await withTwoFactor(product)
    clock.advance(60_000)
    const browser = strict.browser()
    await browser.post('/sign-in', { email, password: PASSWORD })
    await browser.post('/sign-in/two-factor', { code: codeOf(key, clock.now()) })
    assert.equal((await browser.get('/')).location, '/settings/two-factor/add/confirm')
    await browser.post('/settings/two-factor/add/confirm', { password: PASSWORD })
    assert.match((await browser.get('/settings/two-factor/add')).html, /data-passkey-create/)
    await addPasskey(browser)
    assert.equal((await browser.get('/settings/account')).status, 200)
  })

  test('a page that asks for it takes no code: neither by the policy nor where an app behind the gate leads there', async () => {
    const { browser, email, key } = await withTwoFactor(product)
    await addPasskey(browser)
    const proof = '/settings/two-factor/fresh-proof'
    const { html } = await browser.get(`${proof}?level=phishing_resistant&return_to=/settings/activity`)
    assert.match(html, /name="level" value="phishing_resistant"/)
    assert.doesNotMatch(html, /name="code"/)
    clock.advance(60_000)
    const fields = { level: 'phishing_resistant', return_to: '/settings/activity' }
    const coded = await browser.post(proof, { ...fields, code: codeOf(key, clock.now()) })
    assert.deepEqual([coded.status, /No code is enough here/.test(coded.text)], [422, true])
    const usual = await browser.post(proof, { code: codeOf(key, clock.now()) })
    assert.equal(usual.location, '/', 'the code wasn’t spent, and is enough elsewhere')
    assert.ok((await loggedEvents(product, email)).includes('second_factor_shown authenticator'))
  })
})
