import assert from 'node:assert/strict'
import { after, afterEach, describe, test } from 'node:test'
import { apiClient } from '#testing/clients/v1.ts'
import { type Device, device } from '#testing/factors/signing-key/device.ts'
import { signingKeyKind } from '#testing/factors/signing-key/wire.ts'
import {
  adding,
  answerCode,
  type Browser,
  codeOf,
  DONE,
  latchkey,
  loggedEvents,
  manyOwingCode,
  owingCode,
  PASSWORD,
  PENDING,
  SESSION,
  SET_UP,
  signedUp,
  withTwoFactor,
} from '#testing/index.ts'
import { assertInvariants, stateOf } from '#testing/invariants.ts'

// A kind that the product does not have: a device that signs a challenge. It brings its own folder, and is named once, here.
const product = await latchkey({}, { moreKinds: [signingKeyKind] })
const { database, clock } = product
const api = apiClient(product)
after(() => product.close())
afterEach(() => assertInvariants(database, [PASSWORD]))

const ADD = '/settings/two-factor/add'
const LIST = '/settings/two-factor/authenticators'
const STEP_TWO = '/sign-in/two-factor'

const challengeIn = (html: string) => /data-challenge="([^"]+)"/.exec(html)?.[1] ?? ''
const enrolmentIn = (html: string) => /name="enrolment" value="([^"]+)"/.exec(html)?.[1] ?? ''

/** The page of step 1, once the other kind was chosen on it. */
async function choosingKey(browser: Browser, flow = SET_UP) {
  await browser.post(`${flow}/confirm`, { password: PASSWORD })
  assert.match((await browser.get(flow)).text, /Use a signing key instead/)
  assert.equal((await browser.post(`${flow}/kind`, { kind: 'signing-key' })).location, flow)
  const { html } = await browser.get(flow)
  return { enrolment: enrolmentIn(html), challenge: challengeIn(html) }
}

/** An account whose only second factor is a signing key, in a browser signed in to it. */
async function withKey() {
  const { browser, email } = await signedUp(product)
  const key = device()
  const { enrolment, challenge } = await choosingKey(browser)
  const next = await browser.post(SET_UP, { enrolment, ...key.answer('enrol', challenge) })
  assert.equal(next.location, DONE)
  const codes = (await browser.get(DONE)).html.match(/\b[0-9a-hjkmnp-tv-z]{5}-[0-9a-hjkmnp-tv-z]{5}\b/g) ?? []
  assert.equal((await browser.post(DONE, { enrolment, saved: 'yes' })).location, '/settings/account')
  return { browser, email, key, codes }
}

/** A browser that owes the second step, and what it is asked. */
async function asked(email: string) {
  const browser = await owingCode(product, email)
  return { browser, challenge: challengeIn((await browser.get(STEP_TWO)).html) }
}

async function withSecondKey(browser: Browser, name: string): Promise<Device> {
  const key = device()
  const { enrolment, challenge } = await choosingKey(browser, ADD)
  const answer = await browser.post(ADD, { enrolment, name, ...key.answer('enrol', challenge) })
  assert.equal(answer.location, LIST, answer.text)
  return key
}

