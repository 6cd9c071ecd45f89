import assert from 'node:assert/strict'
import { after, afterEach, describe, test } from 'node:test'
import {
  answerCode,
  type Browser,
  codeOf,
  DONE,
  ENROLMENT,
  enrolling,
  everyRow,
  latchkey,
  owingCode,
  PASSWORD,
  readCodes,
  readEnrolPage,
  SESSION,
  SET_UP,
  signedUp,
  withTwoFactor,
} from '#testing/index.ts'
import { assertInvariants, assertUnreadable, stateOf } from '#testing/invariants.ts'

const product = await latchkey()
const { clock, database } = product
afterEach(async () => {
  assert.deepEqual(product.faults.splice(0), [])
  await assertInvariants(database)
})
after(product.close)

const confirm = (browser: Browser) => browser.post(`${SET_UP}/confirm`, { password: PASSWORD })
const stepOne = async (browser: Browser) => readEnrolPage((await browser.get(SET_UP)).html)
const isOn = async (email: string) => (await stateOf(database, email)).factors.length === 1

describe('setting up', () => {
  test('goes password, step 1, step 2, Done, and Done says so', async () => {
    const { browser, email } = await signedUp(product)
    assert.equal((await browser.get(SET_UP)).location, `${SET_UP}/confirm`)
    assert.match((await browser.get(`${SET_UP}/confirm`)).html, /<h1[^>]*>Set Up Two-Factor Authentication</)
    assert.equal((await confirm(browser)).location, SET_UP)
    const page = await browser.get(SET_UP)
    assert.match(page.html, /<h1[^>]*>Step 1 of 2: Register Authentication App</)
    const { key, enrolment, uri } = readEnrolPage(page.html)
    assert.match(key, /^[A-Z2-7]{32}$/)
    assert.ok(new URL(uri).pathname.includes(encodeURIComponent(email)))
    assert.match(page.text, /Time based Yes/)
    assert.equal((await browser.get(DONE)).location, SET_UP, 'step 2 comes after step 1')
    const next = await browser.post(SET_UP, { enrolment, code: codeOf(key, clock.now()) })
    assert.equal(next.location, DONE)
    assert.match((await browser.get(DONE)).html, /<h1[^>]*>Step 2 of 2: Save Recovery Codes</)
    const done = await browser.post(DONE, { enrolment, saved: 'yes' })
    assert.deepEqual([done.status, done.location], [303, '/settings/account'])
    assert.equal(browser.cookies.get(ENROLMENT), undefined)
    const account = await browser.get('/settings/account')
    assert.match(account.text, /Two-factor authentication is on\. Your other sessions have been signed out\./)
    assert.match(account.text, /12 of 12 left/)
    assert.doesNotMatch((await browser.get('/settings/account')).text, /authentication is on\./, 'it says so once')
  })

  test('step 1 tells a person without an authenticator app what one is, names four, and says how to add the account', async () => {
    const { browser } = await signedUp(product)
    await confirm(browser)
    const { html } = await browser.get(SET_UP)
    const [, help = ''] = /<details><summary>Need an app\?<\/summary>(.*?)<\/details>/s.exec(html) ?? []
    for (const name of ['Ente Auth', 'Proton Authenticator', 'Bitwarden', '1Password'])
      assert.ok(help.includes(name), `${name} is named`)
    assert.match(help, /An authenticator app shows a new code of six digits every 30 seconds/)
    assert.match(help, /To add this account in Ente Auth:.*<ol>.*Scan a QR code.*Enter a setup key.*<\/ol>/s)
    assert.doesNotMatch(help, /<a /, 'no link is needed to understand it')
  })

  test('a wrong code keeps key and enrolment, and says which kind of wrong it was', async () => {
    const { browser } = await signedUp(product)
    await confirm(browser)
    const { key, enrolment } = await stepOne(browser)
    const typed = async (code: string) => {
      const answer = await browser.post(SET_UP, { enrolment, code })
      assert.equal(answer.status, 422)
      assert.equal(readEnrolPage(answer.html).key, key)
      assert.match(answer.html, /aria-invalid="true"/)
      assert.ok(!code || !answer.html.includes(`value="${code}"`), 'a code is not given back')
      return answer.text
    }
    const wrong = codeOf(key, clock.now(), 400)
    assert.match(await typed(wrong), /That code is not right\. .* the clock on your phone/)
    assert.match(await typed(codeOf(key, clock.now(), 2)), /That code is not right/, 'a future code looks the same')
    assert.match(await typed(codeOf(key, clock.now(), -4)), /That code is from 2 minutes ago; check the clock/)
    assert.match(await typed('12345'), /Enter the six digits your authenticator shows/)
    assert.match(await typed('abcde-fgh12'), /Enter the six digits your authenticator shows/)
    assert.match(await typed(''), /Enter the code\./)
    assert.match(await typed(' '), /Enter the code\./)
    const { text } = await browser.get(SET_UP)
    assert.match(text, /Step 1 of 2/)
  })

  test('a reload at either step shows the same key and the same codes; so does step 1 done again', async () => {
    const { browser } = await signedUp(product)
    const { key, enrolment, codes } = await enrolling(product, browser)
    assert.equal(new Set(codes).size, 12)
    for (let reloads = 0; reloads < 3; reloads++) {
      assert.deepEqual(await stepOne(browser).then((shown) => [shown.key, shown.enrolment]), [key, enrolment])
      assert.deepEqual(readCodes((await browser.get(DONE)).html), codes)
    }
    await browser.post(SET_UP, { enrolment, code: codeOf(key, clock.now(), 1) })
    assert.deepEqual(readCodes((await browser.get(DONE)).html), codes)
    await browser.post(SET_UP, { enrolment, code: codeOf(key, clock.now(), -1) })
    await browser.post(DONE, { enrolment, saved: 'yes' })
    const later = await owingCode(product, await emailOf(browser))
    assert.equal((await answerCode(later, codeOf(key, clock.now()))).status, 422, 'T+1 was seen: T is spent')
  })

  test('a finished set-up ends the other sessions; its own goes on under a new token', async () => {
    const { browser, email } = await signedUp(product)
    const other = product.browser()
    await other.post('/sign-in', { email, password: PASSWORD })
    assert.equal((await other.get('/')).status, 200)
    const { enrolment } = await enrolling(product, browser)
    const token = browser.cookies.get(SESSION)
    await browser.post(DONE, { enrolment, saved: 'yes' })
    assert.notEqual(browser.cookies.get(SESSION), token)
    assert.equal((await browser.get('/')).status, 200)
    assert.equal((await other.get('/')).location, '/sign-in')
    assert.equal((await stateOf(database, email)).sessions.length, 1)
  })

  test('the code of the set-up is dead at the first sign-in (A05)', async () => {
    const { email, key } = await withTwoFactor(product)
    const browser = await owingCode(product, email)
    const again = await answerCode(browser, codeOf(key, clock.now(), -1))
    assert.equal(again.status, 422)
    assert.match(again.text, /That code has already been used/)
    assert.equal((await answerCode(browser, codeOf(key, clock.now()))).status, 303)
  })

  test('no secret is readable in the database afterwards', async () => {
    const { browser, email, key, codes } = await withTwoFactor(product)
    const secrets = [PASSWORD, key, ...codes, browser.cookies.get(SESSION) ?? '', codeOf(key, clock.now(), -1)]
    await assertInvariants(database, secrets.slice(0, -1))
    const { factors, recoveryCodes } = await stateOf(database, email)
    assertUnreadable(JSON.stringify(factors.map(({ secret }) => secret)), secrets)
    assert.equal(new Set(recoveryCodes.map(({ sealed }) => sealed)).size, 12)
  })
})

