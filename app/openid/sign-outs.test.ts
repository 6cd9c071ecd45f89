import assert from 'node:assert/strict'
import { createPublicKey, verify } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, afterEach, beforeEach, describe, test } from 'node:test'
import { eq, isNotNull } from 'drizzle-orm'
import { mailLinks, openidRecords, openidSignOuts, sessions } from '#db/schema.ts'
import { accountOf, BASE_URL, PASSWORD, SESSIONS_PAGE } from '#testing/index.ts'
import { openidSite } from '#testing/openid.ts'
import { codeFor, type Member, member, plainClient, tokensFor } from '#testing/openid-people.ts'
import { claimsIn, exchanging, refreshing, saidBy, userinfo } from '#testing/openid-requests.ts'
import { newLink } from '../mail/links.ts'
import { COMMAND_LINE } from '../operators/command-line.ts'
import { deleteAccount } from '../operators/deletion.ts'
import { signOutAccount } from '../operators/sign-out.ts'
import { suspend } from '../operators/suspension.ts'
import { keepHouse } from '../process/housekeeping.ts'
import { tellSignOuts } from './sign-outs.ts'

const site = await openidSite()
const { db } = site.database
const BY = { operatorId: null, reason: 'They asked.', origin: COMMAND_LINE }

/** The app's own server. */
let heard: { path: string; token: string; type: string }[] = []
let answers: { status: number; location?: string }[] = []
const app = createServer(async (request, response) => {
  let body = ''
  for await (const bytes of request) body += bytes
  const token = new URLSearchParams(body).get('logout_token') ?? ''
  heard.push({ path: request.url ?? '', token, type: request.headers['content-type'] ?? '' })
  const { status, location } = answers.shift() ?? { status: 200 }
  response.writeHead(status, location ? { location } : {}).end()
})
await once(app.listen(0, '127.0.0.1'), 'listening')
const at = `http://127.0.0.1:${(app.address() as AddressInfo).port}`

after(async () => {
  app.close()
  await site.close()
})
beforeEach(() => {
  heard = []
  answers = []
})
afterEach(() => assert.deepEqual(site.faults.splice(0), []))

const OFFLINE = { scope: 'openid offline_access' }

async function signedInAtApp() {
  const client = await plainClient(site, { backchannelUri: `${at}/signed-out` })
  const person = await member(site)
  const held = await tokensFor(site, person.browser, client, OFFLINE)
  const code = await codeFor(person.browser, client, OFFLINE)
  const { id } = await accountOf(site, person.email)
  return { ...person, client, accountId: id, held, code, told: claimsIn(held.id_token) }
}

/** What an app holds opens nothing. */
async function isClosed({ client, held, code }: Awaited<ReturnType<typeof signedInAtApp>>) {
  assert.equal((await userinfo(site, held.access_token)).status, 401)
  for (const said of [await refreshing(site, client, held.refresh_token), await exchanging(site, client, code)])
    assert.deepEqual([said.status, said.json.error], [400, 'invalid_grant'])
}
const waiting = async () => (await db.select().from(openidSignOuts)).length

/** What a logout token says, once its signature holds (section 2.6). */
async function verified(token: string) {
  const [head = '', body = '', signature = ''] = token.split('.')
  const { kid, alg, typ } = JSON.parse(Buffer.from(head, 'base64url').toString())
  assert.deepEqual([alg, typ], ['RS256', 'logout+jwt'])
  const { json } = await saidBy(await site.fetch(`${BASE_URL}/oauth/jwks`))
  const jwk = (json.keys as { kid: string }[]).find((key) => key.kid === kid)
  assert.ok(jwk, 'the key is published')
  const key = createPublicKey({ key: jwk as never, format: 'jwk' })
  assert.ok(verify('RSA-SHA256', Buffer.from(`${head}.${body}`), key, Buffer.from(signature, 'base64url')))
  return claimsIn(token)
}

const seenLast = (accountId: number, at: Date) =>
  db.update(sessions).set({ lastSeenAt: at }).where(eq(sessions.accountId, accountId))
const idleFor = (more: number) => new Date(Date.now() - site.deps.sessionIdle - more)

let rounds = 0
/** A round of its own: another one follows after five minutes. */
async function keepingHouse() {
  const later = ++rounds * 6 * 60_000
  const at = new Date(Date.now() + later)
  assert.ok(await keepHouse({ ...site.deps, now: () => at }, { rest: async () => {} }), 'it is its turn')
}