describe('another kind of second factor', () => {
  test('is chosen, enrolled and signs in by the pages', async () => {
    const { email, key } = await withKey()
    const [factor] = (await stateOf(database, email)).factors
    assert.deepEqual([factor?.kind, factor?.name, factor?.counter], ['signing-key', 'Signing key', 1])
    const { browser, challenge } = await asked(email)
    const answer = await browser.post(STEP_TWO, { ...key.answer('sign-in', challenge), return_to: '/settings/account' })
    assert.equal(answer.location, '/settings/account', answer.text)
    assert.ok(browser.cookies.has(SESSION), 'it is signed in')
    assert.ok((await loggedEvents(product, email)).includes('signed_in authenticator'), 'the log has it')
    const [used] = (await stateOf(database, email)).factors
    assert.deepEqual([used?.counter, used?.lastUsedAt], [2, clock.now()])
  })

  test('is listed beside an authenticator app and others of its kind, renamed, and removed', async () => {
    const { browser, email, key } = await withTwoFactor(product)
    const home = await withSecondKey(browser, 'Key at home')
    const work = await withSecondKey(browser, 'Key at work')
    const list = await browser.get(LIST)
    for (const name of ['Authenticator', 'Key at home', 'Key at work']) assert.ok(list.text.includes(name), name)
    const { factors } = await stateOf(database, email)
    const [homeId, workId] = ['Key at home', 'Key at work'].map(
      (name) => factors.find((each) => each.name === name)?.id,
    )
    await browser.post(`${LIST}/${homeId}/rename`, { name: 'Key in the safe' })
    assert.match((await browser.get(LIST)).text, /Key in the safe/)
    for (const each of [home, work]) {
      const { browser: other, challenge } = await asked(email)
      assert.equal((await other.post(STEP_TWO, each.answer('sign-in', challenge))).location, '/')
    }
    await browser.post(`${LIST}/${workId}/remove`, { password: PASSWORD })
    const { browser: late, challenge } = await asked(email)
    assert.match((await late.post(STEP_TWO, work.answer('sign-in', challenge))).text, /none of this account/)
    assert.equal((await late.post(STEP_TWO, home.answer('sign-in', challenge))).location, '/')
    assert.equal((await answerCode(await owingCode(product, email), codeOf(key, clock.now()))).location, '/')
  })

  test('a name is proposed in its own words, and a moved one stays of its kind', async () => {
    const { browser, email } = await withKey()
    await choosingKey(browser, ADD)
    assert.match(
      (await browser.get(ADD)).html,
      /name="name"[^>]*value="Signing key 2"|value="Signing key 2"[^>]*name="name"/,
    )
    await browser.post('/settings/two-factor/replace/confirm', { password: PASSWORD })
    const { html, text } = await browser.get('/settings/two-factor/replace')
    assert.doesNotMatch(text, /instead/)
    const moved = device()
    const fields = { enrolment: enrolmentIn(html), ...moved.answer('enrol', challengeIn(html)) }
    assert.equal((await browser.post('/settings/two-factor/replace', fields)).location, '/settings/account')
    const { browser: other, challenge } = await asked(email)
    assert.equal((await other.post(STEP_TWO, moved.answer('sign-in', challenge))).location, '/')
  })

  test('is enrolled, listed and signs in by /api/v1', async () => {
    const { email } = await signedUp(product)
    const session = await api.signedIn(email)
    const key = device()
    const begin = { password: PASSWORD, kind: 'signing-key' }
    const begun = await api.call('POST', '/two-factor/enrolment', session, begin)
    assert.equal(begun.status, 201, begun.text)
    const { enrolment, challenge } = begun.body
    const first = asJson(key.answer('enrol', String(challenge)))
    const on = await api.call('POST', '/two-factor/enrolment/confirm', session, { enrolment, ...first })
    assert.equal(on.status, 200, on.text)
    const { body } = await api.call('POST', '/sessions', undefined, { email, password: PASSWORD })
    const question = body.challenge as { id: string; factors: Record<string, { challenge: string; keys: string[] }> }
    assert.deepEqual(question.factors['signing-key']?.keys, [key.public_key])
    const answer = asJson(key.answer('sign-in', question.factors['signing-key']?.challenge ?? ''))
    const verified = await api.call('POST', '/sessions/verify', undefined, { challenge: question.id, ...answer })
    assert.equal(verified.status, 201, verified.text)
    const { body: two } = await api.call('GET', '/two-factor', String(verified.body.session))
    assert.deepEqual(
      (two.authenticators as { name: string }[]).map(({ name }) => name),
      ['Signing key'],
    )
  })

  test('its refusals are said in its own words, on pages and by /api/v1', async () => {
    const { email, key } = await withKey()
    const { browser, challenge } = await asked(email)
    const answer = await browser.post(STEP_TWO, key.answer('sign-in', `${challenge}x`))
    assert.equal(answer.status, 422)
    assert.match(answer.text, /That signature is not right/)
    const id = await api.challenged(email)
    const refused = await api.call('POST', '/sessions/verify', undefined, {
      challenge: id,
      ...asJson(key.answer('sign-in', 'x')),
    })
    assert.deepEqual([refused.status, refused.body.reason, refused.body.attempts_left], [422, 'wrong_signature', 4])
  })

  test('leaves the accounts that have none of it as they were', async () => {
    const { email } = await withTwoFactor(product)
    const { challenge } = await asked(email)
    assert.equal(challenge, '')
    const { body } = await api.call('POST', '/sessions', undefined, { email, password: PASSWORD })
    assert.equal('factors' in (body.challenge as object), false)
  })
})

