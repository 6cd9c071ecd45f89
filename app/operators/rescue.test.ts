import assert from 'node:assert/strict'
import { after, afterEach, describe, test } from 'node:test'
import { eq } from 'drizzle-orm'
import { accounts, rescues } from '#db/schema.ts'
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
  mailTo,
  manyOwingCode,
  owingCode,
  PASSWORD,
  pageOf,
  SET_UP,
  setUp,
  signedInWith,
  signedUp,
  withToken,
  withTwoFactor,
} from '#testing/index.ts'
import { assertInvariants, stateOf } from '#testing/invariants.ts'
import { newRescueCode } from '../lib/codes.ts'
import { writeNotices } from '../mail/mailing.ts'
import { COMMAND_LINE } from './command-line.ts'
import { approveRescue, beginRescue, operatorNamed } from './rescue.ts'
import { suspend } from './suspension.ts'

const product = await latchkey()
const { clock, database, deps } = product
const { db } = database
afterEach(async () => {
  assert.deepEqual(product.faults.splice(0), [])
  await assertInvariants(database)
})
after(product.close)

const RESCUE = '/sign-in/two-factor/rescue'
const MINUTE = 60_000
const by = { operatorId: null, reason: 'Lost phone, seen in person', origin: COMMAND_LINE }

/** An owner who has lost everything, and the code that an operator has made. */
async function lost() {
  const owner = await withTwoFactor(product)
  const made = await beginRescue(deps, owner.email, by)
  assert.ok(made.ok && made.code, 'a code was made')
  return { ...owner, code: made.code }
}

const redeem = (browser: Browser, code: string) => browser.post(RESCUE, { code })

/** Another browser, after the password. The store begins it, so no limit counts it. */
async function owing(email: string): Promise<Browser> {
  const [browser] = await manyOwingCode(product, email, 1)
  if (!browser) throw new Error('There is no browser.')
  return browser
}

/** Nobody got in, and the second factor is as it was. */
async function assertClosed({ email, browser }: { email: string; browser: Browser }) {
  const { factors, recoveryCodes, sessions } = await stateOf(database, email)
  assert.deepEqual([factors.length, recoveryCodes.length], [1, 12])
  assert.ok(!sessions.some(({ method }) => method === 'rescue_code'), 'no session by the code')
  assert.equal((await browser.get('/')).status, 200)
}

describe('an operator’s code, with the password', () => {
  test('opens the set-up page and nothing else, at any door (P05)', async () => {
    const { email, code } = await lost()
    const browser = await owing(email)
    assert.match((await browser.get('/sign-in/two-factor')).html, /href="\/sign-in\/two-factor\/rescue"/)
    assert.equal((await browser.get(RESCUE)).status, 200)
    assert.equal((await redeem(browser, code.toUpperCase())).location, `${SET_UP}/confirm`)
    const pages = [
      ...new Set(product.app.routes.filter(({ method, path }) => method === 'GET' && /^\/(settings\/.*)?$/.test(path))),
    ]
    const open: string[] = []
    for (const { path } of pages) {
      const answer = await browser.get(path.replace(':id', 'x'))
      if (answer.status === 200) open.push(path)
    }
    assert.deepEqual(
      [...new Set(open)].sort(),
      ['/settings/apps', '/settings/sessions', '/settings/sessions/everything', `${SET_UP}/confirm`]
        .filter((path) => open.includes(path))
        .sort(),
    )
    for (const path of [
      '/settings/two-factor/disable',
      '/settings/password',
      '/settings/email/change',
      '/settings/tokens/generate/confirm',
    ])
      assert.equal((await browser.post(path, { password: PASSWORD })).location, `${SET_UP}/confirm`, path)
  })

  test('lets its owner set up again: the old factor and codes go, and everything else that was open', async () => {
    const { browser: before, email, key, codes, code } = await lost()
    const { value } = await withToken(product, before)
    const elsewhere = await signedInWith(product, email, codes[0] ?? '')
    const browser = await owing(email)
    await redeem(browser, code)
    const renewed = await setUp(browser, { password: PASSWORD }, (newKey) => codeOf(newKey, clock.now(), -1))
    assert.equal((await browser.get('/')).status, 200)
    for (const gone of [before, elsewhere]) assert.equal((await gone.get('/')).location, '/sign-in')
    assert.equal((await answerCode(await owing(email), codeOf(key, clock.now()))).status, 422)
    assert.equal((await answerCode(await owing(email), codes[1] ?? '')).status, 422)
    assert.equal((await answerCode(await owing(email), codeOf(renewed.key, clock.now()))).location, '/')
    assert.equal((await apiClient(product).call('GET', '/account', value)).status, 200) // as when one is replaced
    const { sessions, factors } = await stateOf(database, email)
    assert.deepEqual([factors.length, sessions.filter(({ method }) => method === 'rescue_code')], [1, []])
    assert.ok((await loggedEvents(product, email)).includes('second_factor_rescued'), 'it is in the log')
  })

  test('leaves the second factor as it is until the set-up is done', async () => {
    const { email, key, code } = await lost()
    const browser = await owing(email)
    await redeem(browser, code)
    assert.equal((await answerCode(await owing(email), codeOf(key, clock.now()))).location, '/')
    assert.equal((await stateOf(database, email)).factors.length, 1)
    assert.equal((await browser.post('/sign-out')).location, '/sign-in')
  })
})

