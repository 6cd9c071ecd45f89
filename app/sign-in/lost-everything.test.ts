import assert from 'node:assert/strict'
import { after, afterEach, describe, test } from 'node:test'
import { eq } from 'drizzle-orm'
import { accounts, mails, recoveries } from '#db/schema.ts'
import { apiClient } from '#testing/clients/v1.ts'
import {
  accountOf,
  answerCode,
  type Browser,
  codeOf,
  everyRow,
  followed,
  latchkey,
  loggedEvents,
  mailsTo,
  mailTo,
  manyOwingCode,
  newEmail,
  owingCode,
  PASSWORD,
  pageOf,
  resetLink,
  SESSIONS_PAGE,
  SET_UP,
  setUp,
  signedInWith,
  withAnother,
  withToken,
  withTwoFactor,
} from '#testing/index.ts'
import { assertInvariants, stateOf } from '#testing/invariants.ts'
import { writeNotices } from '../mail/mailing.ts'
import { writeRecoveryMails } from '../mail/recovery-mails.ts'
import { COMMAND_LINE } from '../operators/command-line.ts'
import { signOutAccount } from '../operators/sign-out.ts'
import { suspend } from '../operators/suspension.ts'
import { keepHouse } from '../process/housekeeping.ts'

const HOUR = 60 * 60_000
const DAY = 24 * HOUR
const WAIT = 72 * HOUR
const OPEN_FOR = 7 * DAY

const product = await latchkey({ sessionIdle: 60 * DAY, sessionLifetime: 60 * DAY })
const { clock, database, deps } = product
const { db } = database
const v1 = apiClient(product)
afterEach(async () => {
  assert.deepEqual(product.faults.splice(0), [])
  await assertInvariants(database)
  await db.delete(mails)
})
after(product.close)

const PAGE = '/sign-in/two-factor/lost-everything'
const by = { operatorId: null, reason: 'Asked for', origin: COMMAND_LINE }

/** Another browser, after the password. The store begins it, so no limit counts it. */
async function owing(email: string): Promise<Browser> {
  const [browser] = await manyOwingCode(product, email, 1)
  if (!browser) throw new Error('There is no browser.')
  return browser
}

const ask = async (email: string) => (await owing(email)).post(PAGE, { password: PASSWORD })
const aboutLoss = async (email: string) =>
  (await mailsTo(product, email)).filter(({ subject }) => /^Did you lose/.test(subject))
const linkOf = async (email: string) => (await mailTo(product, email, /^Did you lose everything/)).path

/** A browser that holds the link, and the form behind it. */
async function holding(path: string) {
  const browser = product.browser()
  await followed(browser, path)
  return { browser, press: () => browser.post(pageOf(path)) }
}

/** The owner, in a browser of before, and the wait that somebody has begun with the password and the mailbox. */
async function waiting() {
  const owner = await withTwoFactor(product)
  assert.equal((await ask(owner.email)).location, `${PAGE}/sent`)
  assert.equal((await (await holding(await linkOf(owner.email))).press()).location, '/mail/lost-everything/begun')
  return owner
}

const waitOf = async (email: string) => {
  const { id } = await accountOf(product, email)
  return (await db.select().from(recoveries).where(eq(recoveries.accountId, id)))[0]
}

const open = (browser: Browser) => browser.post(`${PAGE}/set-up`)
const OPENED = `${SET_UP}/confirm`

async function assertStopped(email: string) {
  assert.equal(await waitOf(email), undefined)
  const { mailLinks } = await stateOf(database, email)
  assert.deepEqual(
    mailLinks.filter(({ purpose }) => purpose === 'lost_everything' || purpose === 'stop_recovery'),
    [],
  )
}

