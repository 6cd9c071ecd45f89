import assert from 'node:assert/strict'
import { after, afterEach, describe, test } from 'node:test'
import { apiClient } from '#testing/clients/v1.ts'
import {
  BASE_URL,
  confirmedAccount,
  everyRow,
  followed,
  latchkey,
  loggedEvents,
  mailsTo,
  mailTo,
  newEmail,
  PASSWORD,
  SET_UP,
  signedInBrowser,
  signedUp,
} from '#testing/index.ts'
import { assertInvariants, stateOf } from '#testing/invariants.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

/** Where no mail server is set. */
const development = await latchkey()
/** Where one is; nothing is sent in a test, mails stay in the queue. */
const product = await latchkey({ smtpUrl: 'smtp://localhost:1' })
const { clock, database } = product
afterEach(async () => {
  for (const each of [development, product]) {
    assert.deepEqual(each.faults.splice(0), [])
    await assertInvariants(each.database)
  }
})
after(() => Promise.all([development.close(), product.close()]))

const PAGE = '/mail/confirm-email'
const SETTINGS = '/settings/email'
const CONFIRM = /^Confirm your email address/

async function unconfirmed() {
  const email = newEmail()
  await product.browser().post('/sign-up', { email, password: PASSWORD })
  return { email, path: (await mailTo(product, email, CONFIRM)).path }
}

const confirmedAt = async (email: string) => (await stateOf(database, email)).account.emailConfirmedAt

async function confirming(path: string, browser = product.browser()) {
  await browser.get(path)
  return browser.post(PAGE)
}

