import assert from 'node:assert/strict'
import { after, afterEach, describe, test } from 'node:test'
import {
  accountOf,
  confirmedAccount,
  everyRow,
  followed,
  latchkey,
  loggedEvents,
  mailsTo,
  mailTo,
  newEmail,
  PASSWORD,
  pageOf,
  resetLink,
  SET_UP,
  signedInBrowser,
  withTwoFactor,
} from '#testing/index.ts'
import { assertInvariants, everything, stateOf } from '#testing/invariants.ts'

// Sign-up where mail reaches people: it tells nobody whether an address has an account.
const product = await latchkey({ smtpUrl: 'smtp://localhost:1' })
const { clock, database, deps } = product
afterEach(async () => {
  assert.deepEqual(product.faults.splice(0), [])
  await assertInvariants(database, [PASSWORD])
})
after(product.close)

const HOUR = 60 * 60_000
const OTHER = 'another quiet harbour bell'
const TRIED = /^Someone gave your address/
const signUp = (email: string, password = PASSWORD, on = product) => on.browser().post('/sign-up', { email, password })
const triedMails = async (email: string) => (await mailsTo(product, email)).filter(({ subject }) => TRIED.test(subject))

describe('an account where mail reaches people', () => {
  test('is made but not signed in; the page says to check the mailbox', async () => {
    const email = newEmail()
    const browser = product.browser()
    const answer = await browser.post('/sign-up', { email, password: PASSWORD })
    assert.deepEqual([answer.status, answer.location], [303, '/sign-up/sent'])
    assert.equal(browser.cookies.size, 0)
    const page = await browser.get('/sign-up/sent')
    assert.match(page.html, /<h1>Check your email<\/h1>/)
    assert.doesNotMatch(page.text, /send email yet|are files/)
    const { sessions, account } = await stateOf(database, email)
    assert.deepEqual([sessions, account.emailConfirmedAt], [[], null])
    assert.deepEqual(await loggedEvents(product, email), ['signed_up'])
  })

  test('is confirmed, and then signed in to', async () => {
    const email = newEmail()
    const browser = product.browser()
    await browser.post('/sign-up', { email, password: PASSWORD })
    const { path } = await mailTo(product, email, /^Confirm/)
    await followed(browser, path)
    assert.equal((await browser.post(pageOf(path))).location, '/sign-in')
    assert.equal((await browser.post('/sign-in', { email, password: PASSWORD })).location, '/')
    assert.doesNotMatch((await browser.get('/')).text, /isn't confirmed/)
  })

  test('that was never confirmed still works, and is asked to confirm', async () => {
    const email = newEmail()
    await signUp(email)
    const browser = await signedInBrowser(product, email)
    const page = await browser.get('/')
    assert.match(page.text, /Your email address isn't confirmed/)
    assert.match(page.html, /href="\/settings\/email"/)
  })

  test('answers the same for an address that is free, taken, unconfirmed, or taken in another spelling (A50)', async () => {
    const taken = await confirmedAccount(product)
    const unconfirmed = newEmail()
    await signUp(unconfirmed)
    const answers: unknown[] = []
    for (const email of [newEmail(), taken, unconfirmed, ` ${taken.toUpperCase()}`]) {
      const { status, location, html, headers } = await signUp(email, OTHER)
      answers.push([status, location, html, [...headers]])
    }
    for (const answer of answers) assert.deepEqual(answer, answers[0])
    for (const email of [newEmail(), taken]) {
      const weak = await signUp(email, 'short')
      assert.equal(weak.status, 422)
      assert.doesNotMatch(weak.text, /account with this email/)
    }
  })

  test('costs one hash whether the address is taken or not (A51)', async () => {
    const taken = await confirmedAccount(product)
    for (const email of [newEmail(), taken]) {
      const { hash } = deps.passwords
      let made = 0
      deps.passwords.hash = (...of) => {
        made++
        return hash(...of)
      }
      await signUp(email)
      deps.passwords.hash = hash
      assert.equal(made, 1)
    }
  })

  test('that exists stays as it is; its owner hears about it, once an hour (A52)', async () => {
    const email = await confirmedAccount(product)
    const { mails: _mails, limits: _limits, ...before } = await everyRow(product)
    for (const spelling of [email, email.toUpperCase(), ` ${email} `]) await signUp(spelling, OTHER)
    const { mails: _, limits: __, ...now } = await everyRow(product)
    assert.deepEqual(now, before)
    const [mail, ...more] = await triedMails(email)
    assert.equal(more.length, 0)
    assert.match(mail?.paragraphs.join(' ') ?? '', /Someone tried to create an account with your address/)
    assert.ok(!JSON.stringify(mail).includes('token='), 'it holds nothing that opens anything')
    clock.advance(HOUR - 1)
    await signUp(email, OTHER)
    assert.equal((await triedMails(email)).length, 1)
    clock.advance(1)
    await signUp(email, OTHER)
    assert.equal((await triedMails(email)).length, 2)
    assert.equal((await product.browser().post('/sign-in', { email, password: OTHER })).status, 422)
  })

  test('is one for one mailbox, when twenty are made at once (A52)', async () => {
    const email = newEmail()
    const neighbour = await latchkey({ smtpUrl: 'smtp://localhost:1' }, product)
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        signUp(n % 3 ? email : email.toUpperCase(), `${PASSWORD} ${n}`, n % 2 ? neighbour : product),
      ),
    )
    assert.deepEqual(
      answers.map(({ status, location }) => `${status} ${location}`),
      Array(20).fill('303 /sign-up/sent'),
    )
    const { accounts } = await everything(database)
    assert.equal(accounts.filter((row) => row.email === email).length, 1)
    assert.equal((await mailsTo(product, email)).length, 1, 'the link, and nothing else before it is confirmed')
    assert.deepEqual(neighbour.faults, [])
  })

  test('counts with the budget of the address, made or not, and is not given back', async () => {
    const limited = await latchkey({ smtpUrl: 'smtp://localhost:1', attemptsPerAddress: 3 }, product)
    const taken = await confirmedAccount(product)
    const statuses: number[] = []
    for (const email of [newEmail(), taken, newEmail(), newEmail()]) {
      const browser = limited.browser({ address: '203.0.113.30' })
      statuses.push((await browser.post('/sign-up', { email, password: PASSWORD })).status)
    }
    assert.deepEqual(statuses, [303, 303, 303, 429])
  })

  test('made by a stranger with someone’s address goes to its owner with a reset, which shuts the stranger out', async () => {
    const email = newEmail()
    await signUp(email, OTHER)
    const stranger = await signedInBrowser(product, email, OTHER)
    await stranger.post('/settings/email/change', { email: newEmail(), password: OTHER })
    const path = await resetLink(product, email)
    const owner = product.browser()
    await owner.get(path)
    assert.equal((await owner.post(pageOf(path), { password: PASSWORD })).location, '/sign-in')
    assert.equal((await stranger.get('/')).location, '/sign-in')
    const { account, mailLinks } = await stateOf(database, email)
    assert.ok(account.emailConfirmedAt)
    assert.ok(mailLinks.every(({ purpose }) => purpose !== 'change_email'))
    assert.equal((await product.browser().post('/sign-in', { email, password: OTHER })).status, 422)
    const browser = await signedInBrowser(product, email)
    assert.equal((await browser.post(`${SET_UP}/confirm`, { password: PASSWORD })).location, SET_UP)
  })
})

test('an account with a second factor from before mail was set up still replaces its authenticator', async () => {
  const development = await latchkey({}, product)
  const { browser, email } = await withTwoFactor(development)
  const same = product.browser()
  for (const [name, value] of browser.cookies) same.cookies.set(name, value)
  assert.equal((await accountOf(product, email)).emailConfirmedAt, null)
  const answer = await same.post('/settings/two-factor/replace/confirm', { password: PASSWORD })
  assert.deepEqual([answer.status, answer.location], [303, '/settings/two-factor/replace'])
})
