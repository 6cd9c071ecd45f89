import assert from 'node:assert/strict'
import { after, afterEach, describe, test } from 'node:test'
import { eq } from 'drizzle-orm'
import { accounts } from '#db/schema.ts'
import {
  accountOf,
  answerCode,
  BASE_URL,
  type Browser,
  codeOf,
  confirmedAccount,
  everyRow,
  followed,
  latchkey,
  loggedEvents,
  mailsTo,
  mailTo,
  newEmail,
  openDoors,
  owingCode,
  PASSWORD,
  resetLink,
  SESSION,
  signedInBrowser,
  signedUp,
  tokenFields,
  withToken,
  withTwoFactor,
} from '#testing/index.ts'
import { assertInvariants, everything, stateOf } from '#testing/invariants.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const NEW = 'eleven sardines hum quietly'
const ASK = '/reset-password'
const PAGE = '/mail/reset-password'

const product = await latchkey()
const mailing = await latchkey({ smtpUrl: 'smtp://localhost:1' }, product)
const { clock, database } = product
afterEach(async () => {
  assert.deepEqual([...product.faults.splice(0), ...mailing.faults.splice(0)], [])
  await assertInvariants(database, [PASSWORD, NEW])
})
after(product.close)

async function resetting(path: string, password = NEW, browser = product.browser()) {
  await browser.get(path)
  return browser.post(PAGE, { password })
}

/** Asks again where the queue for passwords was full, as the answer says. */
async function insisting(browser: Browser, form: { password: string }): ReturnType<Browser['post']> {
  const answer = await browser.post(PAGE, form)
  return answer.status === 503 ? insisting(browser, form) : answer
}

const signIn = (email: string, password: string) => product.browser().post('/sign-in', { email, password })
const hashOf = async (email: string) => (await accountOf(product, email)).passwordHash

