import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, describe, test } from 'node:test'
import { and, eq } from 'drizzle-orm'
import pg from 'pg'
import { openidRecords } from '#db/schema.ts'
import { accountOf, testDatabase } from '#testing/index.ts'
import { openidSite } from '#testing/openid.ts'
import { member, plainClient, tokensFor } from '#testing/openid-people.ts'
import { securityEvent } from '../identity/security-events.ts'
import { COMMAND_LINE } from '../operators/command-line.ts'
import { changeClient } from './manage.ts'

const database = await testDatabase()
const site = await openidSite({}, { database })
const { url } = database
const app = new pg.Client(url)
const operator = new pg.Client(url)
await Promise.all([app.connect(), operator.connect()])
after(async () => {
  await Promise.all([app.end(), operator.end()])
  await site.close()
})

const BY = { operatorId: null, reason: null, origin: COMMAND_LINE }

type Grant = { id: string; session_id: string; app_id: string }

async function signedIn() {
  const client = await plainClient(site)
  const { browser, email } = await member(site)
  await tokensFor(site, browser, client)
  const { id: accountId } = await accountOf(site, email)
  const { rows } = await operator.query<Grant>(
    `select r.id, r.session_id, r.app_id from openid_records r join sessions s on s.id = r.session_id
     where r.kind = 'Grant' and s.account_id = $1`,
    [accountId],
  )
  const [grant] = rows
  assert.ok(grant, 'there is a grant')
  return { grant, client, email, accountId }
}
type SignedIn = Awaited<ReturnType<typeof signedIn>>

/** An app is making something from its grant, and not at its end yet. */
async function making() {
  const made = await signedIn()
  const { grant } = made
  await app.query('begin')
  await app.query('select id from openid_records where id = $1 for share', [grant.id])
  await app.query(
    `insert into openid_records (id, kind, session_id, app_id, grant_id, payload, expires_at)
     select $1, 'AccessToken', session_id, app_id, id, payload, expires_at from openid_records where id = $2`,
    [randomUUID(), grant.id],
  )
  return made
}

async function somebodyWaits() {
  const waiting = "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
  for (let looks = 0; (await operator.query(waiting)).rowCount === 0; looks++) assert.ok(looks < 1000, 'nobody waits')
}

const WAYS: [string, (made: SignedIn) => Promise<unknown>][] = [
  ['by a code that is shown twice', ({ grant }) => site.deps.openid.revokeGrant(grant.id)],
  [
    'by signing out at the app',
    ({ grant }) => site.deps.openid.leaveClient({ sessionId: grant.session_id, appId: grant.app_id }),
  ],
  [
    'by Revoke',
    ({ grant: { app_id: subject }, accountId }) =>
      site.deps.signedInApps.revokeApp(
        accountId,
        subject,
        securityEvent('app_revoked', accountId, COMMAND_LINE, new Date(), null, { subject }),
      ),
  ],
  ['by a change of who the app is', ({ client }) => changeClient(site.deps, client.name, { isThirdParty: true }, BY)],
]

describe('what an app makes from a grant', () => {
  for (const [how, ends] of WAYS)
    test(`while the grant ends ${how} ends with it`, async () => {
      const made = await making()
      const ended = ends(made)
      await somebodyWaits()
      await app.query('commit')
      await ended
      const left = await operator.query('select kind from openid_records where id = $1 or grant_id = $1', [
        made.grant.id,
      ])
      assert.deepEqual(left.rows, [])
    })
})

/** A record of the session, of that kind. */
async function recordOf(kind: string, { session_id }: Grant) {
  const [row] = await database.db
    .select()
    .from(openidRecords)
    .where(and(eq(openidRecords.kind, kind), eq(openidRecords.sessionId, session_id)))
  return row ?? assert.fail(`there is no ${kind}`)
}

const MEANWHILE: [string, (signedIn: SignedIn, other: SignedIn) => Promise<() => Promise<unknown>>][] = [
  ...WAYS.map(([how, ends]): (typeof MEANWHILE)[0] => [`its grant ends ${how}`, async (of) => () => ends(of)]),
  [
    'an app redeems what it holds',
    async ({ grant }) => {
      const held = await recordOf('AccessToken', grant)
      const { id: grantId, session_id: sessionId, app_id: appId } = grant
      const made = { ...held, id: randomUUID(), grantId }
      const consumes = { id: held.id, at: new Date() }
      return () => site.deps.openid.putFromGrant({ grantId, owner: { sessionId, appId }, rows: [made], consumes })
    },
  ],
  [
    'its browser goes on in another',
    async ({ grant }, { grant: { session_id: sessionId } }) => {
      const known = await recordOf('Session', grant)
      return () => site.deps.openid.putRecord({ ...known, sessionId })
    },
  ],
]

describe('a session ends without waiting', () => {
  for (const [what, prepare] of MEANWHILE)
    test(`for whoever waits for it, as ${what}`, async () => {
      const [one, other] = [await signedIn(), await signedIn()]
      const meanwhile = await prepare(one, other)
      const ended = [[one.grant.session_id, other.grant.session_id]]
      await app.query('begin')
      await app.query('select id from sessions where id = any($1) for update', ended)
      const done = meanwhile()
      await somebodyWaits()
      await app.query("set local lock_timeout = '500ms'") // less than until the server ends a deadlock
      await app.query('delete from sessions where id = any($1)', ended)
      await app.query('commit')
      await done
    })
})