describe('with the password and a link to the mailbox, after the wait', () => {
  test('the set-up is open and nothing else, at any door', async () => {
    const { email } = await waiting()
    clock.advance(WAIT)
    const browser = await owing(email)
    assert.match((await browser.get('/sign-in/two-factor')).html, /href="\/sign-in\/two-factor\/lost-everything"/)
    assert.match((await browser.get(PAGE)).text, /The wait is over/)
    assert.equal((await open(browser)).location, OPENED)
    const shown: string[] = []
    for (const { method, path } of product.app.routes) {
      if (method !== 'GET' || !/^\/(settings\/.*|operate.*)?$/.test(path)) continue
      if ((await browser.get(path.replaceAll(/:\w+/g, 'x'))).status === 200) shown.push(path)
    }
    assert.deepEqual([...new Set(shown)].sort(), [
      '/settings/apps',
      SESSIONS_PAGE,
      `${SESSIONS_PAGE}/everything`,
      OPENED,
    ])
    for (const path of ['disable', 'add/confirm', 'recovery-codes/confirm'])
      assert.equal((await browser.post(`/settings/two-factor/${path}`, { password: PASSWORD })).location, OPENED, path)
    for (const path of ['/settings/password', '/settings/tokens/generate/confirm'])
      assert.equal((await browser.post(path, { password: PASSWORD })).location, OPENED, path)
  })

  test('its owner sets up again: the old factor and codes go, and everything else that was open', async () => {
    const { browser: before, email, key, codes } = await waiting()
    const { value } = await withToken(product, before)
    clock.advance(WAIT)
    const browser = await owing(email)
    await open(browser)
    assert.equal((await stateOf(database, email)).factors.length, 1, 'the old one stays until then')
    const renewed = await setUp(browser, { password: PASSWORD }, (newKey) => codeOf(newKey, clock.now(), -1))
    assert.equal((await browser.get('/')).status, 200)
    assert.equal((await before.get('/')).location, '/sign-in')
    assert.equal((await answerCode(await owing(email), codeOf(key, clock.now()))).status, 422)
    assert.equal((await answerCode(await owing(email), codes[0] ?? '')).status, 422)
    assert.equal((await answerCode(await owing(email), codeOf(renewed.key, clock.now()))).location, '/')
    assert.equal((await v1.call('GET', '/account', value)).status, 200) // as after an operator's code
    await assertStopped(email)
    const logged = await loggedEvents(product, email)
    for (const kind of ['recovery_asked', 'recovery_begun', 'signed_in delayed_recovery', 'second_factor_recovered'])
      assert.ok(logged.includes(kind), kind)
    await writeNotices(deps)
    assert.match(
      (await mailTo(product, email, /^Your second factor was set up again/)).paragraphs.join(),
      /after the wait/,
    )
  })

  test('a session that is lost costs no second wait, and 20 at once leave one', async () => {
    const { email } = await waiting()
    clock.advance(WAIT)
    const browsers = await manyOwingCode(product, email, 20)
    const answers = await Promise.all(browsers.map(open))
    assert.ok(answers.every(({ location }) => location === OPENED))
    assert.equal((await open(await owing(email))).location, OPENED)
    const { sessions: left } = await stateOf(database, email)
    assert.equal(left.filter(({ method }) => method === 'delayed_recovery').length, 1)
  })
})

