import assert from 'node:assert/strict'
import { after, afterEach, describe, test } from 'node:test'
import { eq } from 'drizzle-orm'
import { groups as groupsTable, invitations } from '#db/schema.ts'
import { holding } from '#testing/held.ts'
import {
  accountOf,
  confirmedAccount,
  everyRow,
  followed,
  latchkey,
  loggedEvents,
  mailsTo,
  mailTo,
  newEmail,
  PASSWORD,
  signedInBrowser,
} from '#testing/index.ts'
import { assertInvariants } from '#testing/invariants.ts'
import { COMMAND_LINE } from './command-line.ts'
import { createGroup, deleteGroup, groupsOf } from './groups.ts'
import { type Invited, invite, listInvitations, revokeInvitation, type Wanted } from './invitations.ts'

// One product where mail reaches people, and the same database where it doesn't.
const product = await latchkey({ smtpUrl: 'smtp://localhost:1', signUps: 'invited' })
const { clock, deps, database } = product
const mailless = await latchkey({ signUps: 'invited' }, product)
const open = await latchkey({ signUps: 'open' }, product)
const closed = await latchkey({ signUps: 'closed' }, product)
afterEach(async () => {
  assert.deepEqual(
    [product, mailless, open, closed].flatMap(({ faults }) => faults.splice(0)),
    [],
  )
  await assertInvariants(database, [PASSWORD, ...tokens])
})
after(product.close)

const DAY = 24 * 60 * 60_000
const BY = { operatorId: null, reason: 'She asked.', origin: COMMAND_LINE }
const tokens: string[] = []
const daysOn = (days: number) => new Date(clock.now().getTime() + days * DAY)
let groups = 0

async function group() {
  const name = `group-${++groups}`
  await createGroup(deps, name, BY)
  return name
}