const ENDS: Record<string, (of: Member & { accountId: number }) => Promise<unknown>> = {
  'signing out': ({ browser }) => browser.post('/sign-out'),
  'signing out everywhere': ({ browser }) => browser.post(`${SESSIONS_PAGE}/everything`),
  'suspension by an operator': ({ email }) => suspend(site.deps, email, BY),
  'an operator’s sign-out': ({ email }) => signOutAccount(site.deps, email, BY),
  'deletion by an operator': ({ email }) => deleteAccount(site.deps, email, BY, email),
  async 'a new password by mail'({ accountId }) {
    const { token, link } = newLink(site.deps.vault, { accountId, purpose: 'reset_password' }, new Date())
    await db.insert(mailLinks).values(link)
    const reader = site.browser()
    await reader.get(`/mail/reset-password?token=${token}`)
    assert.equal((await reader.post('/mail/reset-password', { password: 'eleven sardines hum quietly' })).status, 303)
  },
  async 'deletion by its owner'({ browser }) {
    assert.equal((await browser.post('/settings/account/delete', { password: PASSWORD })).location, '/sign-in')
  },
  async 'idling, found by housekeeping'({ accountId }) {
    await seenLast(accountId, idleFor(1))
    await keepingHouse()
  },
  'the end of its day, found by housekeeping': async ({ accountId }) => {
    await db
      .update(sessions)
      .set({ expiresAt: new Date(Date.now() - 1) })
      .where(eq(sessions.accountId, accountId))
    await keepingHouse()
  },
}

describe('an app hears that a session has ended (OpenID Connect Back-Channel Logout 1.0)', () => {
  for (const [how, end] of Object.entries(ENDS))
    test(`by ${how}, once, in a token that is signed for it`, async () => {
      const of = await signedInAtApp()
      await tellSignOuts(site.deps)
      assert.equal(heard.length, 0, 'nothing while it lasts')
      await end(of)
      await isClosed(of)
      assert.equal(
        await db.$count(openidRecords, isNotNull(openidRecords.sessionId)),
        0,
        'nothing outlives the session',
      )
      await tellSignOuts(site.deps)
      await tellSignOuts(site.deps)
      assert.deepEqual(
        heard.map(({ path, type }) => [path, type.split(';')[0]]),
        [['/signed-out', 'application/x-www-form-urlencoded']],
      )
      const payload = await verified(heard[0]?.token ?? '')
      assert.deepEqual([payload.iss, payload.aud], [BASE_URL, of.client.name])
      assert.deepEqual([payload.sub, payload.sid], [of.told.sub, of.told.sid])
      assert.ok(payload.jti && payload.iat && !('nonce' in payload))
      assert.deepEqual(payload.events, { 'http://schemas.openid.net/event/backchannel-logout': {} })
    })

  test('by idling, before housekeeping has found it: what it holds opens nothing, and the next page that is asked for ends the session', async () => {
    const of = await signedInAtApp()
    await seenLast(of.accountId, idleFor(-5_000))
    const { status, json } = await refreshing(site, of.client, of.held.refresh_token)
    assert.equal(status, 200, 'a moment before it is too long')
    await seenLast(of.accountId, idleFor(1))
    await isClosed({ ...of, held: { ...of.held, ...(json as typeof of.held) } })
    await of.browser.get('/')
    await tellSignOuts(site.deps)
    assert.equal(heard.length, 1, 'whatever their browser asks for next ends the session')
  })

  test('and no other app does, nor one that gave no address', async () => {
    await plainClient(site, { backchannelUri: `${at}/another` })
    const person = await member(site)
    await tokensFor(site, person.browser, await plainClient(site))
    await person.browser.post('/sign-out')
    await tellSignOuts(site.deps)
    assert.deepEqual([heard.length, await waiting()], [0, 0])
  })

  test('again where it answered badly, until it says yes', async () => {
    const { browser } = await signedInAtApp()
    await browser.post('/sign-out')
    answers = [{ status: 500 }, { status: 200 }]
    const failed: string[] = []
    await tellSignOuts(site.deps, { failed: (client) => failed.push(client) })
    await tellSignOuts(site.deps)
    assert.deepEqual([heard.length, failed.length, await waiting()], [1, 1, 1], 'not before a minute has gone')
    await db.update(openidSignOuts).set({ nextAttemptAtMs: 0 })
    await tellSignOuts(site.deps)
    assert.deepEqual([heard.length, await waiting()], [2, 0])
  })

  test('but no redirect is followed: the token goes to the registered address alone', async () => {
    const { browser } = await signedInAtApp()
    await browser.post('/sign-out')
    answers = [{ status: 307, location: `${at}/elsewhere` }]
    await tellSignOuts(site.deps)
    assert.deepEqual([heard.map(({ path }) => path), await waiting()], [['/signed-out'], 1])
    await db.delete(openidSignOuts)
  })

  test('once, however many processes tell it at the same time', async () => {
    const { browser } = await signedInAtApp()
    await browser.post('/sign-out')
    await Promise.all(Array.from({ length: 6 }, () => tellSignOuts(site.deps)))
    assert.deepEqual([heard.length, await waiting()], [1, 0])
  })
})