describe('who says to have lost everything gets nowhere', () => {
  test('without the password: a wrong one is a guess, which counts and is logged, and nothing is mailed', async () => {
    const { email } = await withTwoFactor(product)
    assert.equal((await product.browser().get(PAGE)).location, '/sign-in')
    assert.equal((await product.browser().post(PAGE, { password: PASSWORD })).location, '/sign-in')
    assert.equal((await open(product.browser())).location, '/sign-in')
    const guess = async () => (await owing(email)).post(PAGE, { password: 'eleven sardines hum quietly' })
    assert.equal((await guess()).status, 422)
    assert.equal((await stateOf(database, email)).count('password_wrong'), 1)
    for (let more = 0; more < 9; more++) await guess()
    assert.equal((await guess()).status, 429)
    assert.equal((await ask(email)).status, 429) // also with the right one
    assert.equal((await product.browser().post('/sign-in', { email, password: PASSWORD })).status, 429)
    assert.deepEqual(await aboutLoss(email), [])
  })

  test('with the link: it begins one wait, 20 at once, once, within an hour, and not by being looked at', async () => {
    const owner = await withTwoFactor(product)
    await ask(owner.email)
    const path = await linkOf(owner.email)
    const readers = await Promise.all(Array.from({ length: 20 }, () => holding(path)))
    assert.equal(await waitOf(owner.email), undefined)
    const answers = await Promise.all(readers.map(({ press }) => press()))
    assert.deepEqual(answers.map(({ status }) => status).sort(), [303, ...Array.from({ length: 19 }, () => 410)])
    assert.equal((await stateOf(database, owner.email)).count('recovery_begun'), 1)
    assert.equal((await ask(owner.email)).status, 409) // one waits already
    for (const [later, status] of [
      [HOUR - 1, 303],
      [HOUR, 410],
    ] as const) {
      const { email } = await withTwoFactor(product)
      await ask(email)
      const { press } = await holding(await linkOf(email))
      clock.advance(later)
      assert.equal((await press()).status, status)
    }
  })

  test('with a link from before the password, the address or the second factor was changed', async () => {
    const { browser, email } = await withTwoFactor(product)
    await ask(email)
    const { press } = await holding(await linkOf(email))
    await withAnother(product, browser)
    assert.equal((await press()).status, 410)
    assert.equal(await waitOf(email), undefined)
  })

  test('a millisecond before the wait is over, or seven days after it', async () => {
    const { email } = await waiting()
    clock.advance(WAIT - 1)
    const early = await owing(email)
    assert.match((await early.get(PAGE)).text, /The wait has begun/)
    assert.equal((await open(early)).status, 409)
    clock.advance(OPEN_FOR)
    assert.equal((await open(await owing(email))).location, OPENED)
    clock.advance(1)
    const late = await owing(email)
    assert.equal((await open(late)).status, 409)
    assert.match((await late.get(PAGE)).html, /name="password"/) // it is offered again
  })

  test('finishing a set-up that was begun in time once its time is over', async () => {
    const { email } = await waiting()
    clock.advance(WAIT + OPEN_FOR - 1)
    const browser = await owing(email)
    await open(browser)
    clock.advance(1)
    assert.equal((await browser.get(OPENED)).location?.split('?')[0], '/sign-in')
    assert.equal((await stateOf(database, email)).factors.length, 1)
  })

  test('at another account', async () => {
    await waiting()
    const other = await withTwoFactor(product)
    clock.advance(WAIT)
    assert.equal((await open(await owing(other.email))).status, 409)
    assert.equal((await stateOf(database, other.email)).sessions.length, 1)
  })

  test('within 30 days of a change of the address, which the page says', async () => {
    const { browser } = await withTwoFactor(product)
    const next = newEmail()
    await browser.post('/settings/email/change', { email: next, password: PASSWORD })
    const { path } = await mailTo(product, next, /./)
    await followed(browser, path)
    assert.equal((await browser.post(pageOf(path))).status, 303)
    await writeNotices(deps)
    clock.advance(30 * DAY - 1)
    const early = await owing(next)
    const page = await early.get(PAGE)
    assert.match(page.text, /The email address of this account was changed in the last 30 days/)
    assert.doesNotMatch(page.html, /name="password"/)
    assert.equal((await early.post(PAGE, { password: PASSWORD })).status, 409)
    clock.advance(1)
    assert.equal((await ask(next)).location, `${PAGE}/sent`)
  })

  test('where it is turned off: no link, no page, and who waits waits for nothing', async () => {
    const { email, browser } = await waiting()
    const off = await latchkey({ recoveryDelay: 0 }, product)
    const visiting = off.browser()
    await visiting.post('/sign-in', { email, password: PASSWORD })
    assert.doesNotMatch((await visiting.get('/sign-in/two-factor')).html, /lost-everything/)
    const before = await everyRow(product)
    for (const path of [PAGE, `${PAGE}/sent`, '/mail/lost-everything', '/mail/lost-everything/begun'])
      assert.equal((await visiting.get(path)).status, 404, path)
    for (const path of [PAGE, `${PAGE}/set-up`, '/mail/lost-everything'])
      assert.equal((await visiting.post(path, { password: PASSWORD })).status, 404, path)
    await writeRecoveryMails(off.deps)
    assert.deepEqual(await everyRow(product), before)
    await keepHouse(off.deps, { rest: async () => {} })
    assert.equal(await waitOf(email), undefined)
    assert.doesNotMatch((await browser.get('/')).html, /stop-recovery/)
  })
})

