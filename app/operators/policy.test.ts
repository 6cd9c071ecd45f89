import assert from 'node:assert/strict'
import { after, afterEach, describe, test } from 'node:test'
import { eq } from 'drizzle-orm'
import { accounts, groups, memberships } from '#db/schema.ts'
import { standIn } from '#testing/clients/jelastic.ts'
import { apiClient } from '#testing/clients/v1.ts'
import {
  accountOf,
  BASE_URL,
  codeOf,
  latchkey,
  PASSWORD,
  SET_UP,
  setUp,
  signedUp,
  withToken,
  withTwoFactor,
} from '#testing/index.ts'
import { stateOf } from '#testing/invariants.ts'
import { RESULTS } from '../api/jelastic/results.ts'
import { readConfig } from '../config.ts'
import { daysLeft, needsResistance } from '../identity/policy.ts'
import { newId } from '../lib/tokens.ts'
import { COMMAND_LINE } from './command-line.ts'
import { policiesNow, setPolicy } from './policy.ts'

const BY = { operatorId: null, reason: null, origin: COMMAND_LINE }
const DAY = 24 * 60 * 60_000
const LIFETIME = { sessionIdle: 100 * DAY, sessionLifetime: 100 * DAY }

const product = await latchkey(LIFETIME)
const { clock, database } = product
const { db } = database
afterEach(() => assert.deepEqual(product.faults.splice(0), []))
after(product.close)

const inDays = (days: number) => new Date(clock.now().getTime() + days * DAY)

async function newGroup(): Promise<{ id: string; name: string }> {
  const group = { id: newId(), name: `staff-${newId()}` }
  await db.insert(groups).values({ ...group, createdAt: clock.now() })
  return group
}

/** Somebody without a second factor, in a group of their own whose policy is that. */
async function memberOf(of: { from: Date; until?: Date }) {
  const owner = await signedUp(product)
  const group = await newGroup()
  const { id: accountId } = await accountOf(product, owner.email)
  await db.insert(memberships).values({ accountId, groupId: group.id, until: of.until ?? null, addedAt: clock.now() })
  const set = await setPolicy(product.deps, { level: 'required', group: group.name, from: of.from }, BY)
  assert.equal(set.ok, true)
  return { ...owner, group }
}

describe('a policy with a date', () => {
  test('is counted down on the dashboard, and holds from that second on', async () => {
    const { browser } = await memberOf({ from: inDays(3) })
    assert.match((await browser.get('/')).text, /Set up a second factor within three days\./)
    clock.advance(2 * DAY + 1000)
    assert.match((await browser.get('/')).text, /Set up a second factor within one day\./)
    clock.advance(DAY - 2000)
    assert.equal((await browser.get('/')).status, 200)
    clock.advance(1000)
    const led = await browser.get('/')
    assert.deepEqual([led.status, led.location], [303, `${SET_UP}/confirm`])
  })

  test('says nothing to whoever has a second factor, and to those it is not about', async () => {
    const { group } = await memberOf({ from: inDays(3) })
    const [protectedOwner, other] = [await withTwoFactor(product), await signedUp(product)]
    const { id: accountId } = await accountOf(product, protectedOwner.email)
    await db.insert(memberships).values({ accountId, groupId: group.id, addedAt: clock.now() })
    for (const { browser } of [protectedOwner, other])
      assert.doesNotMatch((await browser.get('/')).text, /Set up a second factor within/)
    clock.advance(3 * DAY)
    for (const { browser } of [protectedOwner, other]) assert.equal((await browser.get('/')).status, 200)
  })

  test('is as if it were not there for a membership that is over, to the second (P09)', async () => {
    const { browser } = await memberOf({ from: inDays(-1), until: inDays(1) })
    clock.advance(DAY - 1000)
    assert.equal((await browser.get('/')).location, `${SET_UP}/confirm`)
    clock.advance(1000)
    assert.equal((await browser.get('/')).status, 200)
  })

  test('opens everything again once the second factor is set up', async () => {
    const { browser } = await memberOf({ from: inDays(-1) })
    await setUp(browser, { password: PASSWORD }, (key) => codeOf(key, clock.now(), -1))
    assert.equal((await browser.get('/')).status, 200)
  })
})

