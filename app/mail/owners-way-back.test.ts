import assert from 'node:assert/strict'
import { after, afterEach, describe, test } from 'node:test'
import { accessTokens } from '#db/schema.ts'
import {
  type Browser,
  confirmedAccount,
  enrolling,
  followed,
  latchkey,
  newEmail,
  PASSWORD,
  pageOf,
  pathIn,
  queuedFor,
  signedInBrowser,
  signedUp,
  withAnother,
  withToken,
  withTwoFactor,
} from '#testing/index.ts'
import { assertInvariants, everything, stateOf } from '#testing/invariants.ts'

const HOUR = 60 * 60_000
const NEW_PASSWORD = 'eleven sardines hum quietly'
const product = await latchkey()
const { clock, database } = product
afterEach(async () => {
  assert.deepEqual(product.faults.splice(0), [])
  await assertInvariants(database)
})
after(product.close)

/** The newest mail to the address whose subject matches. */
async function mailOf(email: string, subject: RegExp) {
  const mail = (await queuedFor(product, email)).findLast((each) => subject.test(each.subject))
  assert.ok(mail, `a mail ${subject} for ${email}`)
  return { ...mail, path: pathIn(mail) }
}
/** Presses the link and its button. Returns the status of the answer, 404 for a dead link. */
async function press(path: string, fields: Record<string, string> = {}, browser: Browser = product.browser()) {
  await followed(browser, path)
  return (await browser.post(pageOf(path), fields)).status
}
/** Asks for the address from `browser`, and confirms it there. */
async function moves(browser: Browser, email: string) {
  clock.advance(1000)
  const asked = await browser.post('/settings/email/change', { email, password: PASSWORD })
  assert.equal(asked.status, 303, asked.text)
  assert.equal(await press((await mailOf(email, /^Confirm your new/)).path, {}, browser), 303)
  clock.advance(1000)
}
const emails = async (id: number) => (await everything(database)).accounts.find((account) => account.id === id)?.email
const enrols = async (browser: Browser) => {
  const { enrolment } = await enrolling(product, browser)
  await browser.post('/settings/two-factor/set-up/recovery-codes', { enrolment, saved: 'yes' })
}
const signsIn = async (email: string, password = PASSWORD) =>
  (await product.browser().post('/sign-in', { email, password })).status
const CHANGED = /was changed$/
const CHOOSE = /^Choose a new password/

/** An account that somebody moved: the owner's address, the stranger's, and the stranger's browser. */
async function moved() {
  const { browser, email } = await signedUp(product)
  const theirs = newEmail()
  await moves(browser, theirs)
  const { account } = await stateOf(database, theirs)
  return { browser, email, theirs, id: account.id }
}

describe('an address that an account has left', () => {
  test('is kept for it for 72 hours: nobody signs up with it, and its mailbox hears why', async () => {
    const { email, theirs, id } = await moved()
    assert.equal((await product.browser().post('/sign-up', { email, password: PASSWORD })).status, 422)
    clock.advance(72 * HOUR - 2000)
    assert.equal((await product.browser().post('/sign-up', { email, password: PASSWORD })).status, 422)
    assert.equal(await emails(id), theirs)
    clock.advance(2000)
    assert.equal((await product.browser().post('/sign-up', { email, password: PASSWORD })).status, 303)
  })

  test('answers a stranger as one that is taken, where mail reaches people', async () => {
    const mailed = await latchkey({ smtpUrl: 'smtp://127.0.0.1:9' }, { clock })
    const email = await confirmedAccount(mailed)
    const browser = await signedInBrowser(mailed, email)
    const theirs = newEmail()
    await browser.post('/settings/email/change', { email: theirs, password: PASSWORD })
    const link = (await queuedFor(mailed, theirs)).at(-1)
    await followed(browser, link ? pathIn(link) : '')
    assert.equal((await browser.post('/mail/change-email')).status, 303)
    const [free, taken, kept] = await Promise.all(
      [newEmail(), theirs, email].map((address) =>
        mailed.browser().post('/sign-up', { email: address, password: PASSWORD }),
      ),
    )
    assert.deepEqual([kept?.status, kept?.location, kept?.text], [taken?.status, taken?.location, taken?.text])
    assert.equal(kept?.location, free?.location)
    const told = (await queuedFor(mailed, email)).at(-1)
    assert.match(told?.paragraphs.join(' ') ?? '', /We keep the address for it until .* UTC, so nothing was changed/)
    assert.equal((await everything(mailed.database)).accounts.length, 2)
    await mailed.close()
  })

  test('is refused to another account that wants to move there, also by a link that was mailed before', async () => {
    const { browser, email } = await signedUp(product)
    const other = await signedUp(product)
    const otherId = (await stateOf(database, other.email)).account.id
    await moves(browser, newEmail())
    await other.browser.post('/settings/email/change', { email, password: PASSWORD })
    assert.match(
      (await mailOf(email, /^Someone gave your address/)).paragraphs.join(' '),
      /keep the address for it until/,
    )
    assert.equal(await emails(otherId), other.email)
  })

  test('is taken by nobody in the very moment in which it is left', async () => {
    for (let round = 0; round < 4; round++) {
      const { browser, email } = await signedUp(product)
      const theirs = newEmail()
      await browser.post('/settings/email/change', { email: theirs, password: PASSWORD })
      const { path } = await mailOf(theirs, /^Confirm your new/)
      const [, ...answers] = await Promise.all([
        press(path, {}, browser),
        ...[1, 2, 3].map(() => product.browser().post('/sign-up', { email, password: PASSWORD })),
      ])
      assert.deepEqual(
        answers.map((answer) => answer.status),
        [422, 422, 422],
      )
    }
  })

  test('may be taken back by the account itself', async () => {
    const { browser, email, id } = await moved()
    await moves(browser, email)
    assert.equal(await emails(id), email)
  })
})