describe('an operator’s code opens nothing (P05)', () => {
  test('at another account, or without the password', async () => {
    const owner = await lost()
    const other = await withTwoFactor(product)
    assert.equal((await redeem(await owing(other.email), owner.code)).status, 422)
    const { id: ownerId } = await accountOf(product, owner.email)
    const [row] = await db.select().from(rescues).where(eq(rescues.accountId, ownerId))
    assert.ok(row, 'there is a code')
    // Even by whoever can write to the database.
    await db.insert(rescues).values({ ...row, accountId: (await accountOf(product, other.email)).id })
    assert.equal((await redeem(await owing(other.email), owner.code)).status, 422)
    assert.equal((await redeem(product.browser(), owner.code)).location, '/sign-in')
    assert.equal((await answerCode(await owing(owner.email), owner.code)).status, 422) // it is no recovery code
    await assertClosed(owner)
    await assertClosed(other)
  })

  test('twice, and 20 at once open one session', async () => {
    const { email, code } = await lost()
    const browsers = await manyOwingCode(product, email, 20)
    const answers = await Promise.all(browsers.map((browser) => redeem(browser, code)))
    assert.equal(answers.filter(({ location }) => location === `${SET_UP}/confirm`).length, 1)
    const { sessions, pendingSignIns } = await stateOf(database, email)
    assert.equal(sessions.filter(({ method }) => method === 'rescue_code').length, 1)
    assert.equal(pendingSignIns.length, 19, 'the sign-in that was in is over')
  })

  test('from 15 minutes on', async () => {
    const [early, late] = [await lost(), await lost()]
    clock.advance(15 * MINUTE - 1)
    assert.equal((await redeem(await owing(early.email), early.code)).location, `${SET_UP}/confirm`)
    clock.advance(1)
    assert.equal((await redeem(await owing(late.email), late.code)).status, 422)
    await assertClosed(late)
  })

  test('once its owner, whom a mail tells at once, says that it was not them', async () => {
    const { email, code } = await lost()
    const begun = await owing(email)
    await writeNotices(deps)
    const { path, paragraphs } = await mailTo(product, email, /^Someone says that you lost your second factor/)
    assert.match(paragraphs.join(' '), /Their reason: Lost phone, seen in person/)
    const mailbox = product.browser()
    await followed(mailbox, path)
    assert.equal((await mailbox.post(pageOf(path))).status, 303)
    assert.deepEqual(
      await db
        .select()
        .from(rescues)
        .where(eq(rescues.accountId, (await accountOf(product, email)).id)),
      [],
    )
    assert.equal((await redeem(begun, code)).location, '/sign-in')
    assert.equal((await redeem(await owing(email), code)).status, 422)
    assert.equal((await stateOf(database, email)).factors.length, 1)
  })

  test('after a newer one, or a suspension', async () => {
    const owner = await lost()
    const newer = await beginRescue(deps, owner.email, by)
    assert.equal((await redeem(await owing(owner.email), owner.code)).status, 422)
    await suspend(deps, owner.email, by)
    assert.ok(newer.ok, 'there is a newer one')
    assert.deepEqual(
      await db
        .select()
        .from(rescues)
        .where(eq(rescues.accountId, (await accountOf(product, owner.email)).id)),
      [],
    )
    assert.deepEqual(await beginRescue(deps, owner.email, by), { ok: false, reason: 'suspended' })
  })

  test('by guessing: a guess costs an attempt of the sign-in, counts with those at recovery codes, and is logged', async () => {
    const owner = await lost()
    const browser = await owingCode(product, owner.email)
    for (let guess = 0; guess < 4; guess++) assert.equal((await redeem(browser, newRescueCode())).status, 422)
    assert.equal((await redeem(browser, newRescueCode())).location, '/sign-in') // the sign-in's five attempts
    const later = await redeem(await owing(owner.email), newRescueCode())
    assert.equal(later.status, 429)
    assert.equal((await redeem(await owing(owner.email), owner.code)).status, 429)
    assert.equal((await stateOf(database, owner.email)).count('code_wrong'), 5)
  })

  test('and none is made for nobody, or where the password alone opens the account', async () => {
    const { email } = await signedUp(product)
    const before = await everyRow(product)
    assert.deepEqual(await beginRescue(deps, email, by), { ok: false, reason: 'no_second_factor' })
    assert.deepEqual(await beginRescue(deps, 'nobody@example.com', by), { ok: false, reason: 'no_such_account' })
    assert.deepEqual(await everyRow(product), before)
  })
})

