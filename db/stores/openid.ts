import { aliasedTable, and, asc, eq, getTableColumns, gt, isNull, lte, or, type SQL, sql } from 'drizzle-orm'
import { type Database, type Db, must, unlessOrphaned } from '../client.ts'
import { keepingRows } from '../columns.ts'
import { listOf } from '../lists.ts'
import { placeholders } from '../placeholders.ts'
import { prepared } from '../prepared.ts'
import { preparedInsert, preparedWrite } from '../prepared-writes.ts'
import {
  accounts,
  appGroups,
  apps,
  clientClaims,
  clients,
  clientUris,
  factors,
  groups,
  openidConsents,
  openidKeys,
  openidRecords,
  openidSignIns,
  openidSignOuts,
  sessions,
} from '../schema.ts'
import { appColumns, clientColumns, groupsOfAccount } from './app-columns.ts'
import { endGrants } from './ended-grants.ts'
import { queueOf } from './queue.ts'
import { type AnyEventRow, insertEvents } from './statements.ts'
import { account, policiesOf, session, signedInRead } from './visitors.ts'

type Key = typeof openidKeys.$inferInsert
type SignIn = typeof openidSignIns.$inferInsert
type Consent = typeof openidConsents.$inferInsert
type RecordRow = typeof openidRecords.$inferInsert

const MINUTE = 60_000 // between two writes of when a client was last used

const insertRecord = preparedInsert('put_openid_record', openidRecords, (insert) =>
  insert.onConflictDoUpdate({
    target: openidRecords.id,
    set: {
      sessionId: sql`excluded.session_id`,
      appId: sql`excluded.app_id`,
      grantId: sql`excluded.grant_id`,
      uidHash: sql`excluded.uid_hash`,
      payload: sql`excluded.payload`,
      expiresAt: sql`excluded.expires_at`,
    },
  }),
)
const insertSignIn = preparedInsert('put_openid_sign_in', openidSignIns, (insert) =>
  insert.onConflictDoUpdate({
    target: [openidSignIns.sessionId, openidSignIns.appId],
    set: {
      sid: sql`excluded.sid`,
      scopes: sql`excluded.scopes`,
      lastUsedAt: sql`excluded.last_used_at`,
    },
  }),
)

const isOf = ({ sessionId, appId }: { sessionId: string; appId: string }) =>
  and(eq(openidSignIns.sessionId, sessionId), eq(openidSignIns.appId, appId))

/** At most once a minute: a client may come back with each of its requests. */
const used = (tx: Db, of: { sessionId: string; appId: string }, at: Date) =>
  tx
    .update(openidSignIns)
    .set({ lastUsedAt: at })
    .where(and(isOf(of), lte(openidSignIns.lastUsedAt, new Date(at.getTime() - MINUTE))))

const id = openidRecords.id
const useOnce = preparedWrite('consume_openid_record', { id, at: openidRecords.consumedAt }, (tx, later) =>
  tx
    .update(openidRecords)
    .set({ consumedAt: later.at })
    .where(and(eq(id, later.id), isNull(openidRecords.consumedAt)))
    .returning({ id }),
)
const holdSession = preparedWrite('hold_session', { id: sessions.id }, (tx, later) =>
  tx
    .select({ id: sessions.id })
    .from(sessions)
    .where(sql`${eq(sessions.id, later.id)} ${keepingRows}`),
)
/** With its session and its client, which PostgreSQL holds first. */
const holdGrant = preparedWrite(
  'hold_openid_grant',
  { id, sessionId: openidSignIns.sessionId, appId: openidSignIns.appId },
  (tx, later) =>
    tx
      .select({ id })
      .from(openidRecords)
      .where(
        sql`${eq(id, later.id)} and exists (select 1 from ${sessions}, ${clients} where ${eq(sessions.id, later.sessionId)} and ${eq(clients.appId, later.appId)} ${keepingRows}) ${keepingRows}`,
      ),
)

type FromGrant = {
  grantId: string
  owner?: { sessionId: string | null; appId: string | null } | undefined
  rows: Omit<RecordRow, 'sessionId' | 'appId'>[]
  consumes?: { id: string; at: Date } | undefined
  signIn?: Pick<SignIn, 'subject' | 'sid' | 'scopes' | 'startedAt'> | undefined
  usedAt?: Date | undefined
}

/**
 * What the OpenID provider reads and writes. A session's end holds the session, and then takes what belongs to it. So whoever writes
 * what is there already holds the session first, or the two wait for each other.
 */
