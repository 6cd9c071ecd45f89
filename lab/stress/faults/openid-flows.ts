import assert from 'node:assert/strict'
import { and, eq, inArray } from 'drizzle-orm'
import {
  apps,
  memberships,
  openidConsents,
  openidRecords,
  openidSignIns,
  openidSignOuts,
  sessions,
} from '../../../db/schema.ts'
import { type addClient, fetchBy, followed } from '../../../testing/openid.ts'
import {
  askedIn,
  codeFor,
  deviceApproved,
  deviceAsked,
  plainClient,
  sentBy,
  tokensFor,
} from '../../../testing/openid-people.ts'
import {
  authorizing,
  basic,
  exchanging,
  posted,
  refreshing,
  type Said,
  userinfo,
} from '../../../testing/openid-requests.ts'
import { byHttp } from '../../../testing/transport.ts'
import type { Flow, Headers, Rows } from './flow.ts'
import { isSignedIn, makePerson } from './people.ts'
import type { World } from './world.ts'

const OFFLINE = { scope: 'openid offline_access' }
const DEVICE = 'urn:ietf:params:oauth:grant-type:device_code'
const TOKENS = ['AccessToken', 'RefreshToken']
const SIGNED_IN = 'signed_in' // the log has nothing of what apps do: what `count` counts is said at each flow

