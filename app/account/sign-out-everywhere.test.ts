import assert from 'node:assert/strict'
import { after, afterEach, describe, test } from 'node:test'
import { mailLinks } from '#db/schema.ts'
import {
  answerCode,
  codeOf,
  copyOf,
  everyRow,
  KNOWN,
  latchkey,
  manyOwingCode,
  owingCode,
  PASSWORD,
  SESSIONS_PAGE,
  signedUp,
  withToken,
  withTwoFactor,
} from '#testing/index.ts'
import { assertInvariants, stateOf } from '#testing/invariants.ts'
import { type LinkPurpose, newLink } from '../mail/links.ts'
import { signIn } from '../sign-in/sign-in.ts'

const product = await latchkey()
const { clock, database, deps, vault } = product
afterEach(async () => {
  assert.deepEqual(product.faults.splice(0), [])
  await assertInvariants(database)
})
after(product.close)

const EVERYTHING = `${SESSIONS_PAGE}/everything`
const CODE_PAGE = '/sign-in/two-factor'
const ORIGIN = { address: '192.0.2.1', browser: 'curl', system: null }

describe('"Sign Out Everywhere"', () => {
  test('is asked in a pop-up and on a page of its own, with one form and no password', async () => {
    const { browser } = await signedUp(product)
    const page = await browser.get(EVERYTHING)
    assert.match(page.html, /<h1>Sign Out Everywhere<\/h1>/)
    const list = await browser.get(SESSIONS_PAGE)
    assert.match(list.html, /<button type="button" class="danger" popovertarget="everything" aria-haspopup="dialog">/)
    for (const { html } of [page, list]) {
      const [form = ''] = /<form method="post" action="\/settings\/sessions\/everything".*?<\/form>/s.exec(html) ?? []
      assert.match(form, /Sign Out Everywhere/)
      assert.deepEqual(form.match(/<input[^>]*>/g), ['<input type="hidden" name="pressed" value="yes"/>'])
    }
  })

  test('ends all sessions, this one too, sign-ins half done and all trust, and freezes access tokens', async () => {
    const { browser, email, key } = await withTwoFactor(product)
    await withToken(product, browser)
    const trusted = await owingCode(product, email)
    await trusted.post(CODE_PAGE, { code: codeOf(key, clock.now()), trust: 'yes' })
    const api = await signIn(deps, { name: email, password: PASSWORD }, ORIGIN, 'api')
    const half = await owingCode(product, email)
    const copy = copyOf(product, browser)
    const before = await stateOf(database, email)

    const answer = await browser.post(EVERYTHING)
    assert.deepEqual([answer.status, answer.location], [303, '/sign-in'])
    assert.equal(answer.headers.get('Clear-Site-Data'), '"cache"')
    const { text } = await browser.get('/sign-in')
    assert.match(text, /signed out everywhere\..*access tokens are frozen\. If someone knows your password.*change it/)

    for (const each of [browser, copy, trusted])
      assert.equal((await each.get('/')).location?.startsWith('/sign-in'), true)
    assert.equal((await answerCode(half, codeOf(key, clock.now(), 1))).location, '/sign-in')
    assert.ok(api.ok)
    const { account, sessions, pendingSignIns, trustedBrowsers, kinds } = await stateOf(database, email)
    assert.deepEqual([sessions, pendingSignIns, trustedBrowsers], [[], [], []])
    assert.equal(account.securityVersion, before.account.securityVersion + 1)
    assert.deepEqual(account.tokensFrozenAt, clock.now())
    assert.deepEqual(kinds.filter((kind) => !before.kinds.includes(kind)).sort(), [
      'signed_out_everywhere',
      'tokens_frozen',
    ])
    assert.equal((await trusted.post('/sign-in', { email, password: PASSWORD })).location, CODE_PAGE)
  })

  test('stops nobody: neither a full count of wrong passwords nor a lack of recovery codes is in its way', async () => {
    const limited = await latchkey({ attemptsPerAddress: 3 }, product)
    const { browser } = await signedUp(limited)
    for (let guesses = 0; guesses < 12; guesses++)
      await browser.post('/settings/two-factor/set-up/confirm', { password: 'not the password at all' })
    assert.equal((await browser.post(EVERYTHING)).location, '/sign-in')

    const { email, codes, browser: owner } = await withTwoFactor(product)
    for (const code of codes) {
      const [one] = await manyOwingCode(product, email, 1)
      await answerCode(one ?? owner, code)
    }
    assert.equal((await owner.get('/settings/account')).location, '/settings/two-factor/recovery-codes')
    assert.equal((await owner.get(EVERYTHING)).status, 200)
    assert.equal((await owner.post(EVERYTHING)).location, '/sign-in')
  })

  test('touches no other account', async () => {
    const { browser: other, email } = await withTwoFactor(product)
    const rows = async () => JSON.stringify(await stateOf(database, email))
    const before = await rows()
    const { browser } = await signedUp(product)
    await browser.post(EVERYTHING)
    assert.equal(await rows(), before)
    assert.equal((await other.get('/')).status, 200)
  })

  test('pressed twenty times at once is done once, and nothing breaks (A33)', async () => {
    const neighbour = await latchkey({}, product)
    const { browser, email } = await signedUp(product)
    const copies = Array.from({ length: 20 }, (_, index) => copyOf(index % 2 ? product : neighbour, browser))
    for (const { status, location } of await Promise.all(copies.map((copy) => copy.post(EVERYTHING))))
      assert.deepEqual([status, location], [303, '/sign-in'])
    const { count, account } = await stateOf(database, email)
    assert.deepEqual([count('signed_out_everywhere'), count('tokens_frozen'), account.securityVersion], [1, 1, 2])
    assert.deepEqual(neighbour.faults, [])
  })

  test('wins against what is under way: sign-ins, codes, a change of password (A14, A76)', async () => {
    for (let round = 0; round < 4; round++) {
      const { browser, email, key } = await withTwoFactor(product)
      const half = await owingCode(product, email)
      await Promise.all([
        browser.post(EVERYTHING),
        answerCode(half, codeOf(key, clock.now())),
        product.browser().post('/sign-in', { email, password: PASSWORD }),
        copyOf(product, browser).post('/settings/two-factor/recovery-codes/confirm', { password: PASSWORD }),
      ])
      const { sessions, kinds } = await stateOf(database, email)
      assert.ok(kinds.includes('signed_out_everywhere'))
      assert.deepEqual(sessions, [])
    }
  })

  test('pressed again while access tokens are frozen, closes every door again and freezes nothing twice', async () => {
    const { browser, email } = await signedUp(product)
    await browser.post(EVERYTHING)
    await browser.post('/sign-in', { email, password: PASSWORD })
    const answer = await browser.post(EVERYTHING)
    assert.deepEqual([answer.status, answer.location], [303, '/sign-in'])
    const { count, sessions, account } = await stateOf(database, email)
    assert.deepEqual([count('signed_out_everywhere'), count('tokens_frozen'), sessions.length], [2, 1, 0])
    assert.ok(account.tokensFrozenAt)
  })

  test('ends a change of the email address that is under way, and leaves the way to a new password', async () => {
    const { browser, email } = await signedUp(product)
    const { account } = await stateOf(database, email)
    for (const purpose of ['change_email', 'reset_password'] satisfies LinkPurpose[])
      await database.db.insert(mailLinks).values(newLink(vault, { accountId: account.id, purpose }, clock.now()).link)
    await browser.post(EVERYTHING)
    const { mail_links: links = [] } = await everyRow(product)
    const own = links.filter((row) => row.includes(`"accountId":${account.id},`))
    assert.deepEqual(own.map((row) => JSON.parse(row).purpose).sort(), ['confirm_email', 'reset_password'])
  })

  test('forgets known browsers but this one, so that its owner is told of the next that signs in', async () => {
    const { browser, email } = await signedUp(product)
    const thief = product.browser()
    await thief.post('/sign-in', { email, password: PASSWORD })
    const noticed = async () =>
      (await stateOf(database, email)).events.filter(({ kind, notice }) => kind === 'signed_in' && notice).length
    const before = await noticed()
    await browser.post(EVERYTHING)
    assert.equal((await stateOf(database, email)).knownBrowsers.length, 1)
    assert.ok(browser.cookies.has(KNOWN))
    await browser.post('/sign-in', { email, password: PASSWORD })
    assert.equal(await noticed(), before)
    await thief.post('/sign-in', { email, password: PASSWORD })
    assert.equal(await noticed(), before + 1)
  })
})
