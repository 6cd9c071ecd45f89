import assert from 'node:assert/strict'
import { after, afterEach, describe, test } from 'node:test'
import {
  accountOf,
  answerCode,
  BASE_URL,
  type Browser,
  codeOf,
  copyOf,
  everyRow,
  followed,
  latchkey,
  loggedEvents,
  mailsTo,
  mailTo,
  newEmail,
  openDoors,
  PASSWORD,
  resetLink,
  SESSION,
  signedInBrowser,
  signedInWith,
  signedUp,
  withTwoFactor,
} from '#testing/index.ts'
import { assertInvariants, everything, stateOf } from '#testing/invariants.ts'
import { linkPayload } from '../mail/links.ts'

const HOUR = 60 * 60_000
const FORM = '/settings/email/change'
const PAGE = '/mail/change-email'
const NEW_MAIL = /^Confirm your new email address/
const TRIED = /^Someone gave your address/

const product = await latchkey()
const { clock, database } = product
afterEach(async () => {
  assert.deepEqual(product.faults.splice(0), [])
  await assertInvariants(database, [PASSWORD])
})
after(product.close)

const ask = (browser: Browser, email: string, password = PASSWORD) => browser.post(FORM, { email, password })

/** A request made, and the link that went to the new address. */
async function asked(browser: Browser, email = newEmail()) {
  const answer = await ask(browser, email)
  assert.deepEqual([answer.status, answer.location], [303, '/settings/email'])
  return { newAddress: email, path: (await mailTo(product, email, NEW_MAIL)).path }
}

async function confirming(path: string, browser = product.browser()) {
  await browser.get(path)
  return browser.post(PAGE)
}

describe('asking for another address', () => {
  test('sends a link there and changes nothing else', async () => {
    const { browser, email } = await signedUp(product)
    const before = (await stateOf(database, email)).account
    const { newAddress } = await asked(browser)
    assert.match((await browser.get('/settings/email')).text, /Follow the link in the email to the new address/)
    assert.deepEqual((await stateOf(database, email)).account, before)
    const [mail] = await mailsTo(product, newAddress)
    assert.match(mail?.link?.href ?? '', new RegExp(`^${BASE_URL}${PAGE}\\?token=[\\w-]{43}$`))
    assert.ok(!JSON.stringify(mail).includes(email), 'who has the new mailbox is not told of the old one')
    assert.deepEqual((await loggedEvents(product, email)).slice(2), ['email_change_requested'])
  })

  test('takes the password, counted with the guesses at sign-in, and renews the session', async () => {
    const { browser, email } = await signedUp(product)
    const old = copyOf(product, browser)
    const refused = await ask(browser, 'Grace@example.com', 'not this one at all')
    assert.equal(refused.status, 422)
    assert.match(refused.text, /not the password of this account/)
    assert.match(refused.html, /value="Grace@example.com"/, 'the address stays as it was typed')
    assert.equal((await stateOf(database, email)).count('password_wrong'), 1)
    await asked(browser)
    assert.equal((await browser.get('/')).status, 200)
    assert.equal((await old.get('/')).location, '/sign-in')
  })

  test('refuses the address it has, and what is none, beside the field', async () => {
    const { browser, email } = await signedUp(product)
    for (const [typed, sentence] of [
      [` ${email.toUpperCase()} `, /That is the address you have now/],
      ['ada at example', /Enter an email address/],
    ] as const) {
      const answer = await ask(browser, typed)
      assert.equal(answer.status, 422)
      assert.match(answer.text, sentence)
      assert.match(answer.html, /aria-invalid="true"/)
    }
  })

  test('answers for a taken address as for a free one; its owner is told, once an hour (A50)', async () => {
    const { email: taken } = await signedUp(product)
    const { browser, email } = await signedUp(product)
    const free = await ask(browser, newEmail())
    const page = await browser.get('/settings/email')
    const other = await ask(browser, taken)
    assert.deepEqual([other.status, other.location, other.html], [free.status, free.location, free.html])
    assert.equal((await browser.get('/settings/email')).html, page.html)
    await ask(browser, taken)
    const mails = (await mailsTo(product, taken)).filter(({ subject }) => TRIED.test(subject))
    assert.equal(mails.length, 1)
    assert.ok(!JSON.stringify(mails).includes('token='), 'and no link that changes anything')
    assert.equal(
      (await stateOf(database, email)).mailLinks.filter(({ purpose }) => purpose === 'change_email').length,
      0,
    )
  })

  test('sends five mails an hour at most (A55)', async () => {
    const { browser, email } = await signedUp(product)
    const statuses: number[] = []
    for (let request = 0; request < 6; request++) statuses.push((await ask(browser, newEmail())).status)
    assert.deepEqual(statuses, [303, 303, 303, 303, 303, 429])
    clock.advance(HOUR)
    assert.equal((await ask(await signedInBrowser(product, email), newEmail())).status, 303)
  })

  test('anew takes the place of the request before', async () => {
    const { browser, email } = await signedUp(product)
    const { path: older } = await asked(browser)
    const { path: newer, newAddress } = await asked(browser)
    assert.equal((await confirming(older)).status, 410)
    assert.equal((await stateOf(database, email)).account.email, email)
    assert.equal((await confirming(newer)).status, 303)
    assert.equal((await stateOf(database, newAddress)).account.email, newAddress)
  })
})