/** An invitation as it was wanted, and where its link leads: from the mail if it was sent. */
async function invited(of: Partial<Wanted> = {}) {
  const wanted: Wanted = { email: null, isSent: false, role: 'member', groups: [], accountEndsAt: null, ...of }
  const made = await invite(deps, wanted, BY)
  assert.ok(made.ok, JSON.stringify(made))
  const href = made.link ?? (await mailTo(product, wanted.email ?? '', /^You're invited/)).link?.href ?? ''
  const { pathname, search, searchParams } = new URL(href)
  tokens.push(searchParams.get('invitation') ?? '')
  return { ...made.invitation, path: pathname + search }
}

const refused = async (of: Partial<Wanted>, on = product) => {
  const wanted: Wanted = { email: null, isSent: false, role: 'member', groups: [], accountEndsAt: null, ...of }
  const made: Invited = await invite(on.deps, wanted, BY)
  return made.ok ? 'made' : made.reason
}

/** Follows the link and sends the form. */
async function accept(path: string, fields: Record<string, string>, on = product) {
  const browser = on.browser()
  await browser.get(path)
  return { browser, ...(await browser.post('/sign-up', { password: PASSWORD, ...fields })) }
}

const hasAccount = async (email: string) => await accountOf(product, email).catch(() => undefined)

describe('an invitation', () => {
  test('opens the form on a site that is closed to strangers, and its token leaves the URL for a cookie', async () => {
    const { path } = await invited()
    const browser = product.browser()
    const answer = await browser.get(path)
    assert.deepEqual([answer.status, answer.location], [303, '/sign-up'])
    assert.match(answer.headers.getSetCookie().join(), /^__Host-latchkey-mail-link=.*HttpOnly; Secure; SameSite=Lax/)
    const page = await browser.get('/sign-up')
    assert.match(page.html, /<h1>Create your account<\/h1>/)
    assert.ok(!page.html.includes(tokens.at(-1) ?? ''), 'the page has no token')
    assert.match((await product.browser().get('/sign-up')).html, /You need an invitation/)
  })

  test('gives the account the role, the groups and the end that it names', async () => {
    const [forEver, forAWeek] = [await group(), await group()]
    const until = daysOn(7)
    const wanted = { role: 'operator', accountEndsAt: daysOn(30) } as const
    const joined = [
      { name: forEver, until: null },
      { name: forAWeek, until },
    ]
    const { path, id } = await invited({ ...wanted, groups: joined })
    const email = newEmail()
    assert.equal((await accept(path, { email })).location, '/sign-up/sent')
    const account = await accountOf(product, email)
    assert.deepEqual([account.role, account.endsAt, account.emailConfirmedAt], ['operator', wanted.accountEndsAt, null])
    assert.deepEqual(
      (await groupsOf(deps, account.id)).map(({ name, until }) => ({ name, until })),
      joined,
    )
    const [row] = await database.db.select().from(invitations).where(eq(invitations.id, id))
    assert.deepEqual([row?.usedBy, row?.usedAt], [account.id, clock.now()])
    await confirm(email)
  })

  test('that came by mail to the address it is for confirms it, and signs in at once', async () => {
    const email = newEmail()
    const { path } = await invited({ email, isSent: true })
    const { location, browser } = await accept(path, { email })
    assert.equal(location, '/')
    assert.equal((await browser.get('/')).status, 200)
    assert.ok((await accountOf(product, email)).emailConfirmedAt)
    assert.deepEqual(await loggedEvents(product, email), ['signed_up', 'email_confirmed', 'signed_in password'])
    const subjects = (await mailsTo(product, email)).map(({ subject }) => subject)
    assert.deepEqual(subjects, ["You're invited to Latchkey"], 'nothing more to confirm')
  })

  test('that was printed proves nothing about a mailbox, whether it is for an address or not', async () => {
    for (const bound of [true, false]) {
      const email = newEmail()
      const { path } = await invited({ email: bound ? email : null })
      assert.equal((await accept(path, { email })).location, '/sign-up/sent')
      assert.equal((await accountOf(product, email)).emailConfirmedAt, null)
      await confirm(email)
    }
  })

  test('where no mail is sent, signs in at once and confirms nothing', async () => {
    const email = newEmail()
    const { path } = await invited({ email, isSent: true })
    assert.equal((await accept(path, { email }, mailless)).location, '/')
    assert.equal((await accountOf(product, email)).emailConfirmedAt, null)
  })

  test('works where anyone may sign up, and not where nobody may; none is made there', async () => {
    const { path } = await invited({ role: 'operator' })
    const email = newEmail()
    assert.equal((await accept(path, { email }, closed)).status, 403)
    assert.equal(await hasAccount(email), undefined)
    assert.equal(await refused({}, closed), 'sign_ups_closed')
    assert.equal((await accept(path, { email }, open)).status, 303)
    assert.equal((await accountOf(product, email)).role, 'operator')
  })

  test('is refused with an end that has come, more than a year ahead, or a group that isn’t there or is named twice', async () => {
    const name = await group()
    const before = await everyRow(product)
    assert.equal(await refused({ expiresAt: clock.now() }), 'over')
    assert.equal(await refused({ accountEndsAt: clock.now() }), 'over')
    assert.equal(await refused({ groups: [{ name, until: clock.now() }] }), 'over')
    assert.equal(await refused({ expiresAt: daysOn(367) }), 'too_late')
    assert.equal(await refused({ isSent: true }), 'no_address')
    assert.equal(await refused({ groups: [{ name: 'nobodys', until: null }] }), 'no_such_group')
    const twice = [name, name].map((each) => ({ name: each, until: null }))
    assert.equal(await refused({ groups: twice }), 'group_twice')
    assert.deepEqual(await everyRow(product), before)
  })

  test('leaves out a group that was deleted since', async () => {
    const [kept, deleted] = [await group(), await group()]
    const { path } = await invited({ groups: [kept, deleted].map((name) => ({ name, until: null })) })
    await deleteGroup(deps, deleted, BY)
    const email = newEmail()
    await accept(path, { email })
    const { id } = await accountOf(product, email)
    assert.deepEqual(
      (await groupsOf(deps, id)).map(({ name }) => name),
      [kept],
    )
  })
})

describe('a group that is deleted at the very moment', () => {
  test('of a sign-up by an invitation that names it is left out, and the account is made', async () => {
    const [kept, deleted] = [await group(), await group()]
    const { path } = await invited({ groups: [kept, deleted].map((name) => ({ name, until: null })) })
    const email = newEmail()
    const browser = product.browser()
    await browser.get(path)
    const signals = new EventTarget()
    const heard = (name: string) => new Promise((resolve) => signals.addEventListener(name, resolve, { once: true }))
    const [held, letGo] = [heard('held'), heard('let go')]
    const deleting = database.atomically((tx) => [
      holding(
        tx.delete(groupsTable).where(eq(groupsTable.name, deleted)).returning(),
        () => void signals.dispatchEvent(new Event('held')),
        letGo,
      ),
      tx.select().from(groupsTable).limit(1),
    ])
    await Promise.race([held, deleting])
    const signingUp = browser.post('/sign-up', { email, password: PASSWORD })
    await new Promise((resolve) => setTimeout(resolve, database.dialect === 'postgres' ? 300 : 0)) // it waits at the group
    signals.dispatchEvent(new Event('let go'))
    assert.equal(await deleting, true)
    assert.equal((await signingUp).location, '/sign-up/sent')
    const { id } = await accountOf(product, email)
    assert.deepEqual(
      (await groupsOf(deps, id)).map(({ name }) => name),
      [kept],
    )
    await confirm(email)
  })

  test('of an invitation that names it makes none, and no mail', async () => {
    const [kept, deleted] = [await group(), await group()]
    const groups = {
      async groupsNamed(names: string[]) {
        const found = await deps.groups.groupsNamed(names)
        await deleteGroup(deps, deleted, BY)
        return found
      },
    }
    const email = newEmail()
    const named = [kept, deleted].map((name) => ({ name, until: null }))
    const wanted: Wanted = { email, isSent: true, role: 'member', groups: named, accountEndsAt: null }
    const made = await invite({ ...deps, groups }, wanted, BY)
    assert.deepEqual(made, { ok: false, reason: 'no_such_group', group: deleted })
    const { invitations: rows } = await listInvitations(deps)
    assert.ok(
      rows.every((row) => row.email !== email),
      'none is made',
    )
    assert.deepEqual(await mailsTo(product, email), [])
  })
})

describe('P03: an invitation makes one account at most:', () => {
  test('used twice', async () => {
    const { path } = await invited()
    const [first, second] = [newEmail(), newEmail()]
    await accept(path, { email: first })
    const again = await accept(path, { email: second })
    assert.equal(again.status, 410)
    assert.match(again.html, /This invitation doesn(’|'|&#39;)t work/)
    assert.equal(again.browser.cookies.has('__Host-latchkey-mail-link'), false)
    assert.ok(await hasAccount(first))
    assert.equal(await hasAccount(second), undefined)
  })

  for (const [what, on, emails] of [
    ['for 20 addresses', product, Array.from({ length: 20 }, newEmail)],
    ['for one address', product, Array(20).fill(newEmail())],
    ['for 20 addresses where no mail is sent', mailless, Array.from({ length: 20 }, newEmail)],
  ] as const)
    test(`used by 20 at once, ${what}`, async () => {
      const { path } = await invited({ groups: [{ name: await group(), until: null }] })
      const before = (await everyRow(product)).accounts?.length ?? 0
      const browsers = emails.map(() => on.browser())
      for (const browser of browsers) await browser.get(path)
      const answers = await Promise.all(
        browsers.map((browser, n) => browser.post('/sign-up', { email: emails[n] ?? '', password: PASSWORD })),
      )
      assert.equal(answers.filter(({ status }) => status === 303).length, 1)
      assert.equal(answers.filter(({ status }) => status === 410).length, 19)
      assert.equal((await everyRow(product)).accounts?.length, before + 1)
    })

  test('after it was revoked, also between the page and the form', async () => {
    const { path, id } = await invited()
    const browser = product.browser()
    await browser.get(path)
    assert.equal((await browser.get('/sign-up')).status, 200)
    assert.deepEqual(await revokeInvitation(deps, id, BY), { ok: true })
    assert.deepEqual(await revokeInvitation(deps, id, BY), { ok: false, reason: 'gone' })
    const email = newEmail()
    assert.equal((await browser.post('/sign-up', { email, password: PASSWORD })).status, 410)
    assert.equal((await product.browser().get(path)).status, 303)
    assert.equal((await accept(path, { email })).status, 410)
    assert.equal(await hasAccount(email), undefined)
  })

  test('after its end, to the millisecond', async () => {
    const [early, late] = [await invited(), await invited({ expiresAt: daysOn(7) })]
    clock.advance(7 * DAY - 1)
    const email = newEmail()
    assert.equal((await accept(early.path, { email })).status, 303)
    clock.advance(1)
    const tooLate = newEmail()
    assert.equal((await accept(late.path, { email: tooLate })).status, 410)
    assert.equal(await hasAccount(tooLate), undefined)
    assert.deepEqual(await revokeInvitation(deps, late.id, BY), { ok: false, reason: 'gone' })
  })

  test('by another address than the one it is for', async () => {
    const email = newEmail()
    const { path, id } = await invited({ email, isSent: true })
    const before = await everyRow(product)
    for (const other of [newEmail(), `x${email}`, email.replace('@', '+x@')]) {
      const { status, html } = await accept(path, { email: other })
      assert.equal(status, 422)
      assert.match(html, /This invitation is for/)
      assert.equal(await hasAccount(other), undefined)
      const spent = await deps.admissions.spendInvitation({ id, email: other, now: clock.now() })
      assert.equal(spent, false, 'the store alone holds that')
    }
    assert.deepEqual(await everyRow(product), before)
    assert.equal((await accept(path, { email: ` ${email.toUpperCase()}` })).location, '/')
  })

  test('revoked and used at the same time', async () => {
    for (let round = 0; round < 5; round++) {
      const { path, id } = await invited()
      const email = newEmail()
      const [{ status }, revoked] = await Promise.all([accept(path, { email }), revokeInvitation(deps, id, BY)])
      assert.equal(Boolean(await hasAccount(email)), !revoked.ok)
      assert.equal(status, revoked.ok ? 410 : 303)
    }
  })
})

describe('an invitation tells nobody who has an account:', () => {
  test('for a taken address it answers the same, is used up all the same, and changes nothing about the account', async () => {
    const taken = await confirmedAccount(open)
    const before = await accountOf(product, taken)
    const answers: unknown[] = []
    for (const email of [newEmail(), taken]) {
      const { path } = await invited({ role: 'operator', groups: [{ name: await group(), until: null }] })
      const { status, location, html, headers } = await accept(path, { email })
      answers.push([status, location, html, [...headers], (await product.browser().get(path)).status])
      assert.equal((await accept(path, { email: newEmail() })).status, 410)
    }
    assert.deepEqual(answers[1], answers[0])
    assert.deepEqual(await accountOf(product, taken), before)
    assert.deepEqual(await groupsOf(deps, before.id), [])
  })

  test('only who got it by mail at that very address hears that it is taken', async () => {
    const email = await confirmedAccount(open)
    const { path } = await invited({ email, isSent: true })
    const { status, text } = await accept(path, { email })
    assert.equal(status, 422)
    assert.match(text, /There is already an account with this email/)
  })
})

test('P07: a role, a group or an end in the form, the query or a cookie gives nobody anything', async () => {
  const name = await group()
  const { path } = await invited()
  const email = newEmail()
  const browser = open.browser()
  await browser.get(path)
  const before = await everyRow(product)
  for (const field of ['role', 'group', 'groups', 'endsAt', 'account_ends', 'invitation', 'emailConfirmedAt', 'id'])
    assert.equal(
      (await browser.post('/sign-up', { email, password: PASSWORD, [field]: 'operator' })).status,
      400,
      field,
    )
  assert.deepEqual(await everyRow(product), before)
  for (const cookie of ['role', 'group', '__Host-role'])
    browser.cookies.set(cookie, cookie === 'group' ? name : 'operator')
  const query = `role=operator&group=${name}&groups=${name}&endsAt=`
  assert.equal((await browser.post(`/sign-up?${query}`, { email, password: PASSWORD })).status, 303)
  const { role, id, endsAt } = await accountOf(product, email)
  assert.deepEqual([role, endsAt, await groupsOf(deps, id)], ['member', null, []])
})

test('invitations are listed fifty at a time, the latest first, with what became of each and no token', async () => {
  const site = await latchkey({ signUps: 'invited' })
  const make = () =>
    invite(site.deps, { email: null, isSent: false, role: 'member', groups: [], accountEndsAt: null }, BY)
  const ids: string[] = []
  for (let n = 0; n < 120; n++) {
    if (n % 3 === 0) site.clock.advance(1) // some at the same moment
    const made = await make()
    if (made.ok) ids.push(made.invitation.id)
  }
  await revokeInvitation(site.deps, ids[5] ?? '', BY)
  const seen: { id: string; state: string }[] = []
  const pages: number[] = []
  for (let after: string | undefined; ; ) {
    const page = await listInvitations(site.deps, after)
    assert.doesNotMatch(JSON.stringify(page), /token/i)
    pages.push(page.invitations.length)
    seen.push(...page.invitations)
    after = page.next
    if (after === undefined) break
  }
  assert.deepEqual(pages, [50, 50, 20])
  assert.deepEqual(seen.map(({ id }) => id).sort(), [...ids].sort())
  assert.deepEqual(
    seen.filter(({ state }) => state !== 'open').map(({ id, state }) => [id, state]),
    [[ids[5], 'revoked']],
  )
  await site.close()
})

async function confirm(email: string) {
  const { path } = await mailTo(product, email, /^Confirm/)
  const browser = product.browser()
  await followed(browser, path)
  await browser.post('/mail/confirm-email')
  await signedInBrowser(product, email)
}
