import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { eq } from 'drizzle-orm'
import { dialect } from '#db/columns.ts'
import { accounts } from '#db/schema.ts'
import { apiClient } from '#testing/clients/v1.ts'
import {
  accountOf,
  codeOf,
  everyRow,
  latchkey,
  loggedEvents,
  mailTo,
  namedAfter,
  newEmail,
  owingCode,
  PASSWORD,
  queuedFor,
  signedInBrowser,
  signedUp,
  testDatabase,
  withToken,
  withTwoFactor,
} from '#testing/index.ts'
import { assertInvariants, stateOf } from '#testing/invariants.ts'
import { statementsOf } from '#testing/statements.ts'
import { listAccounts, showAccount } from './accounts.ts'
import { COMMAND_LINE } from './command-line.ts'
import { createAccount } from './new-accounts.ts'
import { addOperator, removeOperator } from './roles.ts'
import { signOutAccount } from './sign-out.ts'
import { listTokens, revokeToken } from './tokens.ts'

const product = await latchkey()
const { deps, clock, database } = product
after(product.close)

const by = { operatorId: null, reason: 'Asked for on the phone', origin: COMMAND_LINE }

const crowd = await testDatabase()
const statements = dialect === 'sqlite' ? statementsOf(crowd) : undefined
const overCrowd = await latchkey({}, { database: crowd })
after(() => crowd.close())

