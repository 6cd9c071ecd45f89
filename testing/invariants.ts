// What holds after every story, read straight from the database. Only for tests.
import assert from 'node:assert/strict'
import { decodeBase32IgnorePadding } from '@oslojs/encoding'
import type { Database } from '#db/client.ts'
import {
  accounts,
  appHosts,
  apps,
  clients,
  events,
  factors,
  formerAddresses,
  gateCodes,
  gateSessions,
  groups,
  invitationGroups,
  invitations,
  knownBrowsers,
  limits,
  mailLinks,
  mails,
  memberships,
  openidConsents,
  openidRecords,
  openidSignIns,
  openidSignOuts,
  pendingSignIns,
  recoveries,
  recoveryCodes,
  rescues,
  sessions,
  trustedBrowsers,
} from '#db/schema.ts'
import { builtReads } from './built-reads.ts'

const reads = builtReads((db) => ({
  accounts: db.select().from(accounts).orderBy(accounts.id).prepare(),
  sessions: db.select().from(sessions).orderBy(sessions.id).prepare(),
  pendingSignIns: db.select().from(pendingSignIns).orderBy(pendingSignIns.tokenHash).prepare(),
  factors: db.select().from(factors).orderBy(factors.id).prepare(),
  recoveryCodes: db.select().from(recoveryCodes).orderBy(recoveryCodes.accountId, recoveryCodes.position).prepare(),
  events: db.select().from(events).orderBy(events.id).prepare(),
  limits: db.select().from(limits).orderBy(limits.key).prepare(),
  mails: db.select().from(mails).orderBy(mails.id).prepare(),
  mailLinks: db.select().from(mailLinks).orderBy(mailLinks.tokenHash).prepare(),
  formerAddresses: db.select().from(formerAddresses).orderBy(formerAddresses.leftAt).prepare(),
  groups: db.select().from(groups).orderBy(groups.id).prepare(),
  memberships: db.select().from(memberships).orderBy(memberships.accountId, memberships.groupId).prepare(),
  apps: db.select().from(apps).orderBy(apps.id).prepare(),
  appHosts: db.select().from(appHosts).orderBy(appHosts.host).prepare(),
  gateSessions: db.select().from(gateSessions).orderBy(gateSessions.tokenHash).prepare(),
  gateCodes: db.select().from(gateCodes).orderBy(gateCodes.codeHash).prepare(),
  clients: db.select().from(clients).orderBy(clients.appId).prepare(),
  openidRecords: db.select().from(openidRecords).orderBy(openidRecords.id).prepare(),
  openidSignIns: db.select().from(openidSignIns).orderBy(openidSignIns.sessionId, openidSignIns.appId).prepare(),
  openidSignOuts: db.select().from(openidSignOuts).orderBy(openidSignOuts.id).prepare(),
  openidConsents: db.select().from(openidConsents).orderBy(openidConsents.accountId, openidConsents.appId).prepare(),
  invitations: db.select().from(invitations).orderBy(invitations.id).prepare(),
  invitationGroups: db.select().from(invitationGroups).orderBy(invitationGroups.invitationId).prepare(),
  recoveries: db.select().from(recoveries).orderBy(recoveries.accountId).prepare(),
  rescues: db.select().from(rescues).orderBy(rescues.accountId).prepare(),
  trustedBrowsers: db.select().from(trustedBrowsers).orderBy(trustedBrowsers.id).prepare(),
  knownBrowsers: db.select().from(knownBrowsers).orderBy(knownBrowsers.tokenHash, knownBrowsers.accountId).prepare(),
}))

/** Every row of every table, in a fixed order. */
export async function everything(database: Pick<Database, 'db'>): Promise<Rows<ReturnType<typeof reads>>> {
  const rows: Record<string, unknown> = {}
  for (const [name, read] of Object.entries(reads(database))) rows[name] = await read.execute()
  return rows as Rows<ReturnType<typeof reads>>
}
type Rows<Reads extends Record<string, { execute(): unknown }>> = {
  [Name in keyof Reads]: Awaited<ReturnType<Reads[Name]['execute']>>
}

/** The rows of one account, and what its log says, oldest first. */
export async function stateOf(database: Pick<Database, 'db'>, email: string) {
  const all = await everything(database)
  const account = all.accounts.find((row) => row.email === email)
  assert.ok(account, `there is an account ${email}`)
  return ownRows(all, account)
}

type Everything = Awaited<ReturnType<typeof everything>>
type Account = Everything['accounts'][number]

