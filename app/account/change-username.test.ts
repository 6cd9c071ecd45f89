import assert from 'node:assert/strict'
import { after, afterEach, describe, test } from 'node:test'
import { eq } from 'drizzle-orm'
import { accounts, formerUsernames } from '#db/schema.ts'
import {
  accountOf,
  type Browser,
  copyOf,
  everyRow,
  latchkey,
  loggedEvents,
  newEmail,
  PASSWORD,
  queuedFor,
  SESSION,
  signedUp,
} from '#testing/index.ts'
import { assertInvariants } from '#testing/invariants.ts'
import { keepHouse } from '../process/housekeeping.ts'
import { named } from './usernames.ts'

const product = await latchkey()
const { clock, database } = product
afterEach(async () => {
  assert.deepEqual(product.faults.splice(0), [])
  await assertInvariants(database, [PASSWORD])
})
after(product.close)

const PAGE = '/settings/username'
const DAY = 24 * 60 * 60_000

const change = (browser: Browser, username: string, password = PASSWORD) => browser.post(PAGE, { username, password })
const usernameOf = async (email: string) => (await accountOf(product, email)).username
let made = 0
/** That nobody else looks like. */
const newUsername = () => `ada${1000 + made++}x`

/** A browser signed in to a new account, which has a username of its own choice. */
async function called(username: string) {
  const owner = await signedUp(product)
  assert.equal((await change(owner.browser, username)).status, 303)
  return owner
}

