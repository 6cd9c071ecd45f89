import assert from 'node:assert/strict'
import { after, afterEach, describe, test } from 'node:test'
import { eq, getTableColumns, getTableName } from 'drizzle-orm'
import { openDatabase } from '#db/client.ts'
import * as schema from '#db/schema.ts'
import { deletionStore } from '#db/stores/deletions.ts'
import { aHost, endingAt } from '#testing/ending.ts'
import {
  accountOf,
  answerCode,
  codeOf,
  everyRow,
  followed,
  latchkey,
  mailsTo,
  mailTo,
  owingCode,
  PASSWORD,
  pageOf,
  sharedDatabase,
  signedUp,
  withTwoFactor,
} from '#testing/index.ts'
import { stateOf } from '#testing/invariants.ts'
import { securityEvent } from '../identity/security-events.ts'
import { hashToken, newId, newUserHandle } from '../lib/tokens.ts'
import { lookOf } from '../lib/username.ts'
import { writeNotices } from '../mail/mailing.ts'
import { COMMAND_LINE } from '../operators/command-line.ts'
import { exportedLog } from '../operators/log/export.ts'
import { sealEvents } from '../operators/log/sealing.ts'
import { verifyLog } from '../operators/log/verify.ts'
import { beginRescue } from '../operators/rescue.ts'
import { keepHouse } from '../process/housekeeping.ts'

// One database, with a connection more than the product has.
const database = await sharedDatabase()
const other = openDatabase(database.url)
const product = await latchkey({}, { database })
const { clock, deps } = product
const { db } = database
afterEach(() => assert.deepEqual(product.faults.splice(0), []))
after(async () => {
  for (const each of [other, database]) await each.close()
})

const DELETE = '/settings/account/delete'
const WEEK = 7 * 24 * 60 * 60_000
const DAY = 24 * 60 * 60_000
const MAIL = /^Your account at .* will be deleted$/

/** A round, whoever had the last one. */
const house = {
  ...deps,
  deletions: deletionStore(other),
  housekeeping: { ...deps.housekeeping, takeLease: async () => true, changeLease: async () => true },
}
const round = () => keepHouse(house, { rest: async () => {} })

const isThere = async (email: string) =>
  (await db.select().from(schema.accounts).where(eq(schema.accounts.email, email))).length === 1

describe('an account whose seven days are over', () => {
  test('is deleted then, to the millisecond, and its owner is told by mail', async () => {
    const { browser, email } = await signedUp(product)
    await browser.post(DELETE, { password: PASSWORD })
    const { path } = await mailTo(product, email, MAIL)
    clock.advance(WEEK - 1)
    await round()
    assert.ok(await isThere(email), 'a millisecond too early')
    clock.advance(1)
    await round()
    assert.ok(!(await isThere(email)), 'it is gone')
    const told = await mailsTo(product, email)
    assert.deepEqual(
      told.map(({ subject }) => subject.replace(/ at .* (was|will)/, ' $1')),
      ['Your account was deleted'],
    )
    assert.equal((await product.browser().post('/sign-in', { email, password: PASSWORD })).status, 422)
    assert.equal((await followed(product.browser(), path)).status, 410)
  })

  test('leaves its address free, and its username to nobody for 90 days', async () => {
    const { browser, email } = await signedUp(product)
    const { username } = await accountOf(product, email)
    await browser.post(DELETE, { password: PASSWORD })
    clock.advance(WEEK)
    await round()
    await product.browser().post('/sign-up', { email, password: PASSWORD })
    const { username: suggested } = await accountOf(product, email)
    assert.notEqual(lookOf(suggested), lookOf(username))
    const taken = async () => deps.usernames.takenLooks([lookOf(username)], clock.now())
    clock.advance(90 * DAY - 1)
    assert.deepEqual(await taken(), [lookOf(username)])
    clock.advance(1)
    assert.deepEqual(await taken(), [])
  })

  test('is not deleted where it is the last operator’s (P08)', async () => {
    const { email } = await signedUp(product)
    const due = { role: 'operator' as const, deleteAt: clock.now() }
    await db.update(schema.accounts).set(due).where(eq(schema.accounts.email, email))
    await round()
    assert.ok(await isThere(email), 'it stays')
    await db.update(schema.accounts).set({ role: 'member' }).where(eq(schema.accounts.email, email))
    await round()
    assert.ok(!(await isThere(email)), 'a member’s goes')
  })

  test('is deleted or kept, never half of each, when its owner signs in or follows the link at that moment', async () => {
    const ended = { kept: 0, gone: 0 }
    for (let turn = 0; turn < 8; turn++) {
      const { browser, email, key } = await withTwoFactor(product)
      await browser.post(DELETE, { password: PASSWORD })
      const { path } = await mailTo(product, email, MAIL)
      clock.advance(WEEK)
      const coming = await owingCode(product, email)
      const reader = product.browser()
      await followed(reader, path)
      const isByLink = turn % 2 === 0
      const back = () => (isByLink ? reader.post(pageOf(path)) : answerCode(coming, codeOf(key, clock.now())))
      const [answer] = await Promise.all(turn % 4 < 2 ? [back(), round()] : [pausing(back), round()])
      const isKept = await isThere(email)
      ended[isKept ? 'kept' : 'gone']++
      if (!isKept) {
        const told = isByLink ? answer.status === 410 : answer.location !== '/'
        assert.ok(told, 'nobody is told that it stays')
        continue
      }
      const { account, factors, recoveryCodes, count } = await stateOf(database, email)
      assert.deepEqual([account.deleteAt, factors.length, recoveryCodes.length], [null, 1, 12])
      assert.deepEqual([count('deletion_undone'), count('account_deleted')], [1, 0])
    }
    assert.equal(ended.kept + ended.gone, 8)
  })
})