function ownRows(all: Everything, account: Account) {
  const own = <Row extends { accountId: number | null }>(rows: Row[]) =>
    rows.filter((row) => row.accountId === account.id)
  const log = own(all.events)
  return {
    account,
    sessions: own(all.sessions),
    pendingSignIns: own(all.pendingSignIns),
    factors: own(all.factors),
    recoveryCodes: own(all.recoveryCodes),
    rescues: own(all.rescues),
    trustedBrowsers: own(all.trustedBrowsers),
    knownBrowsers: own(all.knownBrowsers),
    events: log,
    kinds: log.map(({ kind }) => kind),
    mailLinks: own(all.mailLinks),
    formerAddresses: own(all.formerAddresses),
    recoveries: own(all.recoveries),
    count: (kind: string) => log.filter((event) => event.kind === kind).length,
  }
}

/** The invariants of a database whose every change went through the product. */
export async function assertInvariants(database: Pick<Database, 'db'>, secrets: string[] = []): Promise<void> {
  const all = await everything(database)
  for (const account of all.accounts) assertAccount(ownRows(all, account))
  assertMails(all)
  assertInvitations(all)
  assertGate(all)
  assertOpenid(all)
  assertOnlyForward(database.db, all)
  assertUnreadable(JSON.stringify(all), secrets)
}

