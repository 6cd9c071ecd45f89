import assert from 'node:assert/strict'
import { after, afterEach, describe, test } from 'node:test'
import { eq } from 'drizzle-orm'
import * as schema from '#db/schema.ts'
import { type Browser, latchkey, PASSWORD, signedUp } from '#testing/index.ts'
import { stateOf } from '#testing/invariants.ts'
import { currentVisitor } from '../identity/session.ts'
import type { SignedIn } from '../identity/visitor.ts'
import type { Origin } from '../lib/origin.ts'
import { hashToken } from '../lib/tokens.ts'
import { tokenHolder, tokensSeenBy } from './access-tokens.ts'
import {
  editToken,
  generateToken,
  regenerateToken,
  removeTokens,
  TOKENS_AT_MOST,
  type TokenChoices,
} from './change-tokens.ts'
import { scopesIn } from './scopes.ts'
import { newAccessToken } from './token.ts'

const product = await latchkey()
const { clock, deps, database } = product
const { db } = database
afterEach(() => assert.deepEqual(product.faults, []))
after(product.close)

const SECOND = 1000
const MINUTE = 60 * SECOND
const DAY = 24 * 60 * MINUTE
const HERE = { address: '192.0.2.1', browser: 'Firefox', system: 'Linux' }
const SCRIPT: Origin = { address: '198.51.100.7', browser: 'curl', system: null }

async function visitorIn(browser: Browser): Promise<SignedIn> {
  const visitor = await currentVisitor(deps, browser.cookies.get('__Host-latchkey') ?? '')
  assert.ok(visitor)
  return visitor
}

const someone = async () => {
  const { browser, email } = await signedUp(product)
  return { browser, email, visitor: await visitorIn(browser) }
}

const inDays = (days: number) => new Date(clock.now().getTime() + days * DAY)

async function generated(visitor: SignedIn, choices: Partial<TokenChoices> = {}) {
  const wanted: TokenChoices = { description: 'ci', scopes: ['account:read'], expiresAt: inDays(90), ...choices }
  const result = await generateToken(deps, visitor, { ...wanted, password: PASSWORD }, HERE)
  assert.ok(result.ok)
  return { value: result.value, id: result.token.id }
}

const holder = (value: string, origin = SCRIPT) => tokenHolder(deps, value, origin, deps.accessTokens.findToken)
const opens = async (value: string) => (await holder(value)) !== undefined

async function listed({ session }: SignedIn) {
  const seeing = await deps.accessTokens.visitorWithTokens(session.tokenHash)
  return seeing ? tokensSeenBy(seeing) : assert.fail('is not signed in')
}

const rowOf = async (id: string) => {
  const [row] = await db.select().from(schema.accessTokens).where(eq(schema.accessTokens.id, id))
  assert.ok(row)
  return row
}

const tokenEvents = async ({ account }: SignedIn) =>
  (await db.select().from(schema.events).where(eq(schema.events.accountId, account.id)))
    .map(({ kind }) => kind)
    .filter((kind) => kind.startsWith('token_'))
    .sort()

/** Straight into the store, past the password and its limits. */
const stored = (visitor: SignedIn) =>
  deps.accessTokens.insertToken({
    token: {
      id: newAccessToken().slice(3, 19),
      accountId: visitor.account.id,
      tokenHash: hashToken(newAccessToken()),
      hint: 'lk_…0000',
      description: 'one of many',
      scopes: 'account:read',
      createdAt: clock.now(),
      expiresAt: inDays(1),
      previousHash: null,
      previousUntil: null,
      lastUsedAt: null,
      lastAddress: null,
      lastBrowser: null,
      lastSystem: null,
    },
    atMost: TOKENS_AT_MOST,
    event: {
      id: newAccessToken(),
      accountId: visitor.account.id,
      kind: 'token_generated',
      method: null,
      at: clock.now(),
      ...HERE,
    },
    forgiven: { delays: [] },
  })