/** What becomes of a person's sign-in to an app: each of what the app holds is good once, and ends with what it was made of. */
export const OPENID_FLOWS: Flow[] = [
  {
    name: 'get a code for an app',
    event: SIGNED_IN,
    transaction: 2, // the grant comes before it, and is worth nothing by itself
    async begin(world) {
      const { person, client, site, sessionId, made } = await makeSignIn(world)
      const { browser } = person
      await site.fetch('https://latchkey.test/oauth/jwks') // whoever comes first makes the keys
      const ask = (headers?: Headers) => browser.get(authorizing(client, OFFLINE), headers)
      const codeIn = (to: string | null) => new URL(to ?? client.redirect).searchParams.get('code') ?? ''
      const getsTokens = async (code: string) => areGood(world, await exchanging(site, client, code))
      let code = ''
      return {
        person,
        async rows() {
          const codes = await made(['AuthorizationCode'])
          const signIns = await world.db.select().from(openidSignIns).where(eq(openidSignIns.sessionId, sessionId))
          return { kept: { codes, signIns }, count: () => codes.length }
        },
        async send(headers) {
          const { status, location, headers: said } = await ask(headers)
          code = codeIn(location)
          return { status, headers: said, location: location?.split('?')[0] ?? null }
        },
        leadsTo: client.redirect,
        before: async () => getsTokens(codeIn((await ask()).location)),
        async after(answered) {
          if (answered) await getsTokens(code)
          await getsTokens(codeIn((await ask()).location))
        },
      }
    },
  },
  {
    name: 'redeem a code for tokens',
    event: SIGNED_IN,
    async begin(world) {
      const { person, client, site, rows, made } = await makeSignIn(world)
      const code = await codeFor(person.browser, client, OFFLINE)
      let said: Said | undefined
      const redeem = (headers?: Headers) => exchanging(site, client, code, {}, headers)
      return {
        person,
        rows: () => rows('AuthorizationCode'),
        async send(headers) {
          said = await redeem(headers)
          return answerOf(said)
        },
        leadsTo: null,
        async before() {
          said = await redeem()
          assert.equal(said.status, 200, 'the code is still good')
          await areGood(world, said, code)
          assertRefused(await redeem())
          assert.equal((await userinfo(site, said.json.access_token)).status, 401, 'used twice, it gives nothing')
        },
        async after(answered) {
          if (answered) await areGood(world, said, code)
          assertRefused(await redeem())
          assert.deepEqual(await made(TOKENS), [], 'of a code that came twice nobody keeps anything')
          if (answered) await areOver(world, client, said)
          await areGood(world, await exchanging(site, client, await codeFor(person.browser, client, OFFLINE)))
        },
      }
    },
  },
  {
    name: 'rotate a refresh token',
    event: SIGNED_IN,
    async begin(world) {
      const { person, client, site, rows, made } = await makeSignIn(world)
      const held = await tokensFor(site, person.browser, client, OFFLINE)
      let said: Said | undefined
      const refresh = (headers?: Headers) => refreshing(site, client, held.refresh_token, headers)
      return {
        person,
        rows: () => rows('RefreshToken'),
        async send(headers) {
          said = await refresh(headers)
          return answerOf(said)
        },
        leadsTo: null,
        async before() {
          assert.equal((await userinfo(site, held.access_token)).status, 200, 'what the app had is still good')
          said = await refresh()
          assert.equal(said.status, 200, 'the refresh token is still good')
          await areGood(world, said, held.refresh_token)
        },
        async after(answered) {
          if (answered) await areGood(world, said, held.refresh_token)
          assertRefused(await refresh())
          assert.deepEqual(await made(TOKENS), [], 'of a refresh token that came twice nobody keeps anything')
          assert.equal((await userinfo(site, held.access_token)).status, 401)
          if (answered) await areOver(world, client, said)
          await areGood(world, await exchanging(site, client, await codeFor(person.browser, client, OFFLINE)))
        },
      }
    },
  },
  {
    name: 'redeem the code of a device',
    event: SIGNED_IN,
    async begin(world) {
      const { person, client, site, rows, made } = await makeSignIn(world)
      const connected = async () => {
        const asked = await deviceAsked(site, client, OFFLINE.scope)
        await deviceApproved(person.browser, asked.user_code)
        return asked.device_code
      }
      const code = await connected()
      let said: Said | undefined
      const redeem = (headers?: Headers, device = code) =>
        posted(site, '/oauth/token', { grant_type: DEVICE, device_code: device }, { ...basic(client), ...headers })
      return {
        person,
        rows: () => rows('DeviceCode'),
        async send(headers) {
          said = await redeem(headers)
          return answerOf(said)
        },
        leadsTo: null,
        async before() {
          said = await redeem()
          assert.equal(said.status, 200, 'the code is still good')
          await areGood(world, said, code)
          assertRefused(await redeem())
        },
        async after(answered) {
          if (answered) await areGood(world, said, code)
          assertRefused(await redeem())
          assert.deepEqual(await made(TOKENS), [], 'of a code that came twice nobody keeps anything')
          if (answered) await areOver(world, client, said)
          await areGood(world, await redeem({}, await connected()))
        },
      }
    },
  },
  {
    name: 'allow an app of somebody else',
    event: SIGNED_IN,
    async begin(world) {
      const { person, client, site, appId } = await makeSignIn(world, { isThirdParty: 1 })
      const { browser } = person
      const { answer } = await sentBy(browser, client, OFFLINE)
      assert.ok(answer.html.includes('/oauth/enter'), 'they are asked')
      const allow = (headers?: Headers) => browser.post('/oauth/enter', askedIn(answer.html), headers)
      const getsTokens = async (code: string | null) => areGood(world, await exchanging(site, client, code ?? ''))
      const goesOn = async ({ html, headers }: { html: string; headers: globalThis.Headers }) => {
        const url = /url=(.+)$/.exec(headers.get('Refresh') ?? '')?.[1]
        assert.ok(url, html)
        await getsTokens((await followed(browser, new URL(url))).at.searchParams.get('code'))
      }
      return {
        person,
        async rows() {
          const mine = eq(openidConsents.appId, appId)
          const consents = await world.db.select().from(openidConsents).where(mine)
          return { kept: { consents }, count: () => consents.length }
        },
        send: allow,
        leadsTo: null,
        async before() {
          assert.equal((await browser.get('/oauth/enter')).status, 200, 'they are still asked')
          await goesOn(await allow())
        },
        async after(answered) {
          if (!answered) await goesOn(await allow())
          await getsTokens(await codeFor(browser, client, OFFLINE)) // without being asked
        },
      }
    },
  },
  {
    name: 'sign out where apps hear of it',
    event: 'signed_out',
    async begin(world) {
      const { person, client, site, appId, sessionId, made } = await makeSignIn(world)
      const held = await tokensFor(site, person.browser, client, OFFLINE)
      const unused = await codeFor(person.browser, client, OFFLINE)
      const send = (headers?: Headers) => person.browser.post('/sign-out', {}, headers)
      return {
        person,
        async rows() {
          const kept = {
            session: await world.db.select().from(sessions).where(eq(sessions.id, sessionId)),
            records: await made(),
            signIns: await world.db.select().from(openidSignIns).where(eq(openidSignIns.sessionId, sessionId)),
            queued: await world.db.select().from(openidSignOuts).where(eq(openidSignOuts.appId, appId)),
          }
          return { kept, count: () => kept.queued.length }
        },
        send,
        leadsTo: '/sign-in',
        async before() {
          assert.ok(await isSignedIn(person.browser))
          assert.equal((await userinfo(site, held.access_token)).status, 200)
          assert.equal((await send()).location, '/sign-in')
          assert.equal((await userinfo(site, held.access_token)).status, 401)
        },
        async after() {
          assert.ok(!(await isSignedIn(person.browser)))
          assert.deepEqual(await made(), [], 'nothing outlives the session')
          assert.equal((await userinfo(site, held.access_token)).status, 401)
          assertRefused(await refreshing(site, client, held.refresh_token))
          assertRefused(await exchanging(site, client, unused))
        },
      }
    },
  },
]

