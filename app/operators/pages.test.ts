import assert from 'node:assert/strict'
import { after, afterEach, describe, test } from 'node:test'
import { and, eq } from 'drizzle-orm'
import { events, invitations, memberships, sessions } from '#db/schema.ts'
import { accountOf, everyRow, latchkey, operator, queuedFor, signedUp, textOf, withTwoFactor } from '#testing/index.ts'

const product = await latchkey()
const { database } = product
const { db } = database
afterEach(() => assert.deepEqual(product.faults.splice(0), []))
after(product.close)

const boss = await operator(product)
const { browser } = boss
const { id: bossId } = await accountOf(product, boss.email)

async function somebody() {
  const person = await signedUp(product)
  const { id, username } = await accountOf(product, person.email)
  return { ...person, id, username, page: `/operate/accounts/${username}` }
}

const written = async (accountId: number, kind: string) => {
  const rows = await db
    .select()
    .from(events)
    .where(and(eq(events.accountId, accountId), eq(events.kind, kind)))
  return rows.map(({ actor, operatorId, reason }) => ({ actor, operatorId, reason }))
}

describe('accounts', () => {
  test('are found by the beginning of an address, a username or a name, and shown with what they have and no secret', async () => {
    const { email, username, page } = await somebody()
    const list = await browser.get(`/operate/accounts?search=${encodeURIComponent(email.slice(0, 12).toUpperCase())}`)
    assert.ok(list.html.includes(`href="${page}"`), list.text)
    const { text, html } = await browser.get(page)
    assert.ok(text.includes(email) && text.includes(username), text)
    const { passwordHash } = await accountOf(product, email)
    const [session] = await db.select().from(sessions)
    for (const secret of [passwordHash, session?.tokenHash ?? 'nothing']) assert.ok(!html.includes(secret), 'no secret')
    assert.equal((await browser.get('/operate/accounts/nobody-here')).status, 404)
    assert.equal((await browser.get('/operate/accounts?after=elsewhere')).location, '/operate/accounts')
  })

  test('are suspended with a reason, which the log and the owner read, and resumed with no session left', async () => {
    const { browser: own, email, id, page } = await somebody()
    const refused = await browser.post(`${page}/suspend`, { reason: ' ' })
    assert.equal(refused.status, 422)
    assert.match(refused.text, /Say why\./)
    assert.equal((await own.get('/')).status, 200)

    const reason = 'It sends advertisements'
    assert.equal((await browser.post(`${page}/suspend`, { reason })).location, page)
    assert.match((await browser.get(page)).text, /The account is suspended\. .*It sends advertisements/)
    assert.equal((await own.get('/')).location, '/sign-in')
    assert.deepEqual(await written(id, 'account_suspended'), [{ actor: 'operator', operatorId: bossId, reason }])
    const again = await browser.post(`${page}/suspend`, { reason })
    assert.deepEqual([again.status, /suspended already/.test(again.text)], [409, true])

    assert.equal((await browser.post(`${page}/resume`, { reason: '' })).location, page)
    assert.equal((await own.get('/')).location, '/sign-in')
    assert.ok((await queuedFor(product, email)).length > 0, 'the owner has mail')
  })

  test('are signed out, made operators, and made members again; P08: the last operator stays', async () => {
    const { browser: own, id, page } = await somebody()
    assert.equal((await browser.post(`${page}/sign-out`, { reason: 'A lost laptop' })).location, page)
    assert.equal((await own.get('/')).location, '/sign-in')
    assert.equal((await browser.post(`${page}/make-operator`, { reason: '' })).location, page)
    assert.deepEqual(await written(id, 'operator_added'), [{ actor: 'operator', operatorId: bossId, reason: null }])
    assert.equal((await browser.post(`${page}/make-member`, { reason: 'Moved on' })).location, page)
    const { username } = await accountOf(product, boss.email)
    for (const change of ['make-member', 'suspend']) {
      const last = await browser.post(`/operate/accounts/${username}/${change}`, { reason: 'Tired' })
      assert.deepEqual([last.status, /last operator/.test(last.text)], [409, true])
    }
  })

  test('are rescued by a code that is shown once, and whose owner is mailed', async () => {
    const owner = await withTwoFactor(product)
    const { username } = await accountOf(product, owner.email)
    const page = `/operate/accounts/${username}`
    assert.match((await browser.get(page)).text, /Rescue/)
    assert.equal((await browser.post(`${page}/rescue`, { reason: '' })).status, 422)
    const { status, html } = await browser.post(`${page}/rescue`, { reason: 'Lost both phones' })
    const [, code = ''] = /<code class="key">([^<]+)</.exec(html) ?? []
    assert.ok(status === 200 && code.length > 10, html)
    assert.ok(!(await browser.get(page)).html.includes(code), 'it is on no other page')
    assert.match(
      (await queuedFor(product, owner.email)).map(({ subject }) => subject).join(),
      /lost your second factor/,
    )
    const none = await browser.post(`${(await somebody()).page}/rescue`, { reason: 'Lost' })
    assert.match(none.text, /no second factor/)
  })

  test('have no change but those of their page', async () => {
    const { page } = await somebody()
    const before = await everyRow(product)
    for (const change of ['delete-everything', 'constructor', '__proto__']) {
      assert.equal((await browser.get(`${page}/${change}`)).status, 404)
      assert.equal((await browser.post(`${page}/${change}`, { reason: 'x' })).status, 404)
    }
    assert.deepEqual(await everyRow(product), before)
  })
})