describe('a token', () => {
  test('speaks for its account, with its scopes', async () => {
    const { visitor, email } = await someone()
    const { value, id } = await generated(visitor, { scopes: ['events:read', 'users.account.getuserinfo'] })
    const { token, account } = (await holder(value)) ?? assert.fail('is found')
    const { uid } = (await stateOf(database, email)).account
    assert.equal(token.id, id)
    assert.deepEqual(scopesIn(token.scopes), ['events:read', 'users.account.getuserinfo'])
    assert.deepEqual(account, {
      id: visitor.account.id,
      uid,
      email,
      role: 'member',
      endsAt: null,
      deleteAt: null,
      recoveryOpensAt: null,
      suspendedAt: null,
      tokensFrozenAt: null,
      secondFactorSince: null,
      phishingResistantSince: null,
      policies: [],
    })
  })

  test('with a bad checksum does not reach the database (A64)', async () => {
    let reads = 0
    const counting = {
      ...deps,
      accessTokens: {
        ...deps.accessTokens,
        findToken(hash: string) {
          reads++
          return deps.accessTokens.findToken(hash)
        },
      },
    }
    const { visitor } = await someone()
    const { value } = await generated(visitor)
    const last = value.at(-1) === '0' ? '1' : '0'
    for (const wrong of [value.slice(0, -1) + last, value.toLowerCase(), `${value} `, 'lk_', ''])
      assert.equal(await tokenHolder(counting, wrong, SCRIPT, counting.accessTokens.findToken), undefined)
    assert.equal(reads, 0)
    assert.ok(await tokenHolder(counting, value, SCRIPT, counting.accessTokens.findToken))
    assert.equal(await tokenHolder(counting, newAccessToken(), SCRIPT, counting.accessTokens.findToken), undefined)
    assert.equal(reads, 2)
  })

  test('opens until a second before its end, and not a second after', async () => {
    const { visitor } = await someone()
    const { value } = await generated(visitor, { expiresAt: new Date(clock.now().getTime() + MINUTE) })
    clock.advance(MINUTE - SECOND)
    assert.ok(await opens(value))
    clock.advance(2 * SECOND)
    assert.ok(!(await opens(value)))
  })

  test('stops at once when its account is suspended (A36)', async () => {
    const { visitor } = await someone()
    const { value } = await generated(visitor)
    const suspend = (suspendedAt: Date | null) =>
      db.update(schema.accounts).set({ suspendedAt }).where(eq(schema.accounts.id, visitor.account.id))
    await suspend(clock.now())
    assert.ok(!(await opens(value)))
    await suspend(null)
    assert.ok(await opens(value))
  })

  test('is noted as used, with address and program, at most once a minute', async () => {
    const { visitor } = await someone()
    const { value, id } = await generated(visitor)
    assert.equal((await rowOf(id)).lastUsedAt, null)
    const first = clock.now()
    await opens(value)
    const { lastUsedAt, lastAddress, lastBrowser } = await rowOf(id)
    assert.deepEqual([lastUsedAt, lastAddress, lastBrowser], [first, SCRIPT.address, SCRIPT.browser])
    clock.advance(MINUTE - SECOND)
    await holder(value, HERE)
    assert.deepEqual((await rowOf(id)).lastUsedAt, first)
    clock.advance(SECOND)
    await holder(value, HERE)
    assert.deepEqual((await rowOf(id)).lastUsedAt, clock.now())
    assert.equal((await rowOf(id)).lastAddress, HERE.address)
  })

  test('stands nowhere in the database: neither its value nor, in what a person is shown, its hash', async () => {
    const { visitor } = await someone()
    const { value } = await generated(visitor)
    await opens(value)
    const rows = await Promise.all(Object.values(schema).map((table) => db.select().from(table)))
    const all = JSON.stringify(rows)
    for (const part of [value, value.slice(3), value.slice(3, 35)]) assert.ok(!all.includes(part))
    assert.equal(all.split(hashToken(value)).length - 1, 1, 'the hash is in its one column')
    assert.ok(!JSON.stringify(await listed(visitor)).includes(hashToken(value)))
  })
})

