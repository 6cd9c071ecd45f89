import assert from 'node:assert/strict'
import { after, afterEach, describe, test } from 'node:test'
import { eq } from 'drizzle-orm'
import { accounts, events } from '#db/schema.ts'
import { accountOf, everyRow, latchkey, mailTo, operator, signedUp, withTwoFactor } from '#testing/index.ts'
import { assertInvariants } from '#testing/invariants.ts'
import { COMMAND_LINE } from './command-line.ts'
import { deleteAccount } from './deletion.ts'

const product = await latchkey()
const { database, deps } = product
const { db } = database
afterEach(async () => {
  assert.deepEqual(product.faults.splice(0), [])
  await assertInvariants(database)
})
after(product.close)

const by = { operatorId: null, reason: 'Left the company', origin: COMMAND_LINE }
const isThere = async (email: string) =>
  (await db.select().from(accounts).where(eq(accounts.email, email))).length === 1

/** As many operators as there are. */
async function operators(many: number) {
  await db.update(accounts).set({ role: 'member' })
  return await Promise.all(Array.from({ length: many }, () => operator(product)))
}

describe('an operator who deletes an account', () => {
  test('types its address and a reason first, and nothing happens before', async () => {
    const { browser } = (await operators(1))[0] ?? (await operator(product))
    const { email } = await withTwoFactor(product)
    const { username } = await accountOf(product, email)
    const page = `/operate/accounts/${username}/delete`
    assert.match((await browser.get(`/operate/accounts/${username}`)).html, new RegExp(`href="${page}"`))
    assert.match((await browser.get(page)).text, /nobody can bring it back/)
    const before = await everyRow(product)
    const mistakes: [{ reason: string; email: string }, number][] = [
      [{ reason: '', email }, 422],
      [{ reason: 'Left', email: '' }, 409],
      [{ reason: 'Left', email: `x${email}` }, 409],
      [{ reason: 'Left', email: username }, 409],
    ]
    for (const [fields, status] of mistakes) assert.equal((await browser.post(page, fields)).status, status)
    assert.deepEqual(await everyRow(product), before)
    const done = await browser.post(page, { reason: 'Left', email: ` ${email.toUpperCase()} ` })
    assert.equal(done.location, '/operate/accounts')
    assert.match((await browser.get('/operate/accounts')).text, /The account is deleted\./)
    assert.ok(!(await isThere(email)), 'it is gone at once')
    assert.equal((await browser.get(page)).status, 404)
    assert.match((await browser.get('/operate/log')).text, /Account deleted A deleted account By ada\.[^ ]*: Left/)
  })

  test('is written down with the reason, and its owner is told by mail', async () => {
    await operators(1)
    const { browser, email } = await signedUp(product)
    assert.deepEqual(await deleteAccount(deps, email, by, email), { ok: true, email })
    const { paragraphs } = await mailTo(product, email, /^Your account at .* was deleted$/)
    assert.match(paragraphs.join(' '), /^The people who run Latchkey deleted your account/)
    assert.match(paragraphs.join(' '), /Their reason: Left the company/)
    const [event] = (await db.select().from(events)).filter(
      ({ kind, reason }) => kind === 'account_deleted' && reason === by.reason,
    )
    assert.deepEqual([event?.actor, event?.accountId, event?.address], ['operator', null, ''])
    assert.equal((await browser.get('/')).location, '/sign-in')
    assert.deepEqual(await deleteAccount(deps, email, by, email), { ok: false, reason: 'no_such_account' })
  })

  test('never deletes the last one, nor two that would each leave the other (P08)', async () => {
    const [last] = await operators(1)
    assert.ok(last, 'there is one')
    const { email } = last
    assert.deepEqual(await deleteAccount(deps, email, by, email), { ok: false, reason: 'last_operator' })
    const { username } = await accountOf(product, email)
    const refused = await last.browser.post(`/operate/accounts/${username}/delete`, { reason: 'Bored', email })
    assert.equal(refused.status, 409)
    assert.match(refused.text, /This is the last operator/)
    const both = await operators(2)
    const results = await Promise.all(both.map((each) => deleteAccount(deps, each.email, by, each.email)))
    assert.deepEqual(results.map(({ ok }) => ok).sort(), [false, true])
  })

  test('who is deleted keeps no invitation in their name, and others’ events keep a number that names nobody', async () => {
    const [leaving] = await operators(2)
    assert.ok(leaving, 'there is one')
    const { id } = await accountOf(product, leaving.email)
    await leaving.browser.post('/operate/invitations/new', {
      ...{ email: '', role: 'member', groups: '', expires: '', ends: '' },
      reason: 'For the summer',
    })
    await deleteAccount(deps, leaving.email, by, leaving.email)
    const { events: log = [], invitations = [], ...others } = await everyRow(product)
    assert.ok(invitations.length > 0 && log.some((row) => row.includes(`"operatorId":${id}`)), 'they did something')
    assert.deepEqual(
      Object.entries({ ...others, invitations }).filter(([, rows]) => rows.some((row) => row.includes(String(id)))),
      [],
    )
  })
})