describe('the list of accounts', () => {
  const { deps } = overCrowd

  /** Every page of a list. */
  async function allFound(search?: string) {
    const found: string[] = []
    let pages = 0
    for (let next: string | undefined; ; ) {
      const page = await listAccounts(deps, { search, after: next })
      assert.ok(page, 'the place is one')
      assert.ok(page.accounts.length <= 50, 'fifty at most')
      found.push(...page.accounts.map(({ email }) => email))
      pages++
      next = page.next
      if (!next) return { found, pages }
    }
  }

  const MANY = 230
  const at = clock.now()
  const row = (id: number, more: Partial<typeof accounts.$inferInsert> = {}) => ({
    ...{ id, uid: id, ...namedAfter(id), passwordHash: 'x', passwordChangedAt: at, securityVersion: 1, createdAt: at },
    ...more,
  })
  before(async () => {
    await crowd.db.insert(accounts).values([
      ...Array.from({ length: MANY }, (_, index) => row(5000 + index)),
      row(1, {
        email: 'zoe@example.com',
        username: 'zoe',
        usernameLook: 'zoe',
        displayName: 'Zoë',
        displayNameLook: 'zoë',
      }),
      row(2, { email: 'yves@example.com', username: 'zoe.2', usernameLook: 'zoe2' }),
      row(3, { email: 'xena@example.com', displayName: 'ZOE Q', displayNameLook: 'zoe q' }),
      row(4, { email: 'wim@example.com', displayName: 'zoe', displayNameLook: 'zoe' }),
      row(5, { email: 'vera_%@example.com', displayName: 'Azoe', displayNameLook: 'azoe' }),
    ])
  })

  test('has each account once, by address, fifty to a page', async () => {
    const { found, pages } = await allFound()
    assert.deepEqual(found, [...new Set(found)].sort())
    assert.equal(found.length, MANY + 5)
    assert.equal(pages, 5)
  })

  test('finds by the beginning of the address, the username or the name, in any case, and each once', async () => {
    // By address; by username; by name, which are "zoe" and "zoe q".
    for (const typed of ['zoe', ' ZOE ', 'Zoe'])
      assert.deepEqual((await allFound(typed)).found, [
        ...['zoe@example.com', 'yves@example.com', 'wim@example.com', 'xena@example.com'],
      ])
    assert.deepEqual((await allFound('zoë')).found, ['zoe@example.com'])
    assert.deepEqual((await allFound('vera_%')).found, ['vera_%@example.com'])
    assert.deepEqual((await allFound('v%')).found, [])
    assert.deepEqual((await allFound('\u{10FFFF}')).found, [])
  })
  test('goes on where a page ended, through all three fields', async () => {
    const email = (at: number) => `${at}@example.com`
    for (const id of [5003, 5004])
      await crowd.db
        .update(accounts)
        .set({ displayName: 'Member', displayNameLook: 'member' })
        .where(eq(accounts.id, id))
    await crowd.db.update(accounts).set({ email: 'member-5@example.com' }).where(eq(accounts.id, 5004))
    const { found, pages } = await allFound('member')
    assert.deepEqual([found[0], found.includes(email(5003))], ['member-5@example.com', true])
    assert.equal(found.length, MANY + 3, 'by address, and by username those who have none of their own choice')
    assert.deepEqual([new Set(found).size, pages], [found.length, 5])
    assert.equal((await allFound('5')).found.length, MANY - 1)
  })

  test('shows accounts of one name, however many, and passes over a thousand that were listed before', async () => {
    const same = (id: number) => ({
      displayName: 'Quentin',
      displayNameLook: 'quentin',
      username: `q.${id}`,
      usernameLook: `q${id}`,
    })
    await crowd.db.insert(accounts).values(Array.from({ length: 1200 }, (_, index) => row(9000 + index, same(index))))
    await crowd.db.insert(accounts).values(row(8999, { displayName: 'Quiller', displayNameLook: 'quiller' }))
    assert.equal((await allFound('quentin')).found.length, 1200)
    const { found, pages } = await allFound('q')
    assert.deepEqual([found.length, found.at(-1), pages], [1201, '8999@example.com', 25])
  })

  test('takes only a place that a page said', async () => {
    for (const place of ['', 'x', Buffer.from('1').toString('base64url'), Buffer.from('1 \0').toString('base64url')])
      assert.equal(await listAccounts(deps, { after: place }), undefined, place)
  })

  if (statements)
    test('is one read of each page, by an index and without counting or skipping', async () => {
      const asked: string[] = []
      for (const search of ['', '5', 'q.', 'quentin']) {
        statements.take()
        const page = await listAccounts(deps, { search })
        await listAccounts(deps, { search, after: page?.next })
        asked.push(...statements.take())
      }
      assert.ok(asked.length >= 8 && asked.length <= 14, asked.join('\n'))
      for (const text of asked) {
        assert.doesNotMatch(text, /offset|count\(/i)
        const plan = statements.plan(text)
        assert.equal(plan.length, 1, `${text}\n${plan.join('\n')}`)
        assert.match(plan[0] ?? '', /^SEARCH accounts USING INDEX accounts_(email|username|display_name_look)/)
      }
    })
})

describe('what an operator sees of an account', () => {
  test('is where it is signed in, its factors, tokens and events, and nothing secret', async () => {
    const { browser, email, key, codes } = await withTwoFactor(product)
    const { value, id } = await withToken(product, browser)
    const { username, passwordHash } = await accountOf(product, email)
    for (const name of [email, username, ` ${email.toUpperCase()}`]) {
      const details = await showAccount(deps, name)
      assert.equal(details?.account.email, email)
      assert.equal(details?.sessions.length, 1)
      assert.deepEqual(
        details?.factors.map(({ kind, name }) => [kind, name]),
        [['totp', 'Authenticator']],
      )
      assert.deepEqual(
        details?.tokens.map(({ id, description }) => [id, description]),
        [[id, 'Nightly backup']],
      )
      assert.equal(details?.recoveryCodesLeft, 12)
      assert.equal(details?.events[0]?.kind, 'token_generated')
      const text = JSON.stringify(details)
      const rows = Object.values(await everyRow(product))
        .flat()
        .join('\n')
      const hidden = rows.match(/"(?:tokenHash|secret|hash|sealed|hint)":"[^"]+"/g) ?? []
      assert.ok(hidden.length > 15, 'secrets and their hashes are found')
      for (const secret of [
        key,
        ...codes,
        value,
        passwordHash,
        PASSWORD,
        ...hidden.map((each) => each.split('"')[3] ?? ''),
      ])
        assert.ok(!text.includes(secret), secret)
    }
    assert.equal(await showAccount(deps, 'nobody@example.com'), undefined)
    assert.equal(await showAccount(deps, 'no such name'), undefined)
  })
})

describe('an account that an operator makes', () => {
  test('opens to nobody until its owner has set a password by the link in the mail', async () => {
    const email = newEmail()
    const made = await createAccount(deps, { email: ` ${email.toUpperCase()}` }, by)
    assert.deepEqual(made, { ok: true, email, username: email.split('@')[0] })
    for (const password of ['!', 'x', PASSWORD])
      assert.equal((await product.browser().post('/sign-in', { email, password })).status, 422)
    const mail = await mailTo(product, email, /^Your account at /)
    const browser = product.browser()
    await browser.get(mail.path)
    assert.equal((await browser.post('/mail/reset-password', { password: PASSWORD })).status, 303)
    const owner = await signedInBrowser(product, email)
    const activity = (await owner.get('/settings/activity')).text
    assert.match(activity, /Account created By an operator: Asked for on the phone latchkey,? the server/)
    const { call, signedIn } = apiClient(product)
    const { body } = await call('GET', '/events', await signedIn(email))
    const events = body.events as Record<string, string>[]
    assert.deepEqual(
      events.filter(({ kind }) => kind === 'signed_up').map(({ by, reason }) => [by, reason]),
      [['operator', 'Asked for on the phone']],
    )
    assert.ok(events.filter(({ kind }) => kind === 'signed_in').every(({ by }) => by === undefined))
    assert.equal((await accountOf(product, email)).tokensFrozenAt, null)
    await assertInvariants(database, [PASSWORD])
  })

  test('is refused for an address that has one, that is kept, or that is none; twenty at once make one', async () => {
    const { email } = await signedUp(product)
    assert.deepEqual(await createAccount(deps, { email }, by), { ok: false, reason: 'email_taken' })
    assert.deepEqual(await createAccount(deps, { email: 'ada' }, by), { ok: false, reason: 'no_address' })
    const another = newEmail()
    const made = await Promise.all(Array.from({ length: 20 }, () => createAccount(deps, { email: another }, by)))
    assert.equal(made.filter(({ ok }) => ok).length, 1)
    assert.deepEqual(await loggedEvents(product, another), ['signed_up'])
    assert.equal((await queuedFor(product, another)).length, 1)
  })
})

describe('an account that an operator signs out', () => {
  test('is out everywhere, also where a code is owed, its tokens stop, and its owner is told', async () => {
    const { browser, email, key } = await withTwoFactor(product)
    const { value } = await withToken(product, browser)
    const trusted = await owingCode(product, email)
    await trusted.post('/sign-in/two-factor', { code: codeOf(key, clock.now()), trust: 'yes' })
    await browser.post('/settings/email/change', { email: newEmail(), password: PASSWORD })
    const pending = await owingCode(product, email)
    const open = async () => {
      const { trustedBrowsers, mailLinks } = await stateOf(database, email)
      return [trustedBrowsers.length, mailLinks.filter(({ purpose }) => purpose === 'change_email').length]
    }
    assert.deepEqual(await open(), [1, 1])
    assert.deepEqual(await signOutAccount(deps, email, by), { ok: true, email })
    assert.equal((await browser.get('/')).location, '/sign-in')
    assert.equal((await pending.get('/sign-in/two-factor')).location, '/sign-in')
    assert.deepEqual(await open(), [0, 0], 'neither a trusted browser nor a change of address goes on')
    assert.equal((await apiClient(product).call('GET', '/account', value)).status, 401)
    assert.deepEqual((await loggedEvents(product, email)).slice(-2), ['signed_out_everywhere', 'tokens_frozen'])
    assert.equal((await queuedFor(product, email)).at(-1)?.subject, 'You were signed out everywhere')
    assert.deepEqual(await signOutAccount(deps, email, by), { ok: true, email }, 'and again, with frozen tokens')
    await assertInvariants(database, [PASSWORD])
  })
})

describe('an access token that an operator removes', () => {
  test('opens nothing from then on, and its owner is told', async () => {
    const { browser, email } = await signedUp(product)
    const { value, id } = await withToken(product, browser)
    const page = await listTokens(deps, { account: email })
    assert.ok(page.ok, 'there is such an account')
    assert.deepEqual(
      page.tokens.map((token) => [token.id, token.email, token.description]),
      [[id, email, 'Nightly backup']],
    )
    assert.ok(!JSON.stringify(page).includes(value.slice(-6)), 'nothing of its value')
    assert.deepEqual(
      await Promise.all(Array.from({ length: 20 }, () => revokeToken(deps, id, by))).then((all) => all.filter(Boolean)),
      [true],
    )
    assert.equal((await apiClient(product).call('GET', '/account', value)).status, 401)
    assert.equal((await loggedEvents(product, email)).at(-1), 'token_removed')
    assert.equal((await queuedFor(product, email)).at(-1)?.subject, 'An access token was removed')
    assert.equal(await revokeToken(deps, id, by), false)
    assert.deepEqual(await listTokens(deps, { account: 'nobody' }), { ok: false, reason: 'no_such_account' })
  })
})

describe('operators', () => {
  const roleOf = async (email: string) => (await accountOf(product, email)).role

  test('are made and unmade once, with an event and a mail each', async () => {
    const [one, two] = [await signedUp(product), await signedUp(product)]
    for (const { email } of [one, two]) assert.deepEqual(await addOperator(deps, email, by), { ok: true, email })
    assert.deepEqual(await addOperator(deps, one.email, by), { ok: false, reason: 'operator_already' })
    assert.equal(await roleOf(one.email), 'operator')
    assert.deepEqual(await removeOperator(deps, one.email, by), { ok: true, email: one.email })
    assert.deepEqual(await removeOperator(deps, one.email, by), { ok: false, reason: 'no_operator' })
    assert.equal(await roleOf(one.email), 'member')
    assert.deepEqual((await loggedEvents(product, one.email)).slice(2), ['operator_added', 'operator_removed'])
    const subjects = (await queuedFor(product, one.email)).map(({ subject }) => subject)
    assert.deepEqual(subjects.slice(-2), ['You are an operator now', "You're no longer an operator"])
    assert.deepEqual(await removeOperator(deps, two.email, by), { ok: false, reason: 'last_operator' })
    assert.deepEqual(await removeOperator(deps, 'nobody@example.com', by), { ok: false, reason: 'no_such_account' })
  })

  test('P08: the last one is never removed, not by twenty at once, nor where the others are suspended, guests or leaving', async () => {
    const operators = await Promise.all(Array.from({ length: 5 }, () => signedUp(product)))
    await database.db.update(accounts).set({ role: 'member' })
    for (const { email } of operators) await addOperator(deps, email, by)
    const later = new Date(clock.now().getTime() + 86_400_000)
    for (const [at, ends] of [{ suspendedAt: clock.now() }, { endsAt: later }, { deleteAt: later }].entries())
      await database.db
        .update(accounts)
        .set(ends)
        .where(eq(accounts.email, operators[at + 2]?.email ?? ''))
    const attempts = Array.from({ length: 20 }, (_, index) => operators[index % 2]?.email ?? '')
    const results = await Promise.all(attempts.map((email) => removeOperator(deps, email, by)))
    assert.equal(results.filter(({ ok }) => ok).length, 1)
    const left = await Promise.all(operators.slice(0, 2).map(({ email }) => roleOf(email)))
    assert.deepEqual(left.sort(), ['member', 'operator'])
  })
})