describe('generating', () => {
  test('takes an end within 366 days, and "never" only where the operator allows it', async () => {
    const { visitor } = await someone()
    const wanted = { description: 'ci', scopes: ['account:read' as const], password: PASSWORD }
    const reason = async (expiresAt: Date | null, allowEndlessTokens = false) => {
      const result = await generateToken({ ...deps, allowEndlessTokens }, visitor, { ...wanted, expiresAt }, HERE)
      return result.ok ? 'made' : result.reason
    }
    assert.equal(await reason(inDays(366)), 'made')
    assert.equal(await reason(new Date(inDays(366).getTime() + SECOND)), 'expires_too_late')
    assert.equal(await reason(clock.now()), 'expires_in_the_past')
    assert.equal(await reason(new Date(clock.now().getTime() + SECOND)), 'made')
    assert.equal(await reason(null), 'expires_too_late')
    assert.equal(await reason(null, true), 'made')
    assert.deepEqual(await generateToken(deps, visitor, { ...wanted, scopes: [], expiresAt: inDays(1) }, HERE), {
      ok: false,
      reason: 'no_scope',
    })
  })

  test('an account has fifty at most: of sixty at once, fifty are made', async () => {
    const { visitor } = await someone()
    const made = await Promise.all(Array.from({ length: 60 }, () => stored(visitor)))
    assert.equal(made.filter(Boolean).length, TOKENS_AT_MOST)
    assert.equal((await tokenEvents(visitor)).length, TOKENS_AT_MOST, 'what was not made has no event')
    const wanted = { description: 'ci', scopes: ['account:read' as const], expiresAt: inDays(1), password: PASSWORD }
    assert.deepEqual(await generateToken(deps, visitor, wanted, HERE), { ok: false, reason: 'too_many_tokens' })
    const [{ id = '' } = {}] = await listed(visitor)
    await removeTokens(deps, visitor, { ids: [id], password: PASSWORD }, HERE)
    const three = await Promise.all([1, 2, 3].map(() => generateToken(deps, visitor, wanted, HERE)))
    assert.deepEqual(three.map(({ ok }) => ok).sort(), [false, false, true])
  })

  test('a wrong password makes nothing; the tenth of a session makes it wait, and no stranger at its address does', async () => {
    const { visitor, email } = await someone()
    const wanted = { description: 'ci', scopes: ['account:read' as const], expiresAt: inDays(1) }
    const guess = (password: string) => generateToken(deps, visitor, { ...wanted, password }, HERE)
    const stranger = product.browser({ address: HERE.address })
    for (let tries = 0; tries < 10; tries++)
      assert.equal((await stranger.post('/sign-in', { email, password: 'not that one at all' })).status, 422)
    assert.equal((await stranger.post('/sign-in', { email, password: PASSWORD })).status, 429)
    for (let tries = 0; tries < 10; tries++)
      assert.deepEqual(await guess('not that one at all'), { ok: false, reason: 'wrong_password' })
    assert.deepEqual(await guess(PASSWORD), { ok: false, reason: 'wait', seconds: 30 })
    assert.deepEqual(await listed(visitor), [])
    clock.advance(31 * SECOND)
    assert.ok((await guess(PASSWORD)).ok)
  })
})

describe('regenerating', () => {
  const regenerated = async (visitor: SignedIn, id: string, overlap: boolean, expiresAt: Date = inDays(30)) => {
    const result = await regenerateToken(deps, visitor, { id, overlap, expiresAt, password: PASSWORD }, HERE)
    assert.ok(result.ok)
    assert.deepEqual(result.token, (await listed(visitor))[0])
    return result.value
  }

  test('without the overlap kills the old value at once', async () => {
    const { visitor } = await someone()
    const { value, id } = await generated(visitor)
    const next = await regenerated(visitor, id, false)
    assert.deepEqual([await opens(value), await opens(next)], [false, true])
    assert.deepEqual((await rowOf(id)).expiresAt, inDays(30))
  })

  test('with the overlap the old value goes on for 24 hours, and not a second longer', async () => {
    const { visitor } = await someone()
    const { value, id } = await generated(visitor)
    const next = await regenerated(visitor, id, true)
    clock.advance(DAY - SECOND)
    assert.deepEqual([await opens(value), await opens(next)], [true, true])
    clock.advance(2 * SECOND)
    assert.deepEqual([await opens(value), await opens(next)], [false, true])
  })

  test('an overlap does not lengthen the life of the old value', async () => {
    const { visitor } = await someone()
    const { value, id } = await generated(visitor, { expiresAt: new Date(clock.now().getTime() + MINUTE) })
    const next = await regenerated(visitor, id, true)
    clock.advance(MINUTE + SECOND)
    assert.deepEqual([await opens(value), await opens(next)], [false, true])
  })

  test('a second time ends what the first kept alive', async () => {
    const { visitor } = await someone()
    const { value, id } = await generated(visitor)
    const second = await regenerated(visitor, id, true)
    const third = await regenerated(visitor, id, true)
    assert.deepEqual([await opens(value), await opens(second), await opens(third)], [false, true, true])
  })

  test('twice at once gives one new value', async () => {
    const { visitor } = await someone()
    const { id } = await generated(visitor)
    const wanted = { id, overlap: false, expiresAt: inDays(1), password: PASSWORD }
    const results = await Promise.all([1, 2].map(() => regenerateToken(deps, visitor, wanted, HERE)))
    const values = results.flatMap((result) => (result.ok ? [result.value] : []))
    const alive = await Promise.all(values.map(opens))
    assert.equal(alive.filter(Boolean).length, 1)
  })
})