function assertAccount(own: ReturnType<typeof ownRows>) {
  const [factor] = own.factors
  if (factor) {
    assert.deepEqual(
      own.recoveryCodes.map(({ position }) => position),
      [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
      'second factor on: one live set of exactly twelve',
    )
    assert.equal(new Set(own.recoveryCodes.map(({ madeAt }) => madeAt.getTime())).size, 1, 'made at one moment')
    for (const { secret } of own.factors) assert.match(secret, /^[\w-]{1,16}\.[\w-]{60,}$/, 'the secret is sealed')
    for (const { name } of own.factors) assert.match(name, /^\S(.{0,78}\S)?$/u, 'every authenticator has a name')
    assert.equal(new Set(own.factors.map(({ slot }) => slot)).size, own.factors.length, 'a slot for each')
    assert.ok(own.factors.length <= 10, 'ten authenticators at most')
  } else {
    assert.deepEqual(own.recoveryCodes, [], 'second factor off: no recovery codes')
    assert.deepEqual(own.pendingSignIns, [], 'second factor off: nobody owes a code')
    assert.deepEqual(own.recoveries, [], 'second factor off: nobody waits to replace it')
  }
  for (const { usedAt, sealed } of own.recoveryCodes)
    assert.equal(sealed === null, usedAt !== null, 'the sealed copy is there until the code is used')
  for (const { securityVersion } of own.pendingSignIns)
    assert.equal(securityVersion, own.account.securityVersion, 'no pending sign-in from before a change')
  if (own.account.deleteAt)
    assert.deepEqual([own.sessions, own.pendingSignIns], [[], []], 'nothing is open while it waits for its deletion')
  const newestOnly = own.mailLinks
    .filter(({ purpose }) => purpose !== 'not_me' && purpose !== 'stop_recovery')
    .map(({ purpose }) => purpose)
  assert.equal(new Set(newestOnly).size, newestOnly.length, 'one live link of each purpose at most')
  assertSessions(own)
  assertBrowsers(own)
  assertLog(own)
  assertSecured(own)
}

/** Nothing that was open when its owner said "This was not me" is open after it. */
function assertSecured({ account, events, count, ...open }: ReturnType<typeof ownRows>) {
  const frozen = count('tokens_frozen') - count('tokens_released')
  assert.equal(frozen, account.tokensFrozenAt ? 1 : 0, 'frozen and released take turns, and the log has both')
  const reports = events.filter(({ kind }) => kind === 'reported_not_me').map(({ at }) => at.getTime())
  const last = Math.max(...reports, 0)
  const since = [
    ...open.sessions.map(({ startedAt }) => startedAt),
    ...open.trustedBrowsers.map(({ trustedAt }) => trustedAt),
    ...open.knownBrowsers.map(({ firstSeenAt }) => firstSeenAt),
    ...open.mailLinks.filter(({ purpose }) => purpose === 'change_email').map(({ createdAt }) => createdAt),
  ]
  for (const at of since) assert.ok(at.getTime() >= last, 'no session, browser or change from before the report')
}

/** Nobody can read a queued mail, and a failed one names nobody. */
function assertMails({ mails, mailLinks }: Everything) {
  for (const { sealed, lastError } of mails) {
    assert.match(sealed, /^[\w-]{1,16}\.[\w-]{60,}$/, 'a queued mail is sealed')
    assert.match(lastError ?? 'none', /^[a-z_]+$/, 'why it failed is a word, and no sentence')
  }
  for (const { purpose, payload } of mailLinks)
    if (purpose === 'not_me') assert.match(payload ?? '', /^[\w-]{1,16}\.[\w-]{60,}$/, 'what is to be undone is sealed')
}

/** One invitation makes one account at most. */
function assertInvitations({ invitations, events }: Everything) {
  const used = events.flatMap(({ kind, subject }) => (kind === 'signed_up' && subject ? [subject] : []))
  assert.equal(new Set(used).size, used.length, 'an invitation makes one account at most')
  for (const { id, usedAt, usedBy, revokedAt } of invitations) {
    assert.ok(!(usedAt && revokedAt), 'used or revoked')
    assert.equal(used.includes(id), usedBy !== null, 'who used it has its name in the log')
  }
}

/** A session is at a host once at most, and never before it began. What an API client holds is at none. */
function assertGate({ gateSessions, gateCodes, sessions, apps, appHosts, clients }: Everything) {
  const places = gateSessions.map(({ sessionId, host }) => `${sessionId} ${host}`)
  assert.equal(new Set(places).size, places.length, 'a session is at a host once at most')
  for (const { sessionId, startedAt } of gateSessions) {
    const session = sessions.find(({ id }) => id === sessionId)
    assert.ok(session && session.startedAt <= startedAt, 'it began at the portal before')
    assert.equal(session.client, 'browser')
  }
  const hashes = [...gateSessions.map(({ tokenHash }) => tokenHash), ...gateCodes.map(({ codeHash }) => codeHash)]
  for (const hash of hashes) assert.match(hash, /^[\w-]{43}$/, 'of tokens and codes there are only hashes')
  for (const { id } of apps)
    assert.ok(
      [...appHosts, ...clients].some(({ appId }) => appId === id),
      'every app has a host or a client',
    )
}

/** What an app holds belongs to a grant, a session and a sign-in. So it ends with them, and the app hears of it. */
function assertOpenid({ openidRecords, openidSignIns, sessions, clients }: Everything) {
  const grants = new Map(openidRecords.flatMap((row) => (row.kind === 'Grant' ? [[row.id, row]] : [])))
  for (const { kind, sessionId, appId, grantId, payload } of openidRecords) {
    assert.match(payload, /^[\w-]{1,16}\.[\w-]{39,}$/, `${kind}: sealed`)
    const isMade = grantId !== null && OF_APPS.has(kind)
    if (kind === 'Grant' || isMade) assert.ok(sessionId && appId, `${kind}: of one app, in one session`)
    if (!isMade) continue
    const grant = grants.get(grantId)
    assert.deepEqual([grant?.sessionId, grant?.appId], [sessionId, appId], `${kind}: of the grant that it was made of`)
    const isSignedIn = openidSignIns.some((row) => row.sessionId === sessionId && row.appId === appId)
    assert.ok(isSignedIn, `${kind}: there is a sign-in, which tells the app when it ends`)
  }
  for (const { sessionId, appId } of openidSignIns) {
    assert.equal(sessions.find(({ id }) => id === sessionId)?.client, 'browser')
    assert.ok(
      clients.some((client) => client.appId === appId),
      'an app where somebody is signed in is there',
    )
  }
}
const OF_APPS = new Set(['AuthorizationCode', 'DeviceCode', 'AccessToken', 'RefreshToken'])

/** Trust comes after the second factor and ends with it. Only a trusted browser spares anybody the code. */
function assertBrowsers({
  account,
  factors,
  trustedBrowsers,
  knownBrowsers,
  events,
  count,
}: ReturnType<typeof ownRows>) {
  const live = trustedBrowsers.filter(({ securityVersion }) => securityVersion === account.securityVersion)
  if (factors.length === 0) assert.deepEqual(live, [], 'second factor off: no browser is spared the code')
  assert.ok(
    trustedBrowsers.length <= count('browser_trusted') - count('browser_forgotten'),
    'trusted once, and not forgotten',
  )
  for (const { securityVersion } of trustedBrowsers) assert.ok(securityVersion <= account.securityVersion)
  const byAuthenticator = events.filter(({ kind, method }) => kind === 'signed_in' && method === 'authenticator')
  assert.ok(count('browser_trusted') <= byAuthenticator.length, 'trusted with a code of the authenticator')
  const [firstTrust] = events
    .filter(({ kind }) => kind === 'browser_trusted')
    .map(({ at }) => at.getTime())
    .sort((a, b) => a - b)
  for (const { at } of events.filter(({ kind, method }) => kind === 'signed_in' && method === 'trusted_browser'))
    assert.ok(firstTrust !== undefined && firstTrust <= at.getTime(), 'no trusted browser that nobody trusted')
  assert.ok(knownBrowsers.length <= count('signed_in'), 'a known browser has signed in')
}

/** Only the session that turned the second factor on may have used just a password. A trusted browser has given a code before. */
function assertSessions({ sessions, factors }: ReturnType<typeof ownRows>) {
  if (factors.length === 0) return
  const byPassword = sessions.filter(({ method }) => method === 'password')
  assert.ok(byPassword.length <= 1, 'no session without the second factor')
  for (const { startedAt } of byPassword)
    for (const { addedAt } of factors) assert.ok(startedAt <= addedAt, 'no password session after it was on')
}

/** Each of them raises the account's security version by one. */
const CHANGES = [
  'password_changed',
  'password_reset',
  'second_factor_on',
  'second_factor_off',
  'second_factor_replaced',
  'authenticator_added',
  'authenticator_removed',
  'email_changed',
  'email_restored',
  'signed_out_everywhere',
  'reported_not_me',
  'restored',
  'account_suspended',
  'deletion_requested',
  'second_factor_rescued',
  'second_factor_recovered',
]

/** Every change of state has exactly one row in the log. */
function assertLog({ account, sessions, factors, recoveryCodes, events, count }: ReturnType<typeof ownRows>) {
  assert.equal(
    account.securityVersion - 1,
    CHANGES.map(count).reduce((sum, each) => sum + each, 0),
  )
  const switched = count('second_factor_on') - count('second_factor_off')
  assert.equal(switched, Math.min(1, factors.length))
  assert.equal(factors.length, switched === 0 ? 0 : authenticatorsIn(events), 'as many authenticators as the log says')
  assert.equal(count('signed_up'), 1)
  const uses = ['signed_in', 'second_factor_shown']
  const byCode = events.filter(({ kind, method }) => uses.includes(kind) && method === 'recovery_code')
  assert.equal(byCode.length, count('recovery_code_used'), 'a used code signs in, or is shown as the second factor')
  const used = recoveryCodes.filter(({ usedAt }) => usedAt && usedAt > account.createdAt) // before, an import spends them
  if (count('restored') + count('reported_not_me') === 0) assert.ok(used.length <= count('recovery_code_used'))
  assert.ok(sessions.length + count('signed_out') <= count('signed_in'), 'no session without its row')
}

/** How many there are since the second factor was last turned on. Replacing one changes nothing. */
function authenticatorsIn(events: { id: string; at: Date; kind: string }[]): number {
  const kinds = events
    .toSorted((a, b) => a.at.getTime() - b.at.getTime() || (a.id < b.id ? -1 : 1))
    .map(({ kind }) => kind)
  const since = kinds.slice(
    Math.max(
      ...['second_factor_on', 'second_factor_rescued', 'second_factor_recovered'].map((on) => kinds.lastIndexOf(on)),
    ),
  )
  const count = (wanted: string) => since.filter((kind) => kind === wanted).length
  return 1 + count('authenticator_added') - count('authenticator_removed')
}

const seenBefore = new WeakMap<object, Everything>()

/** Compared with the last look at the same database. */
function assertOnlyForward(database: object, now: Everything) {
  const before = seenBefore.get(database)
  seenBefore.set(database, now)
  if (!before) return
  for (const { id, counter } of now.factors) {
    const earlier: number | undefined = before.factors.find((factor) => factor.id === id)?.counter
    if (earlier !== undefined) assert.ok(counter >= earlier, 'a counter never falls')
  }
  for (const { id, usedAt } of now.recoveryCodes) {
    const usedBefore: Date | null | undefined = before.recoveryCodes.find((code) => code.id === id)?.usedAt
    if (usedBefore) assert.deepEqual(usedAt, usedBefore, 'a used code stays used')
  }
  for (const { id, consumedAt } of now.openidRecords) {
    const usedBefore: Date | null | undefined = before.openidRecords.find((record) => record.id === id)?.consumedAt
    if (usedBefore) assert.deepEqual(consumedAt, usedBefore, 'a used code or refresh token stays used')
  }
  for (const { id } of before.events)
    assert.ok(
      now.events.some((event) => event.id === id),
      'the log loses nothing',
    )
}

/** The text has none of the secrets (passwords, keys in base32, codes, tokens), in any spelling. */
export function assertUnreadable(text: string, secrets: string[]): void {
  const lower = text.toLowerCase()
  for (const secret of secrets)
    for (const spelling of spellings(secret))
      assert.ok(!lower.includes(spelling.toLowerCase()), `${spelling} can be read in ${text.slice(0, 80)}…`)
}

function spellings(secret: string): string[] {
  const texts = [secret, secret.replaceAll('-', '')]
  const bytes = [...texts.map((text) => Buffer.from(text)), ...rawKey(secret)]
  return [...texts, ...bytes.flatMap((raw) => [encoded(raw, 'hex'), encoded(raw, 'base64'), encoded(raw, 'base64url')])]
}

const rawKey = (secret: string) =>
  /^[A-Z2-7]{32}$/.test(secret) ? [Buffer.from(decodeBase32IgnorePadding(secret))] : []

/** Without the end, which depends on what follows. */
const encoded = (bytes: Buffer, as: 'hex' | 'base64' | 'base64url') =>
  as === 'hex' ? bytes.toString('hex') : bytes.subarray(0, Math.floor(bytes.length / 3) * 3).toString(as)