describe('attacks on a challenge', () => {
  test('an answer to the challenge of another sign-in of the same account opens nothing', async () => {
    const { email, key } = await withKey()
    const [one, two] = [await asked(email), await asked(email)]
    assert.notEqual(one.challenge, two.challenge)
    assert.equal((await one.browser.post(STEP_TWO, key.answer('sign-in', two.challenge))).status, 422)
    assert.ok(!one.browser.cookies.has(SESSION), 'nobody is signed in')
    assert.equal((await one.browser.post(STEP_TWO, key.answer('sign-in', one.challenge))).location, '/')
  })

  test('an answer to an enrolment opens no session, and one to a sign-in enrols nothing', async () => {
    const { browser, email, key } = await withKey()
    const { browser: other, challenge } = await asked(email)
    assert.equal((await other.post(STEP_TWO, key.answer('enrol', challenge))).status, 422)
    const adding = await choosingKey(browser, ADD)
    const spare = device()
    const fields = { enrolment: adding.enrolment, name: 'Spare', ...spare.answer('sign-in', adding.challenge) }
    assert.match((await browser.post(ADD, fields)).text, /That signature is not right/)
    assert.equal((await stateOf(database, email)).factors.length, 1)
  })

  test('twenty equal answers at once open one session', async () => {
    const { email, key } = await withKey()
    const { browser, challenge } = await asked(email)
    const answer = key.answer('sign-in', challenge)
    const windows = Array.from({ length: 20 }, () => {
      const window = product.browser()
      window.cookies.set(PENDING, browser.cookies.get(PENDING) ?? '')
      return window
    })
    const answers = await Promise.all(windows.map((window) => window.post(STEP_TWO, answer)))
    assert.equal(answers.filter(({ location }) => location === '/').length, 1)
  })

  test('of a key and its copy, which count alike, one gets in: its own guard decides', async () => {
    const { email, key } = await withKey()
    const browsers = await manyOwingCode(product, email, 3)
    const answers = await Promise.all(
      browsers.map(async (browser) => {
        const challenge = challengeIn((await browser.get(STEP_TWO)).html)
        return browser.post(STEP_TWO, key.answer('sign-in', challenge, 7))
      }),
    )
    assert.equal(answers.filter(({ location }) => location === '/').length, 1)
    const refused = answers.filter(({ location }) => location !== '/')
    for (const { text } of refused) assert.match(text, /signed in elsewhere since/)
  })

  test('a key of another account opens nothing here', async () => {
    const [mine, theirs] = [await withKey(), await withKey()]
    const { browser, challenge } = await asked(mine.email)
    assert.match((await browser.post(STEP_TWO, theirs.key.answer('sign-in', challenge))).text, /none of this account/)
  })

  test('five wrong answers end the challenge, and a code of an app that the account does not have opens nothing', async () => {
    const { email, key } = await withKey()
    const { browser, challenge } = await asked(email)
    assert.equal((await answerCode(browser, '123456')).status, 422)
    for (let wrong = 2; wrong <= 4; wrong++) await browser.post(STEP_TWO, key.answer('sign-in', 'x'))
    assert.equal((await browser.post(STEP_TWO, key.answer('sign-in', 'x'))).location, '/sign-in')
    assert.equal((await browser.post(STEP_TWO, key.answer('sign-in', challenge))).location, '/sign-in')
    assert.ok(!browser.cookies.has(SESSION), 'nobody is signed in')
  })

  test('a recovery code opens the account when the key is lost', async () => {
    const { email, codes } = await withKey()
    assert.equal((await answerCode(await owingCode(product, email), codes[0] ?? '')).location, '/')
  })

  test('another kind is chosen after the password alone, and the page of the one before no longer counts', async () => {
    const { browser, email } = await withTwoFactor(product)
    assert.equal((await browser.post(`${ADD}/kind`, { kind: 'signing-key' })).location, LIST)
    assert.equal((await browser.get(ADD)).location, `${ADD}/confirm`)
    const before = await adding(browser)
    await browser.post(`${ADD}/kind`, { kind: 'signing-key' })
    const late = { enrolment: before.enrolment, name: 'Spare', code: codeOf(before.key, clock.now()) }
    assert.equal((await browser.post(ADD, late)).status, 409)
    assert.equal((await browser.post(`${ADD}/kind`, { kind: 'password' })).location, ADD)
    assert.equal((await stateOf(database, email)).factors.length, 1)
  })
})

const asJson = ({ count, ...rest }: ReturnType<Device['answer']>) => ({ ...rest, count: Number(count) })