describe('the link to change the address', () => {
  test('changes it once, confirmed; the old address is told, with a way to take it back', async () => {
    const { browser, email } = await signedUp(product)
    const { id } = await accountOf(product, email)
    const { path, newAddress } = await asked(browser)
    clock.advance(1000)
    const page = await followed(browser, path)
    assert.match(page.html, /<h1>Confirm your new address<\/h1>/)
    assert.ok(page.text.includes(newAddress))
    const answer = await browser.post(PAGE)
    assert.deepEqual([answer.status, answer.location], [303, '/settings/email'])
    assert.match((await browser.get('/settings/email')).text, /has been changed.*Confirmed on/)
    const { account, mailLinks } = await stateOf(database, newAddress)
    assert.deepEqual([account.id, account.emailConfirmedAt, account.securityVersion], [id, clock.now(), 2])
    assert.deepEqual((await loggedEvents(product, newAddress)).slice(2), ['email_change_requested', 'email_changed'])

    const notice = await mailTo(product, email, /was changed$/)
    assert.match(notice.paragraphs.join(' '), new RegExp(`goes by ${newAddress}.*Firefox on Linux`))
    assert.match(notice.path, /^\/mail\/not-me\?token=[\w-]{43}$/)
    const [notMe, ...others] = mailLinks
    assert.deepEqual([notMe?.purpose, others], ['not_me', []])
    const { kind, mailbox } = (notMe && linkPayload(product.vault, notMe)) ?? {}
    assert.deepEqual({ kind, mailbox }, { kind: 'email_changed', mailbox: email })

    const signIn = (of: string) => product.browser().post('/sign-in', { email: of, password: PASSWORD })
    assert.equal((await signIn(newAddress)).location, '/')
    assert.equal((await signIn(email)).status, 422)
  })

  test('ends the other sessions, pending sign-ins, trusted browsers and reset links; its own session goes on (A14)', async () => {
    const { browser, email, key, codes } = await withTwoFactor(product)
    const other = await signedInWith(product, email, codes[0] ?? '')
    const pending = await openDoors(product, email, await accountOf(product, email))
    const reset = await resetLink(product, email)
    const { path, newAddress } = await asked(browser)
    const old = copyOf(product, browser)
    assert.equal((await confirming(path, browser)).location, '/settings/email')
    assert.equal((await browser.get('/')).status, 200)
    for (const ended of [other, old]) assert.equal((await ended.get('/')).location, '/sign-in')
    assert.equal((await answerCode(pending, codeOf(key, clock.now()))).location, '/sign-in')
    assert.equal((await followed(product.browser(), reset)).status, 410)
    const { sessions, pendingSignIns, factors, account } = await stateOf(database, newAddress)
    assert.deepEqual([sessions.length, pendingSignIns.length, factors.length], [1, 0, 1])
    const { trustedBrowsers } = await everything(database)
    assert.ok(trustedBrowsers.every(({ accountId }) => accountId !== account.id))
  })

  test('works in a browser that is signed out: then every session ends', async () => {
    const { browser } = await signedUp(product)
    const { path, newAddress } = await asked(browser)
    const mailbox = product.browser()
    const answer = await confirming(path, mailbox)
    assert.deepEqual([answer.status, answer.location], [303, '/sign-in'])
    assert.equal(mailbox.cookies.has(SESSION), false, 'it signs nobody in')
    assert.equal((await browser.get('/')).location, '/sign-in')
    assert.equal((await stateOf(database, newAddress)).sessions.length, 0)
  })

  test('is used up by the first of fifty at once (A54)', async () => {
    const { browser } = await signedUp(product)
    const { path, newAddress } = await asked(browser)
    const browsers = Array.from({ length: 50 }, () => product.browser())
    for (const each of browsers) await each.get(path)
    const answers = await Promise.all(browsers.map((each) => each.post(PAGE)))
    assert.equal(answers.filter(({ status }) => status === 303).length, 1)
    assert.equal(answers.filter(({ status }) => status === 410).length, 49)
    assert.equal((await stateOf(database, newAddress)).count('email_changed'), 1)
  })

  test('opened by programs that scan mail changes nothing (A54)', async () => {
    const { browser } = await signedUp(product)
    const { path } = await asked(browser)
    const before = await everyRow(product)
    for (let scan = 0; scan < 3; scan++) assert.equal((await followed(product.browser(), path)).status, 200)
    assert.deepEqual(await everyRow(product), before)
    assert.equal((await confirming(path)).status, 303)
  })

  test('is refused where the address has an account by then, and nothing changes', async () => {
    const { browser, email } = await signedUp(product)
    const { path, newAddress } = await asked(browser)
    await product.browser().post('/sign-up', { email: newAddress, password: PASSWORD })
    const before = await everyRow(product)
    const answer = await confirming(path, browser)
    assert.equal(answer.status, 409)
    assert.match(answer.text, /now has an account of its own\. Nothing was changed/)
    assert.deepEqual(await everyRow(product), before)
    assert.equal((await browser.get('/')).status, 200)
    assert.equal((await stateOf(database, email)).account.securityVersion, 1)
  })

  test('of two accounts to one address, at once, works for one', async () => {
    const wanted = newEmail()
    const [first, second] = [await signedUp(product), await signedUp(product)]
    const paths: string[] = []
    for (const { browser } of [first, second]) {
      clock.advance(1)
      paths.push((await asked(browser, wanted)).path)
    }
    const answers = await Promise.all(paths.map((path) => confirming(path)))
    assert.deepEqual(answers.map(({ status }) => status).sort(), [303, 409])
    const { accounts } = await everything(database)
    assert.equal(accounts.filter(({ email }) => email === wanted).length, 1)
  })

  test('of one account, in a browser signed in to another, changes neither, and stays good (A54)', async () => {
    const { browser } = await signedUp(product)
    const { browser: stranger } = await signedUp(product)
    const { path } = await asked(browser)
    const before = await everyRow(product)
    const answer = await confirming(path, stranger)
    assert.equal(answer.status, 409)
    assert.match(answer.text, /signed in to a different account/)
    assert.deepEqual(await everyRow(product), before)
    assert.equal((await confirming(path)).status, 303)
  })

  for (const [what, change] of [
    [
      'password',
      (browser: Browser) =>
        browser.post('/settings/password', { current: PASSWORD, new: 'eleven sardines hum quietly' }),
    ],
    ['second factor', (browser: Browser) => browser.post('/settings/two-factor/disable', { password: PASSWORD })],
  ] as const)
    test(`is dead once the ${what} was changed: whoever asked for it may have been another (A14)`, async () => {
      const { browser, email } = await withTwoFactor(product)
      const { path } = await asked(browser)
      assert.equal((await change(browser)).status, 303)
      assert.equal((await confirming(path)).status, 410)
      assert.equal((await stateOf(database, email)).account.email, email)
    })

  test('is good for 24 hours, not a millisecond longer', async () => {
    const { browser, email } = await signedUp(product)
    const { path } = await asked(browser)
    clock.advance(24 * HOUR - 1)
    assert.equal((await followed(product.browser(), path)).status, 200)
    clock.advance(1)
    assert.equal((await confirming(path)).status, 410)
    assert.equal((await stateOf(database, email)).account.email, email)
  })
})