describe('the link to confirm an address', () => {
  test('goes out with the account, to the site’s own address whatever Host was named (A46)', async () => {
    const { email, path } = await unconfirmed()
    const [mail, ...more] = await mailsTo(product, email)
    assert.equal(more.length, 0)
    assert.match(mail?.link?.href ?? '', new RegExp(`^${BASE_URL}${PAGE}\\?token=[\\w-]{43}$`))
    assert.match(mail?.paragraphs.join(' ') ?? '', /Firefox on Linux at the address 192\.0\.2\.1/)
    assert.ok(!JSON.stringify(await everyRow(product)).includes(path.slice(-43)), 'the token stands in the mail alone')
  })

  test('confirms the address of somebody who is signed out, who signs in then', async () => {
    const { email, path } = await unconfirmed()
    const browser = product.browser()
    const page = await followed(browser, path)
    assert.equal(page.status, 200)
    assert.match(page.html, /<h1>Confirm your email address<\/h1>/)
    assert.ok(page.text.includes(email))
    assert.equal(await confirmedAt(email), null, 'looking at it confirms nothing')
    const answer = await browser.post(PAGE)
    assert.deepEqual([answer.status, answer.location], [303, '/sign-in'])
    assert.match((await browser.get('/sign-in')).text, /Your email address is confirmed\./)
    assert.deepEqual(await confirmedAt(email), clock.now())
    assert.deepEqual(await loggedEvents(product, email), ['signed_up', 'email_confirmed'])
    assert.equal((await stateOf(database, email)).account.securityVersion, 1, 'what is open goes on')
  })

  test('confirms it signed in as well, and the session goes on', async () => {
    const { email, path } = await unconfirmed()
    const browser = await signedInBrowser(product, email)
    assert.match((await browser.get('/')).text, /Your email address isn't confirmed/)
    const answer = await confirming(path, browser)
    assert.deepEqual([answer.status, answer.location], [303, SETTINGS])
    assert.match((await browser.get(SETTINGS)).text, /Your email address is confirmed\. .*Confirmed on/)
    assert.doesNotMatch((await browser.get('/')).text, /isn't confirmed/)
  })

  test('is used up by the first of fifty at once (A54)', async () => {
    const { email, path } = await unconfirmed()
    const browsers = Array.from({ length: 50 }, () => product.browser())
    for (const browser of browsers) await browser.get(path)
    const answers = await Promise.all(browsers.map((browser) => browser.post(PAGE)))
    assert.equal(answers.filter(({ status }) => status === 303).length, 1)
    assert.equal(answers.filter(({ status }) => status === 410).length, 49)
    assert.equal((await stateOf(database, email)).count('email_confirmed'), 1)
  })

  test('opened by programs that scan mail, as often as they like, is as good as before (A54)', async () => {
    const { email, path } = await unconfirmed()
    const before = await everyRow(product)
    for (let scan = 0; scan < 3; scan++) {
      assert.equal((await followed(product.browser(), path)).status, 200)
      const head = await product.browser().send(path, { method: 'HEAD' })
      assert.deepEqual([head.status, head.location], [303, PAGE])
    }
    assert.deepEqual(await everyRow(product), before)
    assert.equal((await confirming(path)).status, 303)
    assert.ok(await confirmedAt(email))
  })

  test('is good for 24 hours, not a millisecond longer', async () => {
    const { email, path } = await unconfirmed()
    clock.advance(24 * HOUR - 1)
    assert.equal((await followed(product.browser(), path)).status, 200)
    clock.advance(1)
    const page = await followed(product.browser(), path)
    assert.equal(page.status, 410)
    assert.match(page.text, /This link doesn't work/)
    assert.equal((await confirming(path)).status, 410)
    assert.equal(await confirmedAt(email), null)
  })

  test('and the page without any link says that it is not complete, and how to get one', async () => {
    for (const answer of [await product.browser().get(PAGE), await product.browser().post(PAGE)]) {
      assert.equal(answer.status, 410)
      assert.match(answer.text, /is incomplete/)
      assert.match(answer.html, /href="\/settings\/email"/)
    }
  })

  test('of one account, in a browser that is signed in to another, changes neither (A54)', async () => {
    const { email, path } = await unconfirmed()
    const other = await confirmedAccount(product)
    const browser = await signedInBrowser(product, other)
    const before = await everyRow(product)
    const answer = await confirming(path, browser)
    assert.equal(answer.status, 409)
    assert.match(answer.text, /signed in to a different account/)
    assert.equal(await confirmedAt(email), null)
    assert.deepEqual(await everyRow(product), before)
    assert.equal((await confirming(path)).status, 303, 'it is still good')
  })

  test('is refused from another site and with a field too many, and stays good', async () => {
    const { email, path } = await unconfirmed()
    const browser = product.browser()
    await browser.get(path)
    const strange = { Origin: 'https://evil.example', 'Sec-Fetch-Site': 'cross-site' }
    assert.equal((await browser.post(PAGE, {}, strange)).status, 403)
    assert.equal((await browser.post(PAGE, { email: 'eve@example.com' })).status, 400)
    assert.equal(await confirmedAt(email), null)
    assert.equal((await browser.post(PAGE)).status, 303)
  })
})

describe('the link sent again', () => {
  const send = `${SETTINGS}/send-link`

  test('is the only one that works from then on (A54)', async () => {
    const { email, path } = await unconfirmed()
    const browser = await signedInBrowser(product, email)
    clock.advance(1)
    const answer = await browser.post(send)
    assert.deepEqual([answer.status, answer.location], [303, SETTINGS])
    assert.match((await browser.get(SETTINGS)).text, /A new link is on its way/)
    assert.equal((await confirming(path)).status, 410)
    const { path: newest } = await mailTo(product, email, CONFIRM)
    assert.notEqual(newest, path)
    assert.equal((await confirming(newest)).status, 303)
  })

  test('goes out once a minute and five times an hour, however often it is asked for (A55)', async () => {
    const { email } = await unconfirmed()
    const browser = await signedInBrowser(product, email)
    const statuses: number[] = []
    for (let request = 0; request < 5; request++) {
      statuses.push((await browser.post(send)).status, (await browser.post(send)).status)
      clock.advance(MINUTE)
    }
    assert.deepEqual(statuses, [303, 429, 303, 429, 303, 429, 303, 429, 303, 429])
    const refused = await browser.post(send)
    assert.deepEqual([refused.status, refused.headers.get('Retry-After')], [429, String(55 * 60)])
    assert.match(refused.text, /Try again in 55 minutes/)
    assert.equal((await mailsTo(product, email)).length, 6)
    clock.advance(55 * MINUTE)
    assert.equal((await (await signedInBrowser(product, email)).post(send)).status, 303)
  })

  test('is none where the address is confirmed', async () => {
    const email = await confirmedAccount(product)
    const browser = await signedInBrowser(product, email)
    const before = (await mailsTo(product, email)).length
    assert.equal((await browser.post(send)).location, SETTINGS)
    assert.equal((await mailsTo(product, email)).length, before)
    assert.doesNotMatch((await browser.get(SETTINGS)).html, /Send the link again/)
  })
})

describe('a second factor', () => {
  test('is set up with a confirmed address only, and the page says so and leads there', async () => {
    const { email, path } = await unconfirmed()
    const browser = await signedInBrowser(product, email)
    for (const ask of [
      () => browser.get(SET_UP),
      () => browser.get(`${SET_UP}/confirm`),
      () => browser.post(`${SET_UP}/confirm`, { password: PASSWORD }),
    ]) {
      const answer = await ask()
      assert.deepEqual([answer.status, answer.location], [303, SETTINGS])
      assert.match((await browser.get(SETTINGS)).text, /Confirm your email address first\..*Send the link again/)
    }
    await confirming(path)
    const answer = await browser.post(`${SET_UP}/confirm`, { password: PASSWORD })
    assert.deepEqual([answer.status, answer.location], [303, SET_UP])
  })

  test('is refused by /api/v1 and /1.0 too, each in its own form', async () => {
    const { email, path } = await unconfirmed()
    const api = apiClient(product)
    const session = await api.signedIn(email)
    const enrol = () => api.call('POST', '/two-factor/enrolment', session, { password: PASSWORD })
    const problem = await enrol()
    assert.deepEqual([problem.status, problem.body.type], [409, '/api/docs#problem-email_unconfirmed'])
    const jelastic = (method: string, fields: Record<string, string>) =>
      api.raw('POST', `/1.0/users/${method}`, {
        headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams(fields).toString(),
      })
    const { body: signedIn } = await jelastic('authentication/rest/signin', { login: email, password: PASSWORD })
    const config = () =>
      jelastic('account/rest/get2faconfig', { session: String(signedIn.session), password: PASSWORD })
    const refused = await config()
    assert.deepEqual([refused.status, refused.body.result, refused.body.secret], [200, 9017, undefined])
    await confirming(path)
    assert.equal((await enrol()).status, 201)
    assert.equal((await config()).body.result, 0)
  })

  test('needs no confirmation where no mail is sent; the page says where the mails lie', async () => {
    const { browser, email } = await signedUp(development)
    assert.equal((await browser.post(`${SET_UP}/confirm`, { password: PASSWORD })).location, SET_UP)
    const page = await browser.get(SETTINGS)
    assert.match(page.text, /Not confirmed.*This site can't send email yet/)
    const { path } = await mailTo(development, email, CONFIRM)
    await followed(browser, path)
    assert.equal((await browser.post(PAGE)).location, SETTINGS)
    assert.doesNotMatch((await product.browser().get('/reset-password/sent')).text, /files in the folder/)
  })
})