describe('with RESCUE_APPROVALS=2', () => {
  const two = { ...deps, rescueApprovals: 2 }
  const operators = async () => {
    const people = [await withTwoFactor(product), await withTwoFactor(product)]
    for (const { email } of people) await db.update(accounts).set({ role: 'operator' }).where(eq(accounts.email, email))
    return Promise.all(
      people.map(async ({ email }) => ({ ...by, operatorId: (await operatorNamed(deps, email)) ?? null })),
    )
  }

  test('a second operator approves before there is a code, and not the one who asked', async () => {
    const [asks = by, approves = by] = await operators()
    const owner = await withTwoFactor(product)
    assert.deepEqual(await beginRescue(two, owner.email, by), { ok: false, reason: 'no_operator' })
    assert.deepEqual(await approveRescue(two, owner.email, approves), { ok: false, reason: 'nothing_to_approve' })
    const asked = await beginRescue(two, owner.email, asks)
    assert.deepEqual(asked.ok && asked.code, undefined)
    assert.deepEqual(await approveRescue(two, owner.email, asks), { ok: false, reason: 'nothing_to_approve' })
    assert.deepEqual(await approveRescue(two, owner.email, by), { ok: false, reason: 'no_operator' })
    const approved = await approveRescue(two, owner.email, approves)
    assert.ok(approved.ok && approved.code, 'now there is a code')
    assert.deepEqual(await approveRescue(two, owner.email, approves), { ok: false, reason: 'nothing_to_approve' })
    assert.equal((await redeem(await owing(owner.email), approved.code)).location, `${SET_UP}/confirm`)
  })

  test('nobody approves what was asked for a quarter of an hour ago', async () => {
    const [asks = by, approves = by] = await operators()
    const owner = await withTwoFactor(product)
    await beginRescue(two, owner.email, asks)
    clock.advance(15 * MINUTE)
    assert.deepEqual(await approveRescue(two, owner.email, approves), { ok: false, reason: 'nothing_to_approve' })
  })

  test('a member is no operator, and neither is a suspended one', async () => {
    const { email } = await withTwoFactor(product)
    assert.equal(await operatorNamed(deps, email), undefined)
    await operators() // so this one isn't the last
    const { id } = await accountOf(product, email)
    await db.update(accounts).set({ role: 'operator' }).where(eq(accounts.id, id))
    assert.equal(await operatorNamed(deps, email), id)
    await suspend(deps, email, by)
    assert.equal(await operatorNamed(deps, email), undefined)
  })
})
