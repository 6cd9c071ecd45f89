import assert from 'node:assert/strict'
import { after, afterEach, describe, test } from 'node:test'
import { and, eq } from 'drizzle-orm'
import { accessTokens, accounts, factors, knownBrowsers, mails, sessions, trustedBrowsers } from '#db/schema.ts'
import {
  accountOf,
  type Browser,
  codeOf,
  everyRow,
  followed,
  latchkey,
  loggedEvents,
  manyOwingCode,
  newEmail,
  owingCode,
  PASSWORD,
  pathIn,
  queuedFor,
  SESSION,
  signedInWith,
  signedUp,
  TOKENS_PAGE,
  tokenIds,
  viewingCodes,
  withAnother,
  withToken,
  withTwoFactor,
} from '#testing/index.ts'
import { assertInvariants, everything, stateOf } from '#testing/invariants.ts'
import { type EventKind, securityEvent } from '../identity/security-events.ts'
import { newId } from '../lib/tokens.ts'
import { sealSecret } from '../two-factor/factor-secret.ts'
import { newLink } from './links.ts'
import { secureAccount } from './not-me.ts'

const HERE = '/mail/not-me'
const DONE = '/mail/not-me/done'
const HOUR = 60 * 60_000
const product = await latchkey()
const { clock, database, deps, vault } = product
afterEach(async () => {
  assert.deepEqual(product.faults.splice(0), [])
  await assertInvariants(database)
})
after(product.close)

/** A browser at the page behind the newest "This was not me" link to that address, and the page. */
async function atThePage(email: string, subject: RegExp) {
  const message = (await queuedFor(product, email)).findLast((each) => subject.test(each.subject))
  assert.ok(message, `a mail ${subject} for ${email}`)
  const browser = product.browser({ address: '203.0.113.50' })
  const page = await followed(browser, pathIn(message))
  return { browser, page, path: pathIn(message) }
}
/** Presses the button; the page after it. */
async function secured(browser: Browser) {
  const answer = await browser.post(HERE)
  assert.deepEqual([answer.status, answer.location], [303, DONE], answer.text)
  return browser.get(DONE)
}
const me = (token: string) => product.browser().get('/api/v1/account', { Authorization: `Bearer ${token}` })
/** The link to a new password, a new password, and a sign-in with it. */
async function ownerAgain(email: string, password = PASSWORD) {
  const reset = (await queuedFor(product, email)).findLast(({ subject }) => /^Choose a new password/.test(subject))
  assert.ok(reset, 'a link to a new password')
  const owner = product.browser()
  await followed(owner, pathIn(reset))
  assert.equal((await owner.post('/mail/reset-password', { password })).status, 303)
  const { location } = await owner.post('/sign-in', { email, password })
  return { owner, location }
}
const NEW_TOKEN = /^An access token was generated/