describe('"This was not me" after a change of address', () => {
  test('mails the new password to the mailbox whose link was pressed, and ends the links made since', async () => {
    const { browser, email, theirs, id } = await moved()
    const third = newEmail()
    await moves(browser, third)
    const older = await mailOf(theirs, CHANGED)
    assert.equal(await press((await mailOf(email, /was changed$/)).path), 303)
    assert.equal(await emails(id), email)
    assert.equal(await press(older.path), 404, 'the second mailbox has nothing to say')
    assert.match((await mailOf(third, /was taken off/)).paragraphs.join(' '), /has gone back to its earlier one/)
    for (const mailbox of [theirs, third])
      assert.ok(!(await queuedFor(product, mailbox)).some(({ subject }) => CHOOSE.test(subject)), 'no reset')
    assert.equal(await press((await mailOf(email, CHOOSE)).path, { password: NEW_PASSWORD }), 303)
    assert.equal(await signsIn(email, NEW_PASSWORD), 303)
  })

  test('leaves the links good that were made before the change', async () => {
    const { browser, email } = await signedUp(product)
    await withToken(product, browser)
    const before = await mailOf(email, /token was generated/)
    await moves(browser, newEmail())
    assert.equal(await press((await mailOf(email, CHANGED)).path), 303)
    assert.equal(await press(before.path), 303)
  })

  test('takes back what was added since, and notices of it went to the former mailbox as well', async () => {
    const { browser, email, theirs, id } = await moved()
    await enrols(browser)
    const { value } = await withToken(product, browser)
    for (const mailbox of [email, theirs])
      for (const subject of [/^Two-factor.*turned on/, /token was generated/]) await mailOf(mailbox, subject)
    assert.equal(await press((await mailOf(email, CHANGED)).path), 303)
    const { factors, recoveryCodes, sessions, knownBrowsers, trustedBrowsers } = await stateOf(database, email)
    assert.deepEqual([factors, recoveryCodes, sessions, knownBrowsers, trustedBrowsers], [[], [], [], [], []])
    const bearer = { Authorization: `Bearer ${value}` }
    assert.equal((await product.browser().get('/api/v1/account', bearer)).status, 401)
    const kept = (await database.db.select().from(accessTokens)).filter(({ accountId }) => accountId === id)
    assert.deepEqual(kept, [], 'it is gone, so that its owner can not allow it again')
  })

  test('keeps what there was: the owner’s authenticator stays, the one added since goes, newer recovery codes are spent', async () => {
    const { browser, email } = await withTwoFactor(product)
    const [own] = (await stateOf(database, email)).factors
    await moves(browser, newEmail())
    await withAnother(product, browser)
    await browser.post('/settings/two-factor/recovery-codes/confirm', { password: PASSWORD })
    const set = /name="set" value="(\d+)"/.exec((await browser.get('/settings/two-factor/recovery-codes')).html)?.[1]
    await browser.post('/settings/two-factor/recovery-codes/regenerate', { set: set ?? '' })
    assert.equal(await press((await mailOf(email, CHANGED)).path), 303)
    const { factors, recoveryCodes } = await stateOf(database, email)
    assert.deepEqual(
      factors.map(({ id }) => id),
      [own?.id],
    )
    assert.ok(
      recoveryCodes.every(({ usedAt }) => usedAt !== null),
      'spent',
    )
  })

  test('puts the address back from any notice that the former mailbox received', async () => {
    const { browser, email, id } = await moved()
    await withToken(product, browser)
    assert.equal(await press((await mailOf(email, /token was generated/)).path), 303)
    assert.equal(await emails(id), email)
    await mailOf(email, CHOOSE)
  })

  test('closes the old password until a new one is set', async () => {
    const { email } = await moved()
    assert.equal(await press((await mailOf(email, CHANGED)).path), 303)
    assert.equal(await signsIn(email), 422)
  })

  test('kills the links that were mailed to the address while the account went by it', async () => {
    const { browser, email, theirs, id } = await moved()
    await withToken(product, browser)
    await product.browser().post('/reset-password', { email: theirs })
    await browser.post('/settings/email/change', { email: newEmail(), password: PASSWORD })
    const [notMe, reset] = [await mailOf(theirs, /token was generated/), await mailOf(theirs, /^Reset your/)]
    assert.equal(await press((await mailOf(email, CHANGED)).path), 303)
    assert.equal(await press(notMe.path), 404)
    assert.notEqual(await press(reset.path, { password: NEW_PASSWORD }), 303)
    assert.equal(await emails(id), email)
  })
})

describe('an account that somebody else began with the owner’s address', () => {
  test('has no access token of theirs once the owner has confirmed the address and reset the password', async () => {
    const { browser, email } = await signedUp(product)
    const { value } = await withToken(product, browser)
    clock.advance(1000)
    assert.equal(await press((await mailOf(email, /^Confirm your email/)).path, {}, browser), 303)
    clock.advance(1000)
    await product.browser().post('/reset-password', { email })
    assert.equal(await press((await mailOf(email, /^Reset your/)).path, { password: NEW_PASSWORD }), 303)
    const bearer = { Authorization: `Bearer ${value}` }
    assert.equal((await product.browser().get('/api/v1/account', bearer)).status, 401)
  })
})