describe('housekeeping that has chosen an account', () => {
  test('leaves it where its owner signs in before it is deleted', async () => {
    const { browser, email } = await signedUp(product)
    await browser.post(DELETE, { password: PASSWORD })
    clock.advance(WEEK)
    const back = product.browser()
    const meanwhile = {
      ...house.deletions,
      async removeAccount(of: Parameters<typeof house.deletions.removeAccount>[0]) {
        if (of.account.email === email) await back.post('/sign-in', { email, password: PASSWORD })
        return house.deletions.removeAccount(of)
      },
    }
    await keepHouse({ ...house, deletions: meanwhile }, { rest: async () => {} })
    assert.ok(await isThere(email), 'it stays')
    assert.match((await back.get('/')).text, /Your account stays\./)
  })

  test('lets nobody fail who comes with a wrong code when it is just gone', async () => {
    const { browser, email } = await signedUp(product)
    const { id } = await accountOf(product, email)
    await browser.post(DELETE, { password: PASSWORD })
    clock.advance(WEEK)
    await round()
    const here = { address: '203.0.113.77', browser: 'Firefox', system: null }
    await deps.signIns.record(securityEvent('code_wrong', id, here, clock.now()))
    assert.ok(!(await isThere(email)), 'it is gone')
  })
})

/** Begins a moment later, so that the other is first. */
const pausing = async <Answer>(work: () => Promise<Answer>) => {
  await new Promise((resolve) => setImmediate(resolve))
  return work()
}