describe('groups', () => {
  test('are made, filled to a day, emptied and deleted', async () => {
    const { email, id, username } = await somebody()
    assert.equal((await browser.post('/operate/groups', { name: 'family' })).location, '/operate/groups/family')
    const twice = await browser.post('/operate/groups', { name: 'family' })
    assert.match(twice.text, /a group of that name already/)
    assert.equal((await browser.post('/operate/groups', { name: 'A b' })).status, 422)

    const add = (fields: Record<string, string>) => browser.post('/operate/groups/family', { until: '', ...fields })
    assert.match((await add({ account: 'nobody@example.com' })).text, /no account with this email/)
    assert.match((await add({ account: email, until: '2020-01-01' })).text, /That day has passed/)
    assert.match((await add({ account: email, until: 'soon' })).text, /Write the day as in 2026-12-31/)
    assert.equal((await add({ account: username, until: '2027-01-01' })).location, '/operate/groups/family')
    const [row] = await db.select().from(memberships).where(eq(memberships.accountId, id))
    assert.deepEqual(row?.until, new Date('2027-01-01'))
    assert.ok((await browser.get('/operate/groups/family')).text.includes(email), 'it is listed')

    const leave = `/operate/groups/family/remove?account=${username}`
    assert.equal((await browser.get(leave)).status, 200)
    await browser.post('/operate/groups/family/remove', { account: username, reason: '' })
    assert.match((await browser.get('/operate/groups/family')).text, /Nobody is in this group/)
    assert.equal((await browser.post('/operate/groups/family/delete', { reason: '' })).location, '/operate/groups')
    assert.equal((await browser.get('/operate/groups/family')).status, 404)
  })
})

describe('invitations', () => {
  const wanted = { email: '', role: 'member', groups: '', expires: '', ends: '', reason: '' }
  const make = (fields: Record<string, string>) => browser.post('/operate/invitations/new', { ...wanted, ...fields })

  test('show their link once, and are listed and revoked without it', async () => {
    const { status, html } = await make({ role: 'operator' })
    assert.equal(status, 200)
    const [link = ''] = /https:[^<]*invitation=[\w-]+/.exec(html) ?? []
    const token = link.split('=').at(-1) ?? ''
    const list = await browser.get('/operate/invitations')
    assert.ok(token.length > 20 && !list.html.includes(token), 'it is on no other page')
    const [id] = /invitations\/([\w-]+)\/revoke/.exec(list.html)?.slice(1) ?? []
    assert.equal((await browser.post(`/operate/invitations/${id}/revoke`)).location, '/operate/invitations')
    assert.match((await browser.get('/operate/invitations')).text, /makes no account any longer\./)
    await browser.post(`/operate/invitations/${id}/revoke`)
    assert.match((await browser.get('/operate/invitations')).text, /used or revoked already/)
  })

  test('go to an address by mail, with groups and an end for the account', async () => {
    await browser.post('/operate/groups', { name: 'friends' })
    const email = 'grace@example.com'
    const sent = await make({ email, send: 'yes', groups: 'friends:2026-12-31', ends: '2027-02-01' })
    assert.equal(sent.location, '/operate/invitations')
    const [row] = await db.select().from(invitations).where(eq(invitations.email, email))
    assert.deepEqual(row?.accountEndsAt, new Date('2027-02-01'))
  })

  test('say what is wrong with them, and keep what was typed', async () => {
    for (const [fields, said] of [
      [{ send: 'yes' }, /needs an address/],
      [{ email: 'grace' }, /email address/],
      [{ groups: 'nowhere' }, /no group of that name/],
      [{ groups: 'friends friends' }, /there twice/],
      [{ groups: 'friends:soon' }, /Write the day/],
      [{ expires: '2020-01-01' }, /That day has passed/],
      [{ expires: '2036-01-01' }, /366 days/],
    ] as const) {
      const { status, html, text } = await make({ reason: 'For the party', ...fields })
      assert.equal(status, 422, textOf(html))
      assert.match(text, said)
      assert.match(html, /value="For the party"/)
    }
  })
})

describe('the policy', () => {
  test('is set for a group from a day on, with a row in the log, and taken back', async () => {
    await browser.post('/operate/groups', { name: 'staff' })
    const set = (fields: Record<string, string>) =>
      browser.post('/operate/policy', { group: '', level: 'required', from: '', reason: '', ...fields })
    assert.match((await set({ group: 'nobody' })).text, /no group of that name/)
    assert.equal((await set({ group: 'staff', from: '2027-01-01', reason: 'New rules' })).location, '/operate/policy')
    assert.match((await browser.get('/operate/policy')).text, /The policy is set\..*staff .*required .*1 Jan 2027/)
    const rows = await db.select().from(events).where(eq(events.kind, 'policy_set'))
    assert.deepEqual(
      rows.map(({ accountId, operatorId, subject, reason }) => ({ accountId, operatorId, subject, reason })),
      [{ accountId: null, operatorId: bossId, subject: 'staff: required', reason: 'New rules' }],
    )
    await set({ group: 'staff', level: 'optional' })
    assert.doesNotMatch((await browser.get('/operate/policy')).text, /1 Jan 2027/)
  })
})