describe('while a policy holds (P06)', () => {
  test('the second factor is not turned off, at any door, with a sentence', async () => {
    const { browser, email } = await memberOf({ from: inDays(0) })
    await setUp(browser, { password: PASSWORD }, (key) => codeOf(key, clock.now(), -1))
    const page = await browser.get('/settings/account')
    assert.doesNotMatch(page.text, /Disable Two-Factor Authentication/)
    assert.match(page.text, /Your account needs a second factor, so it can't be turned off/)
    const refused = await browser.post('/settings/two-factor/disable', { password: PASSWORD })
    assert.equal(refused.status, 422)
    assert.match(refused.text, /Your account needs a second factor, so it can't be turned off/)
    assert.ok((await stateOf(database, email)).factors.length === 1, 'it is still on')
  })

  test('/api/v1 says which call comes first, and an access token stops with 403', async () => {
    const v1 = apiClient(product)
    const { browser, email, group } = await memberOf({ from: inDays(1) })
    const { value } = await withToken(product, browser)
    assert.equal((await v1.call('GET', '/account', value)).status, 200)
    const session = await v1.signedIn(email)
    clock.advance(DAY)
    for (const bearer of [session, value]) {
      const { status, body } = await v1.call('GET', '/account', bearer)
      assert.deepEqual([status, body.type], [403, '/api/docs#problem-second_factor_required'])
    }
    assert.equal((await v1.call('GET', '/account', session)).body.next, 'POST /api/v1/two-factor/enrolment')
    await setPolicy(product.deps, { level: 'optional', group: group.name, from: undefined }, BY)
    assert.equal((await v1.call('GET', '/account', value)).status, 200)
  })

  test('/1.0 answers with a number of its own', async () => {
    const jelastic = standIn(product.app, { host: new URL(BASE_URL).host })
    const { email } = await memberOf({ from: inDays(0) })
    const signedIn = await jelastic.call('users/authentication/rest/signin', { login: email, password: PASSWORD })
    const { result, error } = await jelastic.call('users/account/rest/getuserinfo', {
      session: String(signedIn.session),
    })
    assert.equal(result, RESULTS.second_factor_required.number)
    assert.match(error ?? '', /get2faconfig and enable2fa/)
  })

  test('an operator needs a second factor whatever the policy says, and cannot turn it off', async () => {
    const { browser, email } = await signedUp(product)
    await db.update(accounts).set({ role: 'operator' }).where(eq(accounts.email, email))
    assert.equal((await browser.get('/settings/account')).location, `${SET_UP}/confirm`)
    await setUp(browser, { password: PASSWORD }, (key) => codeOf(key, clock.now(), -1))
    assert.equal((await browser.post('/settings/two-factor/disable', { password: PASSWORD })).status, 422)
  })
})

describe('a policy can only ask for more than SECOND_FACTOR', () => {
  test('which holds for everybody at once', async () => {
    const strict = await latchkey({ secondFactor: 'required' })
    const { browser } = await signedUp(strict)
    assert.equal((await browser.get('/')).location, `${SET_UP}/confirm`)
    for (const group of [undefined, 'anything'])
      assert.deepEqual(await setPolicy(strict.deps, { level: 'optional', group, from: undefined }, BY), {
        ok: false,
        reason: 'weaker_than_setting',
      })
    await strict.close()
  })

  test('and is shown as it was set, everybody first', async () => {
    const own = await latchkey()
    await own.database.db.insert(groups).values({ id: 'a', name: 'admins', createdAt: clock.now() })
    const [soon, later] = [inDays(1), inDays(9)]
    await setPolicy(own.deps, { level: 'required', group: 'admins', from: soon }, BY)
    await setPolicy(own.deps, { level: 'required', group: undefined, from: soon }, BY)
    await setPolicy(own.deps, { level: 'required', group: undefined, from: later }, BY)
    assert.deepEqual(await policiesNow(own.deps), {
      setting: 'optional',
      policies: [
        { level: 'required', holdsFrom: later, group: null },
        { level: 'required', holdsFrom: soon, group: 'admins' },
      ],
    })
    const unknown = await setPolicy(own.deps, { level: 'required', group: 'nobody', from: undefined }, BY)
    assert.deepEqual(unknown, { ok: false, reason: 'no_such_group' })
    await own.close()
  })
})

test('a policy for a group that is deleted at that very moment is refused, and none is left', async () => {
  const group = await newGroup()
  const named = {
    async groupsNamed(names: string[]) {
      const found = await product.deps.groups.groupsNamed(names)
      await db.delete(groups).where(eq(groups.id, group.id))
      return found
    },
  }
  const before = await policiesNow(product.deps)
  const wanted = { level: 'required', group: group.name, from: undefined } as const
  const set = await setPolicy({ ...product.deps, groups: named }, wanted, BY)
  assert.deepEqual(set, { ok: false, reason: 'no_such_group' })
  assert.deepEqual(await policiesNow(product.deps), before)
})

describe('phishing resistance', () => {
  test('is a level of SECOND_FACTOR, which asks it of everybody', () => {
    const { secondFactor } = readConfig({ SECOND_FACTOR: 'phishing_resistant' })
    assert.equal(secondFactor, 'phishing_resistant')
    const account = { role: 'member', policies: [] } as const
    assert.equal(needsResistance({ secondFactor, now: product.clock.now }, account), true)
    assert.equal(needsResistance({ secondFactor: 'required', now: product.clock.now }, account), false)
  })

  test('of a policy is counted down for who has codes alone, and holds from its second on, beside a weaker one', () => {
    const from = new Date('2031-01-02T00:00:00Z')
    const strict = { level: 'phishing_resistant', holdsFrom: from, until: null } as const
    const weak = { level: 'required', holdsFrom: new Date(0), until: null } as const
    const account = { role: 'member', policies: [weak, strict] } as const
    const at = (ms: number) => ({ secondFactor: 'optional', now: () => new Date(from.getTime() + ms) }) as const
    assert.deepEqual(
      [-1, 0].map((ms) => needsResistance(at(ms), account)),
      [false, true],
    )
    const since = new Date(0)
    const left = (phishingResistantSince: Date | null) =>
      daysLeft(at(-1), { account: { ...account, secondFactorSince: since, phishingResistantSince } })
    assert.deepEqual([left(null), left(since)], [1, undefined])
  })
})