describe('a deleted account', () => {
  const NAMES_A_PERSON = /^(account_id|session_id|used_by|invited_by|asked_by)$/
  /** Tables with a column that names an account, or a session of one. */
  const tables = Object.values(schema)
    .filter((table) => Object.values(getTableColumns(table)).some(({ name }) => NAMES_A_PERSON.test(name)))
    .map((table) => String(getTableName(table)))

  test('leaves no row that names it, in any table, and a log without the person that is still whole', async () => {
    const { browser, email } = await withTwoFactor(product, { address: '203.0.113.77' })
    const { id } = await accountOf(product, email)
    const [username, name] = ['ada.lovelace-77', 'Countess of Lovelace']
    await db.insert(schema.userHandles).values({ accountId: id, handle: newUserHandle() })
    await db
      .update(schema.accounts)
      .set({ username, usernameLook: lookOf(username), displayName: name, displayNameLook: name.toLowerCase() })
      .where(eq(schema.accounts.id, id))
    await browser.post('/settings/account/data', { password: 'not that one at all' })
    await product.browser().post('/sign-in', { email, password: 'not that one at all' })
    await (await owingCode(product, email)).post('/sign-in/two-factor', { code: '000000' })
    await endingAt(database, id, clock.now(), 30 * DAY)
    await beginRescue(deps, email, { operatorId: null, reason: 'Lost it', origin: COMMAND_LINE })
    const { id: member } = await accountOf(product, (await withTwoFactor(product)).email)
    await invitedRescuedAndWaiting({ id, email, member })
    await writeNotices(deps)
    await deps.signIns.record(
      securityEvent('code_wrong', id, { address: '203.0.113.77', browser: 'x', system: null }, clock.now()),
    )
    await sealEvents(deps)
    const sessions = await db.select().from(schema.sessions).where(eq(schema.sessions.accountId, id))
    const [at, tokenHash] = [clock.now(), hashToken(username)]
    const { host } = await aHost({ db }, at)
    for (const { id: sessionId } of sessions.slice(0, 1))
      await db.insert(schema.gateSessions).values({ tokenHash, sessionId, host, startedAt: at, lastSeenAt: at })
    for (const { id: sessionId } of sessions.slice(0, 1)) await signedInAtClient(sessionId, id)
    const secrets = [String(id), email, username, name, name.toLowerCase(), ...sessions.map((session) => session.id)]
    const naming = async () => {
      const rows = Object.entries(await everyRow(product))
      return rows
        .filter(([, texts]) => texts.some((text) => secrets.some((secret) => text.includes(secret))))
        .map(([table]) => table)
    }
    const before = await naming()
    assert.deepEqual(
      tables.filter((table) => !before.includes(table)),
      [],
      'each of them names the account before',
    )
    assert.ok(before.includes('limits'), 'what counts its guesses')
    const own = await db.select().from(schema.events).where(eq(schema.events.accountId, id))
    assert.deepEqual((await verifyLog(deps)).findings, [])
    const { withoutPerson } = await verifyLog(deps)

    await db.update(schema.accounts).set({ deleteAt: clock.now() }).where(eq(schema.accounts.id, id))
    await round()
    assert.deepEqual(await naming(), [])
    const left = await db.select().from(schema.formerUsernames)
    assert.ok(
      left.some(({ usernameLook, accountId }) => usernameLook === lookOf(username) && accountId === null),
      'its username is kept, for nobody',
    )
    await sealEvents(deps)
    const verdict = await verifyLog(deps)
    assert.deepEqual(verdict.findings, [])
    assert.equal(verdict.withoutPerson, withoutPerson + own.length)
    const events = await db.select().from(schema.events)
    for (const { id: eventId } of own) {
      const event = events.find((each) => each.id === eventId)
      assert.deepEqual(
        [event?.accountId, event?.address, event?.browser, event?.system, event?.notice],
        [null, '', '', null, null],
      )
    }
    let log = ''
    for await (const line of exportedLog(deps, { format: 'jsonl' })) log += line
    for (const secret of [...secrets, '203.0.113.77']) assert.ok(!log.includes(secret), secret)
    assert.ok(log.includes('account_deleted'), 'that it was deleted is in the log')
  })

  async function signedInAtClient(sessionId: string, accountId: number) {
    const at = clock.now()
    const { appId } = await aHost({ db }, at)
    await db.insert(schema.clients).values({
      ...{
        appId,
        authMethod: 'none',
        signingAlg: 'RS256',
        needsPkce: 1,
        isThirdParty: 1,
        isStrict: 0,
        usesDeviceFlow: 0,
      },
      createdAt: at,
    })
    const scopes = 'openid email'
    const signIn = { sessionId, appId, subject: String(accountId), sid: newId(), scopes, startedAt: at, lastUsedAt: at }
    await db.insert(schema.openidSignIns).values(signIn)
    await db.insert(schema.openidConsents).values({ accountId, appId, scopes, givenAt: at })
    const record = { id: newId(), kind: 'Grant', payload: 'sealed', expiresAt: new Date(at.getTime() + DAY) }
    await db.insert(schema.openidRecords).values({ ...record, sessionId, appId })
  }

  /** Rows of others, or of nobody, that name it. */
  async function invitedRescuedAndWaiting({ id, email, member }: { id: number; email: string; member: number }) {
    const now = clock.now()
    const later = new Date(now.getTime() + 30 * DAY)
    const row = (of: Partial<typeof schema.invitations.$inferInsert>) => ({
      ...{ id: newId(), tokenHash: newId(), role: 'member' as const, createdAt: now, expiresAt: later },
      ...of,
    })
    await db
      .insert(schema.invitations)
      .values([row({ email }), row({ usedBy: id, usedAt: now }), row({ invitedBy: id })])
    await db
      .insert(schema.rescues)
      .values({ accountId: member, askedBy: id, reason: 'Lost it', expiresAt: later, codeHash: null })
    const origin = { address: '203.0.113.77', browser: 'x', system: null }
    await db.insert(schema.recoveries).values({ accountId: id, begunAt: now, opensAt: later, ...origin })
  }
})