describe('an abandoned set-up', () => {
  test('leaves the database byte for byte as it was, apart from the session’s token and when it was seen', async () => {
    const { browser, email } = await signedUp(product)
    const before = await rowsWithoutToken()
    clock.advance(61_000)
    const { key, enrolment } = await enrolling(product, browser)
    await browser.post(SET_UP, { enrolment, code: '000000' })
    await browser.post(`${DONE}/download`)
    await browser.get(`${DONE}/download`)
    await browser.get(`${DONE}/print`)
    await browser.post(DONE, { enrolment: 'another', saved: 'yes' })
    assert.deepEqual(await rowsWithoutToken(), before)
    await browser.post(`${SET_UP}/cancel`, { enrolment, code: codeOf(key, clock.now()) })
    assert.equal(browser.cookies.get(ENROLMENT), undefined)
    assert.deepEqual(await rowsWithoutToken(), before)
    assert.equal((await browser.get(SET_UP)).location, `${SET_UP}/confirm`)
    assert.ok(!(await isOn(email)))
    assert.equal((await product.browser().post('/sign-in', { email, password: PASSWORD })).location, '/')
  })

  const rowsWithoutToken = async () => {
    const rows = await everyRow(product)
    const volatile = ['tokenHash', 'lastSeenAt']
    const sessions = (rows.sessions ?? []).map((row) =>
      JSON.stringify(JSON.parse(row), (name, value) => (volatile.includes(name) ? undefined : value)),
    )
    return { ...rows, sessions: sessions.sort() }
  }
})

const emailOf = async (browser: Browser) => /Signed in as (\S+)/.exec((await browser.get('/')).text)?.[1] ?? ''
