import assert from 'node:assert/strict'
import { after, afterEach, describe, test } from 'node:test'
import { eq } from 'drizzle-orm'
import { accounts, mailLinks } from '#db/schema.ts'
import { apiClient } from '#testing/clients/v1.ts'
import {
  accountOf,
  answerCode,
  codeOf,
  everyRow,
  latchkey,
  mailTo,
  openDoors,
  PASSWORD,
  signedUp,
  withToken,
  withTwoFactor,
} from '#testing/index.ts'
import { assertInvariants, stateOf } from '#testing/invariants.ts'
import { newLink } from '../mail/links.ts'
import { writeNotices } from '../mail/mailing.ts'
import { COMMAND_LINE } from './command-line.ts'
import { resume, suspend } from './suspension.ts'

const product = await latchkey({ smtpUrl: 'smtp://mail.test' })
const { clock, database, deps } = product
const { db } = database
afterEach(async () => {
  assert.deepEqual(product.faults.splice(0), [])
  await assertInvariants(database)
})
after(product.close)

const by = { operatorId: null, reason: 'Left the company', origin: COMMAND_LINE }

/** Where nobody has to confirm an address: over the same database. */
const withoutMail = await latchkey({}, product)
const protectedOwner = () => withTwoFactor(withoutMail)

/** As many operators as there are. Whoever was one before is a member again. */
async function operators(many: number) {
  await db.update(accounts).set({ role: 'member' })
  const people = await Promise.all(Array.from({ length: many }, () => signedUp(withoutMail)))
  for (const { email } of people) await db.update(accounts).set({ role: 'operator' }).where(eq(accounts.email, email))
  return people.map(({ email }) => email)
}

/** Mail reaches this product's people: their address is theirs. */
const confirmed = (email: string) =>
  db.update(accounts).set({ emailConfirmedAt: clock.now() }).where(eq(accounts.email, email))

describe('a suspended account', () => {
  test('has no session, no half-done sign-in, no trusted browser and no link left, and opens nothing', async () => {
    const { browser, email, key } = await protectedOwner()
    const { value } = await withToken(product, browser)
    const account = await accountOf(product, email)
    const pending = await openDoors(product, email, account)
    const { link } = newLink(deps.vault, { accountId: account.id, purpose: 'reset_password' }, clock.now())
    await db.insert(mailLinks).values(link)

    assert.deepEqual(await suspend(deps, email, by), { ok: true, email })
    const { sessions, pendingSignIns, trustedBrowsers, mailLinks: links } = await stateOf(database, email)
    assert.deepEqual([sessions, pendingSignIns, trustedBrowsers, links], [[], [], [], []])
    assert.equal((await browser.get('/')).location, '/sign-in')
    assert.equal((await answerCode(pending, codeOf(key, clock.now()))).location, '/sign-in')
    assert.equal((await apiClient(product).call('GET', '/account', value)).status, 401)
    const again = await product.browser().post('/sign-in', { email, password: PASSWORD })
    assert.match(again.text, /This account is suspended/)
  })

  test('starts with nothing once it is resumed, and what began before does not finish', async () => {
    const { browser, email } = await protectedOwner()
    const { securityVersion } = await accountOf(product, email)
    await suspend(deps, email, by)
    assert.deepEqual(await resume(deps, email, { ...by, reason: null }), { ok: true, email })
    assert.equal((await browser.get('/')).location, '/sign-in')
    assert.equal((await accountOf(product, email)).securityVersion, securityVersion + 1)
    const { account } = await stateOf(database, email)
    assert.deepEqual([account.suspendedAt, account.suspendedFor], [null, null])
    assert.equal(
      (await product.browser().post('/sign-in', { email, password: PASSWORD })).location,
      '/sign-in/two-factor',
    )
  })

  test('is written down as an operator did it, and its owner is mailed the reason', async () => {
    const { email } = await protectedOwner()
    await confirmed(email)
    await suspend(deps, (await accountOf(product, email)).username, by)
    const { events } = await stateOf(database, email)
    const event = events.find(({ kind }) => kind === 'account_suspended')
    assert.deepEqual(
      [event?.actor, event?.operatorId, event?.reason, event?.address],
      ['operator', null, 'Left the company', 'server'],
    )
    await writeNotices(deps)
    const { paragraphs } = await mailTo(product, email, /^Your account was suspended/)
    assert.match(paragraphs.join(' '), /by the people who run Latchkey\. Their reason: Left the company/)
  })

  test('is not suspended or resumed twice, and an unknown one not at all', async () => {
    const { email } = await protectedOwner()
    assert.deepEqual(await resume(deps, email, by), { ok: false, reason: 'not_suspended' })
    const both = await Promise.all([suspend(deps, email, by), suspend(deps, email, by)])
    assert.deepEqual(both.map(({ ok }) => ok).sort(), [false, true])
    const before = await everyRow(product)
    assert.deepEqual(await suspend(deps, email, by), { ok: false, reason: 'suspended' })
    for (const nobody of ['nobody@example.com', 'nobody-at-all', '@', ''])
      assert.deepEqual(await suspend(deps, nobody, by), { ok: false, reason: 'no_such_account' })
    assert.deepEqual(await everyRow(product), before)
  })
})

describe('the last operator (P08)', () => {
  test('is not suspended', async () => {
    const [email = ''] = await operators(1)
    assert.deepEqual(await suspend(deps, email, by), { ok: false, reason: 'last_operator' })
    assert.equal((await accountOf(product, email)).suspendedAt, null)
  })

  test('stays when two are suspended at the same time', async () => {
    const emails = await operators(2)
    const results = await Promise.all(emails.map((email) => suspend(deps, email, by)))
    assert.deepEqual(results.map(({ ok }) => ok).sort(), [false, true])
  })
})