export function openidStore({ db, atomically }: Database) {
  const signOuts = queueOf({ db, atomically }, openidSignOuts)
  const named = placeholders({ name: apps.name })
  const byId = placeholders({ id: openidRecords.id })

  const uris = listOf(
    db
      .select({ purpose: clientUris.purpose, uri: clientUris.uri })
      .from(clientUris)
      .where(eq(clientUris.appId, clients.appId))
      .orderBy(asc(clientUris.position)),
  )
  const readClient = prepared(
    'openid_client',
    named,
    db
      .select({ appId: clients.appId, ...clientColumns, name: apps.name, title: apps.title, uris })
      .from(apps)
      .innerJoin(clients, eq(clients.appId, apps.id))
      .where(eq(apps.name, named.name)),
  )

  /** Whether any of the account's factors that resist phishing may be on several devices. */
  const hasCopies =
    sql<number>`(select count(*) from ${factors} where ${factors.accountId} = ${accounts.id} and ${factors.resistsPhishing} = 1 and coalesce(${factors.isBackedUp}, 1) = 1)`.mapWith(
      Number,
    )
  const ofApp = (isThis: SQL | undefined) => ({
    apps: listOf(
      db
        .select({
          ...appColumns,
          ...{ isThirdParty: clients.isThirdParty, isStrict: clients.isStrict, pairwiseSalt: clients.pairwiseSalt },
        })
        .from(apps)
        .innerJoin(clients, eq(clients.appId, apps.id))
        .where(isThis),
    ),
    groups: listOf(
      db
        .select({ id: groups.id, name: groups.name })
        .from(appGroups)
        .innerJoin(groups, eq(groups.id, appGroups.groupId))
        .innerJoin(apps, eq(apps.id, appGroups.appId))
        .where(isThis),
    ),
    claims: listOf(
      db
        .select({ groupId: clientClaims.groupId, claim: clientClaims.claim, value: clientClaims.value })
        .from(clientClaims)
        .innerJoin(apps, eq(apps.id, clientClaims.appId))
        .where(isThis),
    ),
    consents: listOf(
      db
        .select({ scopes: openidConsents.scopes })
        .from(openidConsents)
        .innerJoin(apps, eq(apps.id, openidConsents.appId))
        .where(and(eq(openidConsents.accountId, accounts.id), isThis)),
    ),
    memberIn: groupsOfAccount(db),
    hasCopies,
  })
  const readAtPortal = signedInRead(db, 'openid_at_portal', ofApp(eq(apps.name, named.name)), named)

  const found = {
    id: openidRecords.id,
    payload: openidRecords.payload,
    sessionId: openidRecords.sessionId,
    appId: openidRecords.appId,
    consumedAt: openidRecords.consumedAt,
  }
  const grant = aliasedTable(openidRecords, 'granted')
  // Whoever shows a token needs all of this, so it is one read.
  const readGranted = prepared(
    'openid_granted',
    byId,
    db
      .select({
        record: found,
        grant: {
          id: grant.id,
          payload: grant.payload,
          sessionId: grant.sessionId,
          appId: grant.appId,
          consumedAt: grant.consumedAt,
        },
        session,
        account: { ...account, policies: policiesOf(db) },
        ...ofApp(eq(apps.id, grant.appId)),
      })
      .from(openidRecords)
      .innerJoin(grant, eq(grant.id, sql`coalesce(${openidRecords.grantId}, ${openidRecords.id})`))
      .innerJoin(sessions, eq(sessions.id, grant.sessionId))
      .innerJoin(accounts, eq(accounts.id, sessions.accountId))
      .where(eq(openidRecords.id, byId.id)),
  )
  const readRecord = prepared(
    'openid_record',
    byId,
    db.select(found).from(openidRecords).where(eq(openidRecords.id, byId.id)),
  )
  const byUid = placeholders({ uidHash: openidRecords.uidHash })
  const readByUid = prepared(
    'openid_record_by_uid',
    byUid,
    db.select(found).from(openidRecords).where(eq(openidRecords.uidHash, byUid.uidHash)),
  )
  const noValues = placeholders({})
  const readAny = prepared('openid_any_client', noValues, db.select({ appId: clients.appId }).from(clients).limit(1))

  return {
    /** Whether there is any client at all. */
    hasClients: async () => (await readAny({})).length > 0,
    clientNamed: async (name: string) => (await readClient({ name }))[0],
    /** Who is signed in at the portal, and the app of a client. */
    visitorAtClient: (tokenHash: string, name: string) => readAtPortal(tokenHash, { name }),
    /** The same by a grant that was made for the client, or by what was made from it, with that and its grant. */
    granted: async (id: string) => (await readGranted({ id }))[0],

    record: async (id: string) => (await readRecord({ id }))[0],
    recordByUid: async (uidHash: string) => (await readByUid({ uidHash }))[0],

    /** False if its session or its client is gone. */
    putRecord: async (row: RecordRow): Promise<boolean> =>
      (await unlessOrphaned(
        atomically((tx) => [...(row.sessionId ? [holdSession(tx, { id: row.sessionId })] : []), insertRecord(tx, row)]),
      )) !== false,

    /** False if it is there already. */
    addRecord: (row: RecordRow): Promise<boolean> =>
      atomically((tx) => [
        must(tx.insert(openidRecords).values(row).onConflictDoNothing().returning({ id: openidRecords.id })),
      ]),

    /**
     * What is made from a grant has its session and its client. False, and nothing done, if the grant is gone, or another has used what
     * it is made from.
     */
    async putFromGrant({ grantId, owner: known, rows, consumes, signIn, usedAt }: FromGrant): Promise<boolean> {
      const { sessionId, appId } = known ?? (await readRecord({ id: grantId }))[0] ?? {}
      if (!sessionId || !appId) return false
      const owner = { sessionId, appId }
      return await unlessOrphaned(
        atomically((tx) => [
          must(holdGrant(tx, { id: grantId, ...owner })),
          ...(consumes ? [must(useOnce(tx, consumes))] : []),
          insertRecord(tx, ...rows.map((row) => ({ ...row, ...owner }))),
          ...(signIn ? [insertSignIn(tx, { ...signIn, ...owner, lastUsedAt: signIn.startedAt })] : []),
          ...(usedAt ? [used(tx, owner, usedAt)] : []),
        ]),
      )
    },

    /** False if it is another one by now than `was`. */
    changeRecord: (id: string, was: string, payload: string): Promise<boolean> =>
      atomically((tx) => [
        must(
          tx
            .update(openidRecords)
            .set({ payload })
            .where(and(eq(openidRecords.id, id), eq(openidRecords.payload, was)))
            .returning({ id: openidRecords.id }),
        ),
      ]),

    /** True for the one that comes first. */
    consume: (id: string, at: Date): Promise<boolean> => atomically((tx) => [must(useOnce(tx, { id, at }))]),

    async destroyRecord(id: string): Promise<void> {
      await atomically((tx) => [tx.delete(openidRecords).where(eq(openidRecords.id, id))])
    },

    /** The grant, and all that was made from it. */
    async revokeGrant(grantId: string): Promise<void> {
      await atomically((tx) => endGrants(tx, or(eq(openidRecords.id, grantId), eq(openidRecords.grantId, grantId))))
    },

    /** All that a client has in a session: its person has signed out there. A trigger tells the client. */
    async leaveClient({ sessionId, appId }: { sessionId: string; appId: string }): Promise<void> {
      await atomically((tx) => [
        ...endGrants(tx, and(eq(openidRecords.sessionId, sessionId), eq(openidRecords.appId, appId))),
        tx.delete(openidSignIns).where(isOf({ sessionId, appId })),
      ])
    },

    async putConsent(consent: Consent): Promise<void> {
      await unlessOrphaned(
        atomically((tx) => [
          tx
            .insert(openidConsents)
            .values(consent)
            .onConflictDoUpdate({
              target: [openidConsents.accountId, openidConsents.appId],
              set: { scopes: consent.scopes, givenAt: consent.givenAt },
            }),
        ]),
      )
    },

    /** Those that are still published. */
    keysAt: async (at: Date) =>
      await db
        .select()
        .from(openidKeys)
        .where(or(isNull(openidKeys.endsAt), gt(openidKeys.endsAt, at)))
        .orderBy(asc(openidKeys.alg), asc(openidKeys.position)),

    /** False if another process made one in that position. */
    putKey: async (key: Key): Promise<boolean> =>
      atomically((tx) => [
        must(tx.insert(openidKeys).values(key).onConflictDoNothing().returning({ id: openidKeys.id })),
      ]),

    everyKey: async () => await db.select().from(openidKeys).orderBy(asc(openidKeys.alg), asc(openidKeys.position)),

    /** All at once: new ones, and when those before them end. False if another process made one in the same position. */
    rotateKeys: async ({
      made,
      ends,
      event,
    }: {
      made: Key[]
      ends: { id: string; endsAt: Date }[]
      event: AnyEventRow
    }): Promise<boolean> =>
      atomically((tx) => [
        ...made.map((key) =>
          must(tx.insert(openidKeys).values(key).onConflictDoNothing().returning({ id: openidKeys.id })),
        ),
        ...ends.map(({ id, endsAt }) => tx.update(openidKeys).set({ endsAt }).where(eq(openidKeys.id, id))),
        insertEvents(tx, event),
      ]),

    /** Of what groups hear at clients: the provider has to know the names. */
    claimNames: async () =>
      (await db.selectDistinct({ claim: clientClaims.claim }).from(clientClaims).orderBy(asc(clientClaims.claim))).map(
        ({ claim }) => claim,
      ),

    /** One sign-out that a client is to hear of and nobody owns. The caller owns it until `untilMs`. */
    async claimSignOut(nowMs: number, untilMs: number) {
      const id = await signOuts.claim(nowMs, untilMs)
      if (id === undefined) return undefined
      const [found] = await db
        .select({ ...getTableColumns(openidSignOuts), client: apps.name })
        .from(openidSignOuts)
        .leftJoin(apps, eq(apps.id, openidSignOuts.appId))
        .where(eq(openidSignOuts.id, id))
      return found
    },
    removeSignOut: signOuts.remove,
    postponeSignOut: signOuts.postpone,
  }
}