describe('asking for a new password', () => {
  test('is one link away from the sign-in page', async () => {
    assert.match(
      (await product.browser().get('/sign-in')).html,
      /<a href="\/reset-password">Forgot your password\?<\/a>/,
    )
    assert.match((await product.browser().get(ASK)).html, /<h1>Reset your password<\/h1>/)
  })

  test('answers the same to a known, an unknown, a suspended and an unconfirmed address (A50)', async () => {
    const known = await confirmedAccount(mailing)
    const { email: unconfirmed } = await signedUp(product)
    const suspended = await confirmedAccount(mailing)
    await database.db.update(accounts).set({ suspendedAt: clock.now() }).where(eq(accounts.email, suspended))
    const answers: unknown[] = []
    for (const email of [known, newEmail(), suspended, unconfirmed, ` ${known.toUpperCase()}`]) {
      const browser = mailing.browser()
      const { status, location, headers, html } = await browser.post(ASK, { email })
      const sent = await browser.get(location ?? '')
      answers.push([status, location, html, [...headers], sent.status, sent.html, [...sent.headers]])
    }
    for (const answer of answers) assert.deepEqual(answer, answers[0])
    assert.deepEqual((answers[0] as unknown[]).slice(0, 2), [303, '/reset-password/sent'])
  })

  test('does the same work for a known and an unknown address, and keeps nothing of the unknown one (A51)', async () => {
    const { email } = await signedUp(product)
    const counted: number[] = []
    for (const each of [email, newEmail()]) {
      const before = await everyRow(product)
      counted.push(await statementsOf((browser) => browser.post(ASK, { email: each })))
      const { limits: _, ...now } = await everyRow(product)
      for (const [table, rows] of Object.entries(now)) if (each !== email) assert.deepEqual(rows, before[table], table)
    }
    const [known = 0, unknown = 0] = counted
    assert.ok(known >= 6, `${known} statements`)
    assert.equal(unknown - known, 1, 'one more, which undoes the others')
  })

  test('answers as ever when the address is signed up in the same moment, and leaves nothing behind', async () => {
    const { email } = await signedUp(product)
    const { passwordResets } = product.deps
    const { ownerOf } = passwordResets
    const before = await everything(database)
    passwordResets.ownerOf = async () => undefined // as a moment before
    const answer = await product.browser().post(ASK, { email })
    passwordResets.ownerOf = ownerOf
    assert.deepEqual([answer.status, answer.location], [303, '/reset-password/sent'])
    const { limits: _, ...now } = await everything(database)
    for (const [table, rows] of Object.entries(now)) assert.deepEqual(rows, before[table as keyof typeof now], table)
  })

  test('says where the mail is if none is sent', async () => {
    assert.match((await product.browser().get('/reset-password/sent')).text, /This site can't send email yet/)
    assert.doesNotMatch((await mailing.browser().get('/reset-password/sent')).text, /folder mail/)
  })

  test('sends one mailbox three mails an hour, however often and from wherever it is asked (A55)', async () => {
    const { email } = await signedUp(product)
    for (let window = 1; window <= 2; window++) {
      for (let request = 0; request < 6; request++) {
        const address = `198.51.100.${request}`
        assert.equal((await product.browser({ address }).post(ASK, { email })).location, '/reset-password/sent')
      }
      const resets = (await mailsTo(product, email)).filter(({ subject }) => /^Reset/.test(subject))
      assert.equal(resets.length, 3 * window)
      assert.equal((await stateOf(database, email)).count('password_reset_requested'), 3 * window)
      clock.advance(HOUR)
    }
  })

  test('costs the budget of an address (A55)', async () => {
    const limited = await latchkey({ attemptsPerAddress: 3 }, product)
    const browser = limited.browser({ address: '203.0.113.5' })
    const statuses: number[] = []
    for (let request = 0; request < 4; request++) statuses.push((await browser.post(ASK, { email: newEmail() })).status)
    assert.deepEqual(statuses, [303, 303, 303, 429])
    const refused = await browser.post(ASK, { email: 'ada@example.com' })
    assert.equal(refused.headers.get('Retry-After'), String(15 * 60))
    assert.match(refused.html, /value="ada@example.com"/, 'what was typed stays')
  })

  test('what is no address is refused beside the field', async () => {
    const answer = await product.browser().post(ASK, { email: 'ada at example' })
    assert.equal(answer.status, 422)
    assert.match(answer.html, /aria-invalid="true"/)
    assert.equal((await product.browser().post(ASK, 'email=a%40b.cd&email=c%40d.ef')).status, 400)
  })

  test('mails a link to the site’s own address, and names who asked (A46, A48)', async () => {
    const { email } = await signedUp(product)
    const path = await resetLink(product, email)
    const mail = await mailTo(product, email, /^Reset/)
    assert.match(mail.link?.href ?? '', new RegExp(`^${BASE_URL}${PAGE}\\?token=[\\w-]{43}$`))
    assert.match(mail.paragraphs.join(' '), /Firefox on Linux at the address 192\.0\.2\.1/)
    assert.ok(!JSON.stringify(await everyRow(product)).includes(path.slice(-43)), 'the token is only in the mail')
    assert.equal((await product.browser().get(ASK, { Host: 'evil.example' })).status, 421)
  })
})

describe('the link to a new password', () => {
  test('sets it, signs nobody in, and the new one alone opens the account', async () => {
    const { email } = await signedUp(product)
    const path = await resetLink(product, email)
    clock.advance(1000)
    const browser = product.browser()
    const page = await followed(browser, path)
    assert.match(page.html, /<h1>Choose a new password<\/h1>/)
    assert.ok(page.text.includes(email))
    assert.ok(!page.html.includes(path.slice(-43)), 'the token is in the cookie alone (A48)')
    const answer = await browser.post(PAGE, { password: NEW })
    assert.deepEqual([answer.status, answer.location], [303, '/sign-in'])
    assert.equal(browser.cookies.has(SESSION), false)
    assert.match((await browser.get('/sign-in')).text, /Your new password is set\./)
    assert.equal((await signIn(email, PASSWORD)).status, 422)
    assert.equal((await signIn(email, NEW)).location, '/')
    const { account } = await stateOf(database, email)
    assert.deepEqual([account.passwordChangedAt, account.securityVersion], [clock.now(), 2])
    const log = await loggedEvents(product, email)
    assert.deepEqual(log.slice(2, 4), ['password_reset_requested', 'password_reset'])
  })

  test('proves the mailbox: an unconfirmed address is confirmed, and a confirmed one keeps its date', async () => {
    const { email } = await signedUp(product)
    await resetting(await resetLink(product, email))
    assert.deepEqual((await stateOf(database, email)).account.emailConfirmedAt, clock.now())
    const since = clock.now()
    clock.advance(HOUR)
    await resetting(await resetLink(product, email), PASSWORD)
    assert.deepEqual((await stateOf(database, email)).account.emailConfirmedAt, since)
  })

  test('ends everything that was open: sessions, pending sign-ins, trusted browsers, other links (A14)', async () => {
    const owner = await withTwoFactor(product)
    const { email, key } = owner
    const pending = await openDoors(product, email, await accountOf(product, email))
    await owner.browser.post('/settings/email/change', { email: newEmail(), password: PASSWORD })
    const path = await resetLink(product, email)
    assert.equal((await resetting(path, NEW, owner.browser)).location, '/sign-in')
    assert.equal((await owner.browser.get('/')).location, '/sign-in')
    assert.equal((await answerCode(pending, codeOf(key, clock.now()))).location, '/sign-in')
    const { sessions, pendingSignIns, mailLinks, account } = await stateOf(database, email)
    assert.deepEqual([sessions, pendingSignIns], [[], []])
    assert.deepEqual(
      mailLinks.map(({ purpose }) => purpose),
      ['confirm_email'],
    )
    const { trustedBrowsers } = await everything(database)
    assert.ok(trustedBrowsers.every(({ accountId }) => accountId !== account.id))
  })

  test('leaves the second factor as it is: the new password is followed by the code (A55)', async () => {
    const { email, key, codes } = await withTwoFactor(product)
    const before = await stateOf(database, email)
    await resetting(await resetLink(product, email))
    const now = await stateOf(database, email)
    assert.deepEqual([now.factors, now.recoveryCodes], [before.factors, before.recoveryCodes])
    const browser = product.browser()
    assert.equal((await browser.post('/sign-in', { email, password: NEW })).location, '/sign-in/two-factor')
    assert.equal((await browser.get('/')).location, '/sign-in/two-factor')
    assert.equal((await answerCode(browser, codeOf(key, clock.now()))).status, 303)
    const other = product.browser()
    await other.post('/sign-in', { email, password: NEW })
    assert.equal((await answerCode(other, codes[3] ?? '')).status, 303)
  })

  test('does not give back what wrong codes have cost', async () => {
    const { email, key } = await withTwoFactor(product)
    const guesser = await owingCode(product, email)
    for (let guess = 0; guess < 5; guess++) await answerCode(guesser, '000000')
    await resetting(await resetLink(product, email))
    const browser = product.browser()
    await browser.post('/sign-in', { email, password: NEW })
    assert.equal((await answerCode(browser, codeOf(key, clock.now()))).status, 429)
  })

  test('frees the owner whom a stranger’s guesses have stopped, at every address and by every name (A19)', async () => {
    const { email } = await signedUp(product)
    const { email: neighbour } = await signedUp(product)
    const { username } = await accountOf(product, email)
    const at = (address: string, of: string, password: string) =>
      product.browser({ address }).post('/sign-in', { email: of, password })
    const doors = [
      ['192.0.2.1', email],
      ['2001:db8::1', email],
      ['198.51.100.7', username],
    ] as const
    for (const [address, name] of doors)
      for (const each of [name, neighbour])
        for (let guess = 0; guess < 10; guess++) await at(address, each, 'not this one at all')
    for (const [address, name] of doors) assert.equal((await at(address, name, PASSWORD)).status, 429)
    await resetting(await resetLink(product, email))
    for (const [address, name] of doors) {
      assert.equal((await at(address, name, NEW)).location, '/')
      assert.equal((await at(address, neighbour, PASSWORD)).status, 429, 'nobody else is freed')
    }
  })

  const asks = (value: string) => product.browser().get('/api/v1/account', { Authorization: `Bearer ${value}` })

  test('leaves access tokens as they are (A19)', async () => {
    const email = await confirmedAccount(product)
    const browser = await signedInBrowser(product, email)
    const { value } = await withToken(product, browser, tokenFields(product))
    await resetting(await resetLink(product, email))
    assert.equal((await asks(value)).status, 200)
  })

  test('of an address that nobody had confirmed freezes them: the person who registered it may not be its owner', async () => {
    const { browser, email } = await signedUp(product)
    const { value } = await withToken(product, browser, tokenFields(product))
    await resetting(await resetLink(product, email))
    assert.equal((await asks(value)).status, 401)
    assert.deepEqual((await loggedEvents(product, email)).slice(-2), ['password_reset', 'tokens_frozen'])
    await resetting(await resetLink(product, email))
    assert.equal((await stateOf(database, email)).count('tokens_frozen'), 1, 'once, until they are released')
  })

  test('is used up by the first of fifty at once, and the password is that one’s (A54)', async () => {
    const { email } = await signedUp(product)
    const path = await resetLink(product, email)
    const browsers = Array.from({ length: 50 }, () => product.browser())
    for (const browser of browsers) await browser.get(path)
    const answers = await Promise.all(browsers.map((browser, n) => insisting(browser, { password: `${NEW} ${n}` })))
    const winners = answers.flatMap(({ status }, n) => (status === 303 ? [n] : []))
    assert.equal(winners.length, 1)
    assert.equal(answers.filter(({ status }) => status === 410).length, 49)
    assert.equal((await stateOf(database, email)).count('password_reset'), 1)
    assert.equal((await signIn(email, `${NEW} ${winners[0]}`)).location, '/')
    assert.equal((await resetting(path)).status, 410, 'and never again')
  })

  test('opened by programs that scan mail, as often as they like, is as good as before (A54)', async () => {
    const { email } = await signedUp(product)
    const path = await resetLink(product, email)
    const before = await everyRow(product)
    for (let scan = 0; scan < 3; scan++) {
      assert.equal((await followed(product.browser(), path)).status, 200)
      assert.equal((await product.browser().send(path, { method: 'HEAD' })).status, 303)
    }
    assert.deepEqual(await everyRow(product), before)
    assert.equal((await resetting(path)).status, 303)
  })

  test('is dead once a newer one went out, and the newer is good (A54)', async () => {
    const { email } = await signedUp(product)
    const older = await resetLink(product, email)
    clock.advance(1)
    const newer = await resetLink(product, email)
    assert.notEqual(newer, older)
    assert.equal((await resetting(older)).status, 410)
    assert.equal((await signIn(email, PASSWORD)).location, '/')
    assert.equal((await resetting(newer)).status, 303)
  })

  test('of one account changes no other, no matter who is signed in (A54)', async () => {
    const { email } = await signedUp(product)
    const { browser, email: other } = await signedUp(product)
    const before = await hashOf(other)
    assert.equal((await resetting(await resetLink(product, email), NEW, browser)).status, 303)
    assert.equal(await hashOf(other), before)
    assert.equal((await browser.get('/')).status, 200)
  })

  test('is refused where it is another purpose’s, in the URL and in the cookie (A54)', async () => {
    const { email } = await signedUp(product)
    const { path } = await mailTo(product, email, /^Confirm/)
    const token = path.slice(-43)
    assert.equal((await resetting(`${PAGE}?token=${token}`)).status, 410)
    const reset = (await resetLink(product, email)).slice(-43)
    for (const purpose of ['confirm-email', 'change-email']) {
      const browser = product.browser()
      await browser.get(`/mail/${purpose}?token=${reset}`)
      assert.equal((await browser.post(`/mail/${purpose}`)).status, 410)
      assert.equal((await browser.post(PAGE, { password: NEW })).status, 410)
    }
    assert.equal((await stateOf(database, email)).account.emailConfirmedAt, null)
    assert.equal((await signIn(email, PASSWORD)).location, '/')
  })

  test('is good for 30 minutes, not a millisecond longer', async () => {
    const { email } = await signedUp(product)
    const path = await resetLink(product, email)
    clock.advance(30 * MINUTE - 1)
    assert.equal((await followed(product.browser(), path)).status, 200)
    clock.advance(1)
    assert.equal((await followed(product.browser(), path)).status, 410)
    const answer = await resetting(path)
    assert.equal(answer.status, 410)
    assert.match(answer.html, /href="\/reset-password"/)
    assert.equal((await signIn(email, PASSWORD)).location, '/')
  })

  test('is dead once someone who knew the password has changed it', async () => {
    const { browser, email } = await signedUp(product)
    const path = await resetLink(product, email)
    await browser.post('/settings/password', { current: PASSWORD, new: NEW })
    assert.equal((await resetting(path, PASSWORD)).status, 410)
    assert.equal((await signIn(email, NEW)).location, '/')
  })

  for (const [what, password, sentence] of [
    ['short', 'short', /at least 15 characters/],
    ['common', 'passwordpassword', /easy to guess\. Try a few unrelated words/],
    ['empty', '', /Choose a new password/],
  ] as const)
    test(`with a ${what} password says why, and stays good`, async () => {
      const { email } = await signedUp(product)
      const path = await resetLink(product, email)
      const browser = product.browser()
      const answer = await resetting(path, password, browser)
      assert.equal(answer.status, 422)
      assert.match(answer.text, sentence)
      assert.ok(!password || !answer.html.includes(`"${password}"`))
      assert.equal((await signIn(email, PASSWORD)).location, '/')
      assert.equal((await browser.post(PAGE, { password: NEW })).status, 303)
    })

  test('with a password made of the address is refused', async () => {
    const { email } = await signedUp(product)
    const answer = await resetting(await resetLink(product, email), email.toUpperCase())
    assert.equal(answer.status, 422)
    assert.match(answer.text, /contains your email address/)
  })

  test('stopped at any statement of its transaction changes nothing, and works afterwards (A67)', async () => {
    const { email } = await signedUp(product)
    const path = await resetLink(product, email)
    let statements = 1
    for (let survive = 0; survive < statements; survive++) {
      const before = await everyRow(product)
      const broken = await latchkey({}, { ...product, database: stoppingAfter(survive, (all) => (statements = all)) })
      const browser = broken.browser()
      await browser.get(path)
      assert.equal((await browser.post(PAGE, { password: NEW })).status, 500)
      assert.equal(broken.faults.length, 1)
      const now = await everyRow(product)
      assert.deepEqual(now, before, `stopped after ${survive}`)
    }
    assert.ok(statements >= 8, `${statements}`)
    assert.equal((await resetting(path)).status, 303)
  })
})

/** How many statements the transactions of a request have. */
async function statementsOf(request: (browser: Browser) => Promise<unknown>) {
  let statements = 0
  const atomically: typeof database.atomically = (build, options) =>
    database.atomically((tx) => {
      const all = build(tx)
      statements += all.length
      return all
    }, options)
  const counting = await latchkey(
    { smtpUrl: 'smtp://localhost:1' },
    { ...product, database: { ...database, atomically } },
  )
  await request(counting.browser())
  return statements
}

/** The database as it is when the process is stopped in the middle of a transaction that waits for the disk. */
function stoppingAfter(survive: number, heard: (statements: number) => void) {
  const atomically: typeof database.atomically = (build, options) =>
    database.atomically((tx) => {
      const all = build(tx)
      if (options?.durable === false) return all
      heard(all.length)
      const end = Promise.reject(new Error('stopped'))
      end.catch(() => {})
      return [
        ...all.slice(0, survive),
        Object.assign(end, {
          run: () => {
            throw new Error('stopped')
          },
        }),
      ]
    }, options)
  return { ...database, atomically }
}
