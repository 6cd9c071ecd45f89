import assert from 'node:assert/strict'
import { after, afterEach, describe, test } from 'node:test'
import {
  type Browser,
  confirmedAccount,
  followed,
  latchkey,
  mailsTo,
  mailTo,
  newEmail,
  PASSWORD,
  pageOf,
  queuedFor,
  resetLink,
  signedInBrowser,
  withToken,
} from '#testing/index.ts'
import { assertInvariants, stateOf } from '#testing/invariants.ts'

const HOUR = 60 * 60_000
const OTHER = 'eleven sardines hum quietly'
const product = await latchkey({ smtpUrl: 'smtp://localhost:1' })
const { clock, database } = product
afterEach(async () => {
  assert.deepEqual(product.faults.splice(0), [])
  await assertInvariants(database)
})
after(product.close)

const subjects = async (email: string) => (await queuedFor(product, email)).map(({ subject }) => subject)

/** Signed up by somebody who may have nothing to do with the mailbox. */
async function unconfirmed(): Promise<{ email: string; browser: Browser }> {
  const email = newEmail()
  await product.browser().post('/sign-up', { email, password: PASSWORD })
  return { email, browser: await signedInBrowser(product, email) }
}

const ask = (browser: Browser, email: string) => browser.post('/settings/email/change', { email, password: PASSWORD })

const changeMails = async (email: string) =>
  (await mailsTo(product, email)).filter(({ subject }) => /^Confirm your new/.test(subject))

describe('an address that nobody confirmed', () => {
  test('gets its confirmation and resets, and nothing else, whatever is done with the account', async () => {
    const { email, browser } = await unconfirmed()
    await withToken(product, browser)
    await signedInBrowser(product, email) // from a browser that is new
    await browser.post('/settings/password', { current: PASSWORD, new: OTHER })
    await product.browser().post('/sign-up', { email, password: OTHER })
    const other = await signedInBrowser(product, await confirmedAccount(product))
    assert.equal((await ask(other, email)).status, 303)
    await resetLink(product, email)
    const [confirmation = '', reset = '', ...more] = await subjects(email)
    assert.match(confirmation, /^Confirm/)
    assert.match(reset, /^Reset/)
    assert.deepEqual(more, [])
    assert.ok((await stateOf(database, email)).count('password_changed') === 1, 'the log has it all the same')
  })

  test('gets news from the moment it is confirmed', async () => {
    const { email, browser } = await unconfirmed()
    const { path } = await mailTo(product, email, /^Confirm/)
    await followed(browser, path)
    await browser.post(pageOf(path))
    await withToken(product, browser)
    assert.ok((await subjects(email)).includes('An access token was generated'), 'told')
    await product.browser().post('/sign-up', { email, password: OTHER })
    assert.ok(
      (await subjects(email)).some((subject) => /^Someone gave your address/.test(subject)),
      'told',
    )
  })

  test('that the account leaves is not told, and holds no link that takes the account', async () => {
    const { email, browser } = await unconfirmed()
    const next = newEmail()
    await ask(browser, next)
    const { path } = await mailTo(product, next, /^Confirm your new/)
    await followed(browser, path)
    assert.equal((await browser.post(pageOf(path))).status, 303)
    assert.equal((await subjects(email)).length, 1, 'its confirmation')
    const { mailLinks } = await stateOf(database, next)
    assert.ok(
      mailLinks.every(({ purpose }) => purpose !== 'not_me'),
      'nobody holds a way to take it back',
    )
  })
})

describe('mails about a change of address', () => {
  test('to one mailbox are five an hour and ten a day, whoever asks; the page says the same (B8)', async () => {
    const victim = newEmail()
    const asked = async (times: number) => {
      const answers = new Set<string>()
      for (let n = 0; n < times; n++) {
        const stranger = await signedInBrowser(product, await confirmedAccount(product))
        const { status, location } = await ask(stranger, n % 2 ? victim : victim.toUpperCase())
        answers.add(`${status} ${location} ${(await stranger.get('/settings/email')).text.includes(victim)}`)
      }
      return [...answers]
    }
    assert.equal((await asked(7)).length, 1, 'one answer')
    assert.equal((await changeMails(victim)).length, 5)
    for (let hours = 1; hours <= 3; hours++) {
      clock.advance(HOUR)
      await asked(6)
    }
    assert.equal((await changeMails(victim)).length, 10)
    clock.advance(21 * HOUR)
    await asked(1)
    assert.equal((await changeMails(victim)).length, 11)
  })

  test('count for the mailbox behind notes of a plus', async () => {
    const [name = '', host = ''] = newEmail().split('@')
    for (let n = 0; n < 6; n++) {
      const stranger = await signedInBrowser(product, await confirmedAccount(product))
      await ask(stranger, `${name}+note${n}@${host}`)
    }
    assert.equal((await changeMails(`${name}+note4@${host}`)).length, 1)
    assert.equal((await changeMails(`${name}+note5@${host}`)).length, 0)
  })

  test('asked for by eight accounts at once are still five', async () => {
    const victim = newEmail()
    const strangers: Browser[] = []
    for (let n = 0; n < 8; n++) strangers.push(await signedInBrowser(product, await confirmedAccount(product)))
    await Promise.all(strangers.map((stranger) => ask(stranger, victim)))
    assert.equal((await changeMails(victim)).length, 5)
  })

  test('leave the link that went out good where no further one goes out, and no link to another address', async () => {
    const [mine, theirs] = [newEmail(), newEmail()]
    const browser = await signedInBrowser(product, await confirmedAccount(product))
    await ask(browser, theirs)
    await ask(browser, mine)
    const first = await mailTo(product, mine, /^Confirm your new/)
    for (let n = 0; n < 4; n++) await ask(await signedInBrowser(product, await confirmedAccount(product)), mine)
    await ask(browser, mine) // the sixth
    assert.equal((await browser.get(first.path)).status, 303)
    assert.match((await browser.get('/mail/change-email')).text, new RegExp(mine))
    await ask(browser, theirs)
    await ask(browser, mine) // nothing is mailed, and what went to the other address is over
    const gone = await followed(product.browser(), (await mailTo(product, theirs, /^Confirm your new/)).path)
    assert.doesNotMatch(gone.text, new RegExp(theirs))
    assert.notEqual(gone.status, 200)
  })
})