describe('while somebody waits', () => {
  test('access tokens answer 403 at both APIs, to the end; sessions go on', async () => {
    const { browser, email } = await withTwoFactor(product)
    const { value } = await withToken(product, browser)
    await ask(email)
    assert.equal((await v1.call('GET', '/account', value)).status, 200) // nothing has begun
    await (await holding(await linkOf(email))).press()
    const refused = await v1.call('GET', '/account', value)
    assert.deepEqual([refused.status, refused.body.type], [403, '/api/docs#problem-recovery_waits'])
    assert.equal((await browser.get('/settings/tokens')).status, 200)
    clock.advance(WAIT + OPEN_FOR - 1)
    assert.equal((await v1.call('GET', '/account', value)).status, 403)
    clock.advance(1)
    assert.equal((await v1.call('GET', '/account', value)).status, 200)
  })

  test('every page of a live session warns, and one button stops it, with the set-up that is open', async () => {
    const { browser, email } = await waiting()
    const pages = new Set(
      product.app.routes
        .filter(
          ({ method, path }) => method === 'GET' && /^\/(settings\b[^:]*)?$/.test(path) && !/print|download/.test(path),
        )
        .map(({ path }) => path),
    )
    let shown = 0
    for (const path of pages) {
      const { status, html } = await browser.get(path)
      if (status !== 200) continue
      assert.match(html, /action="\/settings\/stop-recovery"/, path)
      shown++
    }
    assert.ok(shown > 15, `${shown} pages`)
    clock.advance(WAIT)
    const attacker = await owing(email)
    await open(attacker)
    assert.doesNotMatch((await attacker.get(OPENED)).html, /stop-recovery/)
    assert.equal((await browser.post('/settings/stop-recovery')).location, '/')
    assert.match((await browser.get('/')).text, /Your second factor stays as it is/)
    assert.equal((await attacker.get(OPENED)).location?.split('?')[0], '/sign-in')
    assert.equal((await open(await owing(email))).status, 409)
    await assertStopped(email)
    await browser.post('/settings/stop-recovery')
    assert.equal((await stateOf(database, email)).count('recovery_stopped'), 1)
    await writeNotices(deps)
    await mailTo(product, email, /^Your second factor stays as it is/)
  })

  test('each mail stops it with one button, once; looking at its page stops nothing', async () => {
    const { email } = await waiting()
    await writeRecoveryMails(deps)
    clock.advance(DAY)
    await writeRecoveryMails(deps)
    const [first, second] = (await mailsTo(product, email))
      .filter(({ subject }) => /^Someone waits/.test(subject))
      .map(({ link }) => new URL(link?.href ?? ''))
    assert.ok(first && second, 'two mails')
    const readers = await Promise.all(
      [first, first, second].map(({ pathname, search }) => holding(`${pathname}${search}`)),
    )
    assert.ok(await waitOf(email), 'it goes on')
    const answers = await Promise.all(readers.map(({ press }) => press()))
    assert.deepEqual(answers.map(({ status }) => status).sort(), [303, 410, 410])
    await assertStopped(email)
    assert.equal((await stateOf(database, email)).count('recovery_stopped'), 1)
  })

  test('a sign-in with a code of either kind stops it, at any door: who can show one has not lost everything', async () => {
    for (const signIn of [
      async ({ email, key }: Awaited<ReturnType<typeof waiting>>) =>
        signedInWith(product, email, codeOf(key, clock.now())),
      async ({ email, codes }: Awaited<ReturnType<typeof waiting>>) => signedInWith(product, email, codes[0] ?? ''),
      async ({ email, codes }: Awaited<ReturnType<typeof waiting>>) => {
        const challenge = await v1.challenged(email)
        const { status } = await v1.call('POST', '/sessions/verify', undefined, { challenge, code: codes[0] })
        assert.equal(status, 201)
      },
    ]) {
      const owner = await waiting()
      await signIn(owner)
      await assertStopped(owner.email)
      assert.equal((await stateOf(database, owner.email)).count('recovery_stopped'), 1)
    }
  })

  test('a trusted browser spares the code, so its owner is warned, and it goes on', async () => {
    const { email, key } = await withTwoFactor(product)
    const browser = await owingCode(product, email)
    await browser.post('/sign-in/two-factor', { code: codeOf(key, clock.now()), trust: 'yes' })
    await ask(email)
    await (await holding(await linkOf(email))).press()
    await browser.post('/sign-out')
    assert.equal((await browser.post('/sign-in', { email, password: PASSWORD })).location, '/')
    assert.match((await browser.get('/')).html, /stop-recovery/)
    assert.ok(await waitOf(email), 'it goes on')
  })

  type Waiting = Awaited<ReturnType<typeof waiting>>
  /** An address, where the account has another one now. */
  const ENDS: Record<string, (owner: Waiting) => Promise<unknown>> = {
    'a change of the password': ({ browser }) =>
      browser.post('/settings/password', { current: PASSWORD, new: 'eleven sardines hum quietly' }),
    'a reset of the password': async ({ email }) => {
      const path = await resetLink(product, email)
      const reader = product.browser()
      await followed(reader, path)
      return reader.post(pageOf(path), { password: 'eleven sardines hum quietly' })
    },
    'a change of the address': async ({ browser }) => {
      const next = newEmail()
      await browser.post('/settings/email/change', { email: next, password: PASSWORD })
      const { path } = await mailTo(product, next, /./)
      await followed(browser, path)
      assert.equal((await browser.post(pageOf(path))).status, 303)
      return next
    },
    '"This was not me"': async ({ email }) => {
      await writeNotices(deps)
      const { path } = await mailTo(product, email, /^Two-factor authentication was turned on/)
      const reader = product.browser()
      await followed(reader, path)
      return reader.post(pageOf(path))
    },
    'a change of the second factor': ({ browser }) => withAnother(product, browser),
    'turning the second factor off': ({ browser }) =>
      browser.post('/settings/two-factor/disable', { password: PASSWORD }),
    'signing out everywhere': ({ browser }) => browser.post(`${SESSIONS_PAGE}/everything`),
    'an operator who signs it out': ({ email }) => signOutAccount(deps, email, by),
    'a suspension': ({ email }) => suspend(deps, email, by),
  }
  for (const [what, end] of Object.entries(ENDS))
    test(`${what} ends it`, async () => {
      const owner = await waiting()
      await writeRecoveryMails(deps)
      const now = await end(owner)
      await assertStopped(typeof now === 'string' ? now : owner.email)
    })

  test('what has ended is tidied away', async () => {
    const { email } = await waiting()
    clock.advance(WAIT + OPEN_FOR - 1)
    await keepHouse(deps, { rest: async () => {} })
    assert.ok(await waitOf(email), 'a millisecond is left')
    clock.advance(5 * 60_000)
    await keepHouse(deps, { rest: async () => {} })
    assert.equal(await waitOf(email), undefined)
  })
})

test('of a guest’s account that has ended, the link begins nothing', async () => {
  const { email } = await withTwoFactor(product)
  await ask(email)
  const { press } = await holding(await linkOf(email))
  await db.update(accounts).set({ endsAt: clock.now() }).where(eq(accounts.email, email))
  assert.equal((await press()).status, 410)
})