/** A person with a session at the portal, and an app that they may use. */
export async function makeSignIn(world: World, of: Parameters<typeof plainClient>[1] = {}) {
  const person = await makePerson(world, 1)
  const { db } = world
  const site = siteOf(world)
  const client = await plainClient({ database: world }, { usesDeviceFlow: 1, backchannelUri: NOWHERE, ...of })
  await db.insert(memberships).values({ accountId: person.id, groupId: 'everyone', addedAt: new Date() })
  const [app] = await db.select({ id: apps.id }).from(apps).where(eq(apps.name, client.name))
  const [session] = await db.select({ id: sessions.id }).from(sessions).where(eq(sessions.accountId, person.id))
  assert.ok(app && session, 'there are an app and a session')
  const ofSession = eq(openidRecords.sessionId, session.id)
  const made = (kinds?: string[]) =>
    db
      .select()
      .from(openidRecords)
      .where(kinds ? and(ofSession, inArray(openidRecords.kind, kinds)) : ofSession)
      .orderBy(openidRecords.id)
  return {
    ...{ person, client, site, appId: app.id, sessionId: session.id, made },
    /** All that was made for the session. It happened once one of that kind has been used. */
    async rows(kind: string): Promise<Rows> {
      const records = await made()
      const used = records.filter((record) => record.kind === kind && record.consumedAt)
      return { kept: { records }, count: () => used.length }
    },
  }
}

const NOWHERE = 'http://127.0.0.1:9/signed-out' // RFC 863: nobody listens

/** As a program elsewhere asks the server that is running now. */
export const siteOf = (world: World) => ({ fetch: fetchBy(byHttp(() => world.server.port)) })

const answerOf = ({ status, headers }: Said) => ({ status, headers, location: headers.get('Location') })

/** No tokens, in the words of RFC 6749 section 5.2. */
const assertRefused = ({ status, json }: Said) => assert.deepEqual([status, json.error], [400, 'invalid_grant'])

/** What an app was given opens what it should, and none of it can be read in the database, nor what it was given it for. */
async function areGood(world: World, said: Said | undefined, ...spent: string[]) {
  assert.equal(said?.status, 200, `there are tokens: ${JSON.stringify(said?.json)}`)
  const { access_token: access, refresh_token: refresh = access } = (said?.json ?? {}) as Record<string, string>
  assert.equal((await userinfo(siteOf(world), access)).status, 200)
  await world.assertInvariants([access ?? '', refresh ?? '', ...spent])
}

async function areOver(world: World, client: Awaited<ReturnType<typeof addClient>>, said: Said | undefined) {
  assert.equal((await userinfo(siteOf(world), said?.json.access_token)).status, 401)
  assertRefused(await refreshing(siteOf(world), client, String(said?.json.refresh_token)))
}