describe('editing and removing', () => {
  test('an edit changes description, scopes and end, and leaves the value', async () => {
    const { visitor } = await someone()
    const { value, id } = await generated(visitor)
    const wanted: TokenChoices = { description: 'backup', scopes: ['sessions:read'], expiresAt: inDays(3) }
    assert.deepEqual(await editToken(deps, visitor, { id, ...wanted, password: PASSWORD }, HERE), { ok: true })
    assert.equal((await holder(value))?.token.scopes, 'sessions:read')
    const [edited] = await listed(visitor)
    assert.ok(edited, 'is listed')
    const { description, scopes, expiresAt } = edited
    assert.deepEqual({ description, scopes, expiresAt }, wanted)
  })

  test('several are removed at once, and stop at once; an id twice or unknown does nothing', async () => {
    const { visitor } = await someone()
    const [a, b, c] = [await generated(visitor), await generated(visitor), await generated(visitor)]
    const result = await removeTokens(deps, visitor, { ids: [a.id, b.id, a.id, 'unknown'], password: PASSWORD }, HERE)
    assert.ok(result.ok)
    assert.deepEqual(result.removed.sort(), [a.id, b.id].sort())
    assert.deepEqual([await opens(a.value), await opens(b.value), await opens(c.value)], [false, false, true])
    assert.equal((await tokenEvents(visitor)).filter((kind) => kind === 'token_removed').length, 2)
  })

  test('another account’s ids are as unknown as ids that never were (A66)', async () => {
    const { visitor: mine } = await someone()
    const { visitor: theirs } = await someone()
    const { value, id } = await generated(theirs)
    const before = await rowOf(id)
    const password = PASSWORD
    for (const unknown of [id, 'AAAAAAAAAAAAAAAA']) {
      const wanted = {
        id: unknown,
        description: 'mine',
        scopes: ['account:read' as const],
        expiresAt: inDays(1),
        password,
      }
      assert.deepEqual(await editToken(deps, mine, wanted, HERE), { ok: false, reason: 'no_such_token' })
      assert.deepEqual(await regenerateToken(deps, mine, { ...wanted, overlap: true }, HERE), {
        ok: false,
        reason: 'no_such_token',
      })
      assert.deepEqual(await removeTokens(deps, mine, { ids: [unknown], password }, HERE), { ok: true, removed: [] })
    }
    assert.deepEqual(await rowOf(id), before)
    assert.ok(await opens(value))
    assert.deepEqual(await tokenEvents(mine), [])
  })

  test('each change is one event; a refused one is none of them', async () => {
    const { visitor } = await someone()
    const { id } = await generated(visitor)
    const wanted = { id, description: 'x', scopes: ['account:read' as const], expiresAt: inDays(1), overlap: false }
    for (const password of ['not that one at all', PASSWORD]) {
      await editToken(deps, visitor, { ...wanted, password }, HERE)
      await regenerateToken(deps, visitor, { ...wanted, password }, HERE)
      await removeTokens(deps, visitor, { ids: [id], password }, HERE)
    }
    assert.deepEqual(await tokenEvents(visitor), [
      'token_edited',
      'token_generated',
      'token_regenerated',
      'token_removed',
    ])
  })
})