describe('changing the username', () => {
  test('shows the new one under Settings, writes it down and mails the owner', async () => {
    const { browser, email } = await signedUp(product)
    const username = newUsername()
    const old = copyOf(product, browser)
    clock.advance(1000)
    const answer = await change(browser, ` ${username.toUpperCase()} `)
    assert.deepEqual([answer.status, answer.location], [303, '/settings/account'])
    const page = (await browser.get('/settings/account')).text
    assert.ok(page.includes('Your username has been changed.'), page)
    assert.ok(page.includes(`Username ${username} `), page)
    assert.deepEqual((await loggedEvents(product, email)).slice(2), ['username_changed'])
    assert.equal((await queuedFor(product, email)).at(-1)?.subject, 'Your username was changed')
    assert.notEqual(browser.cookies.get(SESSION), old.cookies.get(SESSION), 'the session has a new token')
    assert.equal((await old.get('/')).location, '/sign-in')
  })

  test('takes the password, and counts a wrong one', async () => {
    const { browser, email } = await signedUp(product)
    const before = await usernameOf(email)
    for (let guess = 1; guess <= 10; guess++)
      assert.match((await change(browser, newUsername(), 'not that one')).text, /That is not the password of this/)
    assert.equal((await change(browser, newUsername())).status, 429)
    assert.equal(await usernameOf(email), before)
  })

  test('refuses the username of a member, and what looks like it, says so, and keeps what was typed (P10)', async () => {
    const { browser, email } = await signedUp(product)
    const before = await everyRow(product)
    const taken = newUsername()
    await called(`${taken}lo`)
    for (const typed of [`${taken}lo`, `${taken}-lo`, `${taken}1o`, `${taken}.l0`]) {
      const answer = await change(browser, typed)
      assert.equal(answer.status, 422)
      assert.match(answer.text, /That username is taken, looks like one that is/)
      assert.ok(answer.html.includes(`value="${typed}"`), typed)
    }
    assert.deepEqual((await everyRow(product)).former_usernames?.length, (before.former_usernames?.length ?? 0) + 1)
    assert.deepEqual((await loggedEvents(product, email)).slice(2), [])
  })

  for (const [typed, sentence] of [
    ['admin', /Only this site itself may go by that username/],
    ['r00t', /Only this site itself may go by that username/],
    ['bob@example.com', /A username has 2 to 32 characters: the letters/],
    ['аda', /A username has 2 to 32 characters: the letters/], // a Cyrillic letter
    ['', /A username has 2 to 32 characters: the letters/],
    ['a'.repeat(33), /A username has at most 32 characters/],
  ] as const)
    test(`refuses ${JSON.stringify(typed)}, and says why (P10)`, async () => {
      const { browser, email } = await signedUp(product)
      const before = await usernameOf(email)
      const answer = await change(browser, typed)
      assert.equal(answer.status, 422)
      assert.match(answer.text, sentence)
      assert.match(answer.html, /aria-invalid="true"/)
      assert.equal(await usernameOf(email), before)
    })

  test('refuses the email address of another as a username (P10)', async () => {
    const { email: theirs } = await signedUp(product)
    const { browser, email } = await signedUp(product)
    const before = await usernameOf(email)
    assert.equal((await change(browser, theirs)).status, 422)
    assert.equal(await usernameOf(email), before)
  })

  test('refuses the one that the account has', async () => {
    const username = newUsername()
    const { browser } = await called(username)
    assert.match((await change(browser, username)).text, /That is the username you have now/)
  })

  test('may change the dots alone, which keeps nothing from anybody', async () => {
    const username = newUsername()
    const { browser, email } = await called(username)
    assert.equal((await change(browser, `${username}.`)).status, 303)
    assert.equal(await usernameOf(email), `${username}.`)
    const kept = (await everyRow(product)).former_usernames ?? []
    assert.ok(!kept.some((row) => row.includes(`"${named(username).usernameLook}"`)), kept.join())
  })

  test('keeps the former one for its owner for 90 days, to the millisecond, and then anyone may have it (P10)', async () => {
    const former = newUsername()
    const owner = await called(former)
    const another = await signedUp(product)
    assert.equal((await change(owner.browser, newUsername())).status, 303)
    clock.advance(90 * DAY - 1)
    const signedIn = async (email: string) => {
      const browser = product.browser()
      await browser.post('/sign-in', { email, password: PASSWORD })
      return browser
    }
    await keepHouse(product.deps, { rest: async () => {} })
    assert.match((await change(await signedIn(another.email), former)).text, /was somebody's in the last 90 days/)
    const again = await signedIn(owner.email)
    assert.equal((await change(again, former)).status, 303, 'its owner takes it back')
    assert.equal((await change(again, newUsername())).status, 303)
    clock.advance(90 * DAY)
    assert.equal((await change(await signedIn(another.email), former)).status, 303)
    await keepHouse(product.deps, { rest: async () => {} })
    assert.ok(
      !((await everyRow(product)).former_usernames ?? []).some((row) =>
        row.includes(`"${named(former).usernameLook}"`),
      ),
      'housekeeping has tidied it away',
    )
  })

  test('keeps the former one when its account is deleted, also from a new account that its address suggests (P10)', async () => {
    const former = newUsername()
    const { browser, email } = await called(former)
    assert.equal((await change(browser, newUsername())).status, 303)
    await database.db.delete(accounts).where(eq(accounts.email, email))
    const another = await signedUp(product)
    assert.equal((await change(another.browser, former)).status, 422)
    const suggested = `${former}@example.com`
    await product.browser().post('/sign-up', { email: suggested, password: PASSWORD })
    assert.match(await usernameOf(suggested), new RegExp(`^${former}-\\d{4}$`))
  })

  test('is refused by the database where it seemed free a moment before (P10)', async () => {
    const parts = { usernames: { ...product.deps.usernames, takenLooks: async () => [] } }
    const hasty = await latchkey({}, { ...product, parts })
    const [former, present, orphaned] = [newUsername(), newUsername(), newUsername()]
    const owner = await called(former)
    await change(owner.browser, present)
    await database.db
      .insert(formerUsernames)
      .values({ ...named(orphaned), accountId: null, keptUntil: new Date(clock.now().getTime() + 1) })
    const { browser, email } = await signedUp(hasty)
    const before = await usernameOf(email)
    for (const username of [former, present, orphaned])
      assert.match((await change(browser, username)).text, /was changed in another window/)
    assert.equal(await usernameOf(email), before)
    await hasty.browser().post('/sign-up', { email: `${former}@example.com`, password: PASSWORD })
    assert.equal((await database.db.select().from(accounts).where(eq(accounts.username, former))).length, 0)
  })

  test('of twenty who want the same one at once, one gets it', async () => {
    const username = newUsername()
    const people = await Promise.all(Array.from({ length: 20 }, () => signedUp(product)))
    const answers = await Promise.all(people.map(({ browser }) => change(browser, username)))
    assert.deepEqual(answers.map(({ status }) => status).sort(), [303, ...Array.from({ length: 19 }, () => 422)])
    const { length } = await database.db.select().from(accounts).where(eq(accounts.username, username))
    assert.equal(length, 1)
  })

  test('of somebody who leaves one and somebody who wants it at that moment, only the first has it for 90 days', async () => {
    for (let round = 0; round < 5; round++) {
      const username = newUsername()
      const [owner, another] = [await called(username), await signedUp(product)]
      await Promise.all([change(owner.browser, newUsername()), change(another.browser, username)])
      assert.notEqual(await usernameOf(another.email), username)
    }
  })

  test("is nobody else's to do: without a session, or with a field of another page", async () => {
    const { browser, email } = await signedUp(product)
    const before = await usernameOf(email)
    assert.match(
      (await product.browser().post(PAGE, { username: 'x-y-z', password: PASSWORD })).location ?? '',
      /^\/sign-in/,
    )
    const fields = { username: newUsername(), password: PASSWORD }
    for (const more of ['role', 'group', 'account_id'])
      assert.equal((await browser.post(PAGE, { ...fields, [more]: 'operator' })).status, 400)
    assert.equal(await usernameOf(email), before)
    assert.equal((await accountOf(product, email)).role, 'member')
  })
})

const fixed = await latchkey({ usernamesStay: true }, { database, clock, vault: product.vault })

describe('where the operator lets usernames stay as they are (USERNAMES=fixed)', () => {
  test('there is no button, the page says why, and a form from elsewhere changes nothing', async () => {
    const { browser, email } = await signedUp(fixed)
    const before = await usernameOf(email)
    assert.ok(!(await browser.get('/settings/account')).html.includes(PAGE))
    const page = await browser.get(PAGE)
    assert.match(page.text, /Usernames stay as they are here/)
    assert.doesNotMatch(page.html, new RegExp(`action="${PAGE}"`))
    assert.equal((await change(browser, newUsername())).status, 422)
    assert.equal(await usernameOf(email), before)
  })
})

test('an account begins with the local part of its address, and with digits behind it where somebody has that', async () => {
  const local = newEmail().split('@')[0] ?? ''
  for (const host of ['example.com', 'example.org'])
    await product.browser().post('/sign-up', { email: `${local}@${host}`, password: PASSWORD })
  assert.equal(await usernameOf(`${local}@example.com`), local)
  assert.match(await usernameOf(`${local}@example.org`), new RegExp(`^${local}-\\d{4}$`))
})