describe('the page behind "This was not me"', () => {
  test('says what happened and what the button will do; to look, as programs that scan mail do, changes nothing', async () => {
    const { browser, email } = await signedUp(product, { address: '198.51.100.7' })
    await withToken(product, browser)
    const { page, path } = await atThePage(email, NEW_TOKEN)
    assert.match(
      page.text,
      /An access token was generated for your account: 1 Mar 2026, 12:\d\d UTC , Firefox on Linux, 198\.51\.100\.7 \./,
    )
    for (const words of [
      'Remove that access token',
      'Sign you out everywhere',
      'Freeze your access tokens',
      'Secure my account',
    ])
      assert.ok(page.text.includes(words), words)
    assert.equal(page.headers.get('Cache-Control'), 'no-store')
    const before = await everyRow(product)
    for (let times = 0; times < 3; times++) {
      const scanner = product.browser({ userAgent: 'MailScanner/1.0' })
      const answer = await scanner.get(path)
      assert.deepEqual([answer.status, answer.location], [303, HERE])
      await scanner.send(path, { method: 'HEAD' })
      assert.equal((await scanner.get(HERE)).status, 200)
      assert.equal((await product.browser().get(HERE)).status, 404, 'without the cookie there is nothing')
    }
    assert.deepEqual(await everyRow(product), before)
  })

  test('is gone after 72 hours, and was there until then', async () => {
    const { browser, email } = await signedUp(product)
    await withToken(product, browser)
    const { browser: reader } = await atThePage(email, NEW_TOKEN)
    clock.advance(72 * HOUR - 1)
    assert.equal((await reader.get(HERE)).status, 200)
    clock.advance(1)
    for (const answer of [await reader.get(HERE), await reader.post(HERE)]) {
      assert.equal(answer.status, 404)
      assert.match(answer.text, /This link doesn't work/)
    }
    assert.equal((await stateOf(database, email)).count('reported_not_me'), 0)
  })

  test('a link of another purpose, or none at all, opens nothing', async () => {
    const { email } = await signedUp(product)
    const { id } = await accountOf(product, email)
    const { token, link } = newLink(vault, { accountId: id, purpose: 'reset_password' }, clock.now())
    await product.deps.passwordResets.requestReset({
      link,
      mail: {
        id: newId(),
        accountId: id,
        sealed: vault.seal('mail', 'x', Buffer.alloc(60)),
        createdAt: clock.now(),
        nextAttemptAtMs: 0,
      },
      event: securityEvent('password_reset_requested', id, { address: '', browser: '', system: null }, clock.now()),
    })
    for (const each of [token, 'x'.repeat(43), '', 'junk']) {
      const browser = product.browser()
      assert.equal((await browser.get(`${HERE}?token=${each}`)).location, HERE)
      assert.equal((await browser.get(HERE)).status, 404)
      assert.equal((await browser.post(HERE)).status, 404)
    }
    await database.db.delete(mails)
  })

  test('another site can not press its button', async () => {
    const { browser, email } = await signedUp(product)
    await withToken(product, browser)
    const { browser: reader } = await atThePage(email, NEW_TOKEN)
    const answer = await reader.post(HERE, {}, { Origin: 'https://evil.example', 'Sec-Fetch-Site': 'cross-site' })
    assert.equal(answer.status, 403)
    assert.equal((await stateOf(database, email)).count('reported_not_me'), 0)
  })
})

describe('"Secure my account"', () => {
  test('ends sessions and half-done sign-ins, forgets browsers, freezes tokens, and sends a link to a new password', async () => {
    const { browser, email, key, codes } = await withTwoFactor(product)
    const { value } = await withToken(product, browser, { description: 'The owner’s own' })
    const account = await accountOf(product, email)
    const origin = { address: '192.0.2.1', browser: 'Firefox', system: 'Linux' }
    const now = clock.now()
    await database.db.insert(trustedBrowsers).values({
      id: newId(),
      tokenHash: newId(),
      accountId: account.id,
      securityVersion: account.securityVersion,
      trustedAt: now,
      expiresAt: new Date(now.getTime() + HOUR),
      ...origin,
    })
    await database.db
      .insert(knownBrowsers)
      .values({ tokenHash: newId(), accountId: account.id, firstSeenAt: now, lastSeenAt: now })
    await viewingCodes(browser)
    const stranger = await signedInWith(product, email, codes[0] ?? '')
    const halfIn = await owingCode(product, email)
    assert.equal((await me(value)).status, 200)
    clock.advance(1000)

    const { browser: reader, page } = await atThePage(email, /^Your recovery codes were viewed/)
    assert.match(page.text, /generate new recovery codes/)
    const done = await secured(reader)
    assert.match(done.text, /Your account is secured/)
    assert.match(done.text, /This site can't send email yet/)

    for (const each of [browser, stranger]) assert.match((await each.get('/')).location ?? '', /^\/sign-in/)
    assert.equal((await halfIn.get('/sign-in/two-factor')).status, 303)
    const state = await stateOf(database, email)
    assert.deepEqual(
      [state.sessions, state.pendingSignIns, state.trustedBrowsers, state.knownBrowsers],
      [[], [], [], []],
    )
    assert.equal(state.account.securityVersion, account.securityVersion + 1)
    assert.deepEqual((await loggedEvents(product, email)).slice(-2), ['reported_not_me', 'tokens_frozen'])
    assert.equal((await me(value)).status, 401)

    const reset = (await queuedFor(product, email)).at(-1)
    assert.equal(reset?.subject, 'Choose a new password for Latchkey')
    assert.match(reset.link?.href ?? '', /^https:\/\/latchkey\.test\/mail\/reset-password\?token=[\w-]{43}$/)
    assert.equal(state.mailLinks.filter(({ purpose }) => purpose === 'reset_password').length, 1)
    // The link goes where it says, and a second factor stays on (A55).
    const owner = product.browser()
    await followed(owner, pathIn(reset))
    const chosen = 'eleven sardines hum quietly'
    assert.equal((await owner.post('/mail/reset-password', { password: chosen })).status, 303)
    const next = await owner.post('/sign-in', { email, password: chosen })
    assert.equal(next.location, '/sign-in/two-factor')
    assert.equal((await owner.post('/sign-in/two-factor', { code: codeOf(key, clock.now()) })).status, 303)
  })

  test('works once, however often it is pressed at once', async () => {
    const { browser, email } = await signedUp(product)
    await withToken(product, browser)
    const { browser: reader } = await atThePage(email, NEW_TOKEN)
    const answers = await Promise.all(
      Array.from({ length: 8 }, () =>
        reader.send(HERE, {
          method: 'POST',
          body: '',
          headers: { 'Content-Type': 'application/x-www-form-urlencoded', Origin: 'https://latchkey.test' },
        }),
      ),
    )
    assert.equal(answers.filter(({ status }) => status === 303).length, 1)
    assert.equal(answers.filter(({ status }) => status === 404).length, 7)
    const { count } = await stateOf(database, email)
    assert.deepEqual([count('reported_not_me'), count('tokens_frozen'), count('token_removed')], [1, 1, 1])
    const resets = (await queuedFor(product, email)).filter(({ subject }) => /^Choose/.test(subject))
    assert.equal(resets.length, 1)
  })

  test('is told of by one mail only: what it undoes brings no notice, and so no link, of its own', async () => {
    const { email } = await withTwoFactor(product)
    const { browser: reader } = await atThePage(email, /turned on/)
    const before = (await queuedFor(product, email)).length
    await secured(reader)
    assert.equal((await queuedFor(product, email)).length, before + 1)
  })

  test('a sign-in or a change in the very moment neither survives it nor stops it', async () => {
    for (let rounds = 0; rounds < 4; rounds++) {
      const { browser, email, key } = await withTwoFactor(product)
      await withToken(product, browser)
      const { browser: reader } = await atThePage(email, NEW_TOKEN)
      const [halfIn] = await manyOwingCode(product, email, 1)
      const [answer] = await Promise.all([
        reader.post(HERE),
        halfIn?.post('/sign-in/two-factor', { code: codeOf(key, clock.now()) }),
        browser.post('/settings/password', { current: PASSWORD, new: 'eleven sardines hum quietly' }),
      ])
      assert.equal(answer.status, 303)
      const state = await stateOf(database, email)
      assert.deepEqual([state.sessions, state.pendingSignIns], [[], []])
      await assertInvariants(database)
    }
  })

  test('links by which somebody else could change the account still are dead after it', async () => {
    const { browser, email } = await signedUp(product)
    await withToken(product, browser)
    const theirs = newEmail()
    await browser.post('/settings/email/change', { email: theirs, password: PASSWORD })
    const changing = (await everything(database)).mailLinks.filter(({ purpose }) => purpose === 'change_email')
    assert.equal(changing.length, 1, 'a change is on its way')
    const { browser: reader } = await atThePage(email, NEW_TOKEN)
    await secured(reader)
    const left = (await stateOf(database, email)).mailLinks.map(({ purpose }) => purpose)
    assert.deepEqual(left, ['reset_password'])
  })
})

describe('what can be undone is', () => {
  const textAfter = async (email: string, subject: RegExp) => {
    const { browser, page } = await atThePage(email, subject)
    return { page: page.text, done: (await secured(browser)).text }
  }

  test('a token: that one is gone, the others are there, frozen', async () => {
    const { browser, email } = await signedUp(product)
    const own = await withToken(product, browser)
    await queuedFor(product, email)
    clock.advance(1000)
    const theirs = await withToken(product, browser)
    const { done } = await textAfter(email, NEW_TOKEN)
    assert.match(done, /The access token is gone\./)
    const rows = await database.db.select().from(accessTokens)
    assert.ok(rows.some(({ id }) => id === own.id) && !rows.some(({ id }) => id === theirs.id))
    assert.equal((await me(own.value)).status, 401)
  })

  test('a regenerated token: it is gone, old value and new', async () => {
    const { browser, email } = await signedUp(product)
    const { id, value } = await withToken(product, browser)
    const expires_at = new Date(clock.now().getTime() + 48 * HOUR).toISOString().slice(0, 10)
    await browser.post(`${TOKENS_PAGE}/${id}/regenerate`, { expires_at, overlap: 'yes', password: PASSWORD })
    assert.equal((await me(value)).status, 200)
    await textAfter(email, /was regenerated/)
    assert.equal((await me(value)).status, 401)
    assert.deepEqual(await database.db.select().from(accessTokens).where(eq(accessTokens.id, id)), [])
  })

  test('a second factor that a stranger turned on does not lock the owner out', async () => {
    const { email } = await withTwoFactor(product)
    const { page, done } = await textAfter(email, /turned on/)
    assert.match(page, /Turn two-factor authentication off again/)
    assert.match(done, /Two-factor authentication is off again\./)
    const { factors: left, recoveryCodes, kinds, account } = await stateOf(database, email)
    assert.deepEqual([left, recoveryCodes], [[], []])
    assert.deepEqual(kinds.slice(-3).sort(), ['reported_not_me', 'second_factor_off', 'tokens_frozen'])
    assert.equal(account.securityVersion, 4)
    const owner = await ownerAgain(email)
    assert.equal(owner.location, '/')
  })

  test('nor do those that the stranger added after it or put in its place: all of them go', async () => {
    const { browser, email } = await withTwoFactor(product)
    const { browser: reader } = await atThePage(email, /turned on/)
    await withAnother(product, browser)
    const [first] = (await stateOf(database, email)).factors
    await browser.post(`/settings/two-factor/authenticators/${first?.id}/remove`, { password: PASSWORD })
    await withAnother(product, browser, 'A third')
    assert.match((await reader.get(HERE)).text, /Turn two-factor authentication off again/)
    assert.match((await secured(reader)).text, /is off again/)
    const { factors: left, recoveryCodes } = await stateOf(database, email)
    assert.deepEqual([left, recoveryCodes], [[], []])
    assert.equal((await ownerAgain(email)).location, '/')
  })

  /** As the flow that adds an authenticator writes it. */
  async function added(email: string, like: Partial<typeof factors.$inferInsert> = {}) {
    const { id: accountId, securityVersion } = await accountOf(product, email)
    const id = newId()
    const now = clock.now()
    const secret = sealSecret(vault, id, new Uint8Array(20))
    await database.db
      .insert(factors)
      .values({ id, accountId, kind: 'totp', slot: id, secret, counter: 0, addedAt: now, ...like })
    await database.db
      .update(accounts)
      .set({ securityVersion: securityVersion + 1 })
      .where(eq(accounts.id, accountId))
    await happened(accountId, 'authenticator_added', id)
    return id
  }
  const happened = (accountId: number, kind: EventKind, subject: string | null = null) =>
    deps.signIns.record(
      securityEvent(kind, accountId, { address: '192.0.2.1', browser: 'Firefox', system: 'Linux' }, clock.now(), null, {
        subject,
      }),
    )

  test('an added authenticator: that one is gone, the one before stays', async () => {
    const { email } = await withTwoFactor(product)
    const [before] = (await stateOf(database, email)).factors
    await added(email)
    const { done } = await textAfter(email, /authenticator was added/)
    assert.match(done, /The authenticator is gone\./)
    assert.deepEqual(
      (await stateOf(database, email)).factors.map(({ id }) => id),
      [before?.id],
    )
    assert.equal((await stateOf(database, email)).count('authenticator_removed'), 1)
  })

  test('an added passkey: it is gone, and signs nobody in', async () => {
    const { email } = await withTwoFactor(product)
    const [before] = (await stateOf(database, email)).factors
    const id = await added(email, { kind: 'passkey', credentialId: newId(), resistsPhishing: 1 })
    const credentialId = (await stateOf(database, email)).factors.find((factor) => factor.id === id)?.credentialId ?? ''
    const { done } = await textAfter(email, /authenticator was added/)
    assert.match(done, /The authenticator is gone\./)
    const left = (await stateOf(database, email)).factors.map((factor) => factor.id)
    assert.deepEqual(left, [before?.id])
    assert.equal(await deps.signInsAlone.ownerOf(credentialId, []), undefined)
  })

  test('an added authenticator that is the last one stays: to remove it would turn the second factor off (A55)', async () => {
    const { email } = await withTwoFactor(product)
    const [before] = (await stateOf(database, email)).factors
    const id = await added(email)
    const { id: accountId, securityVersion } = await accountOf(product, email)
    await database.db.delete(factors).where(eq(factors.id, before?.id ?? ''))
    await database.db
      .update(accounts)
      .set({ securityVersion: securityVersion + 1 })
      .where(eq(accounts.id, accountId))
    await happened(accountId, 'authenticator_removed', before?.id)
    const { page } = await textAfter(email, /authenticator was added/)
    assert.match(page, /can't undo this from here/)
    assert.deepEqual(
      (await stateOf(database, email)).factors.map((factor) => factor.id),
      [id],
    )
  })

  /** The address is changed through the product, and read in both mailboxes. */
  async function movedTo(theirs: string) {
    const { browser, email } = await signedUp(product)
    await browser.post('/settings/email/change', { email: theirs, password: PASSWORD })
    const change = (await queuedFor(product, theirs)).at(-1)
    assert.ok(change, 'a mail')
    await followed(browser, pathIn(change))
    await browser.post('/mail/change-email')
    assert.equal((await stateOf(database, theirs)).count('email_changed'), 1)
    return email
  }

  test('the email address: the one before is back, and the link to a new password goes there', async () => {
    const theirs = newEmail()
    const email = await movedTo(theirs)
    const { page, done } = await textAfter(email, /was changed/)
    assert.match(page, new RegExp(`Put the address ${email} back`))
    assert.match(done, /Your email address is back\./)
    const { account, count } = await stateOf(database, email)
    assert.ok(account.emailConfirmedAt, 'confirmed')
    assert.deepEqual([count('email_restored'), count('reported_not_me')], [1, 1])
    assert.match((await queuedFor(product, email)).at(-1)?.subject ?? '', /^Choose a new password/)
    assert.ok((await queuedFor(product, theirs)).every(({ subject }) => !/^Choose/.test(subject)))
  })

  test('the email address, unless it belongs to another account, as only an old backup can have it: that one keeps it', async () => {
    const theirs = newEmail()
    const email = await movedTo(theirs)
    const { browser: reader } = await atThePage(email, /was changed/)
    const { email: another } = await signedUp(product)
    await database.db.update(accounts).set({ email }).where(eq(accounts.email, another))
    assert.match((await reader.get(HERE)).text, /belongs to another account now/)
    await secured(reader)
    assert.equal((await stateOf(database, theirs)).count('email_restored'), 0)
    assert.equal((await stateOf(database, email)).count('reported_not_me'), 0)
  })

  test('nothing can be taken back of a changed password: the page says so, and all else is done', async () => {
    const { browser, email } = await signedUp(product)
    await browser.post('/settings/password', { current: PASSWORD, new: 'eleven sardines hum quietly' })
    const { page } = await textAfter(email, /^Your password was changed/)
    assert.match(page, /The old password doesn't come back\. You choose a new one\./)
    assert.deepEqual((await stateOf(database, email)).sessions, [])
  })
})

describe('frozen access tokens', () => {
  async function frozen() {
    const { browser, email } = await signedUp(product)
    const kept = await withToken(product, browser)
    await browser.post('/settings/password', { current: PASSWORD, new: 'eleven sardines hum quietly' })
    const { browser: reader } = await atThePage(email, /^Your password was changed/)
    await secured(reader)
    const { owner } = await ownerAgain(email, 'eleven sardines hum quietly')
    assert.ok(owner.cookies.has(SESSION), 'the owner is in')
    return { owner, email, ...kept }
  }

  test('open nothing at either API, old ones and new ones, until their owner allows them with the password', async () => {
    const { owner, email, value } = await frozen()
    const jelastic = async (token: string) =>
      (await product.browser().post('/1.0/users/account/rest/getuserinfo', { session: token })).text
    const { text } = await owner.get(TOKENS_PAGE)
    assert.match(text, /Your access tokens are frozen\./)
    const made = await owner.post(`${TOKENS_PAGE}/generate/confirm`, {
      description: 'New',
      expires_at: new Date(clock.now().getTime() + 48 * HOUR).toISOString().slice(0, 10),
      'scope-account-read': 'yes',
      password: 'eleven sardines hum quietly',
    })
    assert.equal(made.status, 303)
    const fresh = /\blk_[0-9A-Za-z]{38}\b/.exec((await owner.get(`${TOKENS_PAGE}/value`)).html)?.[0] ?? ''
    for (const token of [value, fresh]) {
      assert.equal((await me(token)).status, 401)
      assert.doesNotMatch(await jelastic(token), /"result":0/)
    }
    const wrong = await owner.post(`${TOKENS_PAGE}/release`, { password: 'not that one at all' })
    assert.equal(wrong.status, 422)
    assert.match(wrong.text, /That is not the password of this account\./)
    assert.match(wrong.text, /Your access tokens are frozen\./)
    assert.equal((await owner.post(`${TOKENS_PAGE}/release`, {})).status, 422)
    assert.equal((await me(value)).status, 401)

    const answer = await owner.post(`${TOKENS_PAGE}/release`, { password: 'eleven sardines hum quietly' })
    assert.equal(answer.location, TOKENS_PAGE)
    const list = await owner.get(TOKENS_PAGE)
    assert.match(list.text, /Your access tokens work again\./)
    assert.doesNotMatch(list.text, /are frozen/)
    assert.equal(tokenIds(list.html).length, 2)
    for (const token of [value, fresh]) {
      assert.equal((await me(token)).status, 200)
      assert.match(await jelastic(token), /"result":0/)
    }
    assert.equal((await stateOf(database, email)).count('tokens_released'), 1)
  })

  test('are allowed once, however many windows ask', async () => {
    const { owner, email } = await frozen()
    const answers = await Promise.all(
      [1, 2, 3].map(() => owner.post(`${TOKENS_PAGE}/release`, { password: 'eleven sardines hum quietly' })),
    )
    assert.ok(answers.every(({ status }) => status === 303))
    assert.equal((await stateOf(database, email)).count('tokens_released'), 1)
  })

  test('a second report while they are frozen freezes them no second time', async () => {
    const { email } = await frozen()
    const { id } = await accountOf(product, email)
    const { token, link } = newLink(
      vault,
      { accountId: id, purpose: 'not_me', payload: { kind: 'signed_in' } },
      clock.now(),
    )
    await deps.mailing.queueNotice({
      eventId: (await pendingNotice(id)).id,
      copies: [
        {
          link,
          mail: {
            id: newId(),
            accountId: id,
            sealed: vault.seal('mail', 'x', Buffer.alloc(60)),
            createdAt: clock.now(),
            nextAttemptAtMs: 0,
          },
          budget: { key: `test:${id}`, most: 9, windowMs: HOUR },
        },
      ],
      nowMs: clock.now().getTime(),
    })
    const origin = { address: '192.0.2.1', browser: 'Firefox', system: 'Linux' }
    assert.deepEqual(await secureAccount(deps, token, origin), { ok: true, undone: undefined })
    assert.deepEqual(await secureAccount(deps, token, origin), { ok: false, reason: 'gone' })
    const { count, account } = await stateOf(database, email)
    assert.deepEqual([count('reported_not_me'), count('tokens_frozen')], [2, 1])
    assert.ok(account.tokensFrozenAt, 'frozen')
    assert.equal(
      (
        await database.db
          .select()
          .from(sessions)
          .where(and(eq(sessions.accountId, id)))
      ).length,
      0,
    )
  })

  async function pendingNotice(accountId: number) {
    const event = securityEvent(
      'recovery_codes_viewed',
      accountId,
      { address: '', browser: '', system: null },
      clock.now(),
    )
    await deps.signIns.record(event)
    return event
  }
})
