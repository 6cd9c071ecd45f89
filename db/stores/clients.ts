import { and, asc, eq, gt, isNull, notExists, sql } from 'drizzle-orm'
import { type Database, type Db, must, unlessOrphaned } from '../client.ts'
import { holdingRows } from '../columns.ts'
import { listOf } from '../lists.ts'
import {
  appGroups,
  appHosts,
  apps,
  clientClaims,
  clients,
  clientUris,
  groups,
  openidRecords,
  openidSignIns,
} from '../schema.ts'
import { appColumns, clientColumns } from './app-columns.ts'
import { insertApp } from './apps.ts'
import { endGrants } from './ended-grants.ts'
import { type AnyEventRow, insertEvents } from './statements.ts'

type App = Pick<typeof apps.$inferInsert, 'id' | 'name' | 'title' | 'level' | 'maxAge'> & { groupIds: string[] }
type Lists = {
  redirects: string[]
  signedOut: string[]
  claims: Omit<typeof clientClaims.$inferInsert, 'appId'>[]
}
type Client = Omit<typeof clients.$inferInsert, 'appId'> & Lists
type Before = { revision: string; secretHash: string | null; previousHash: string | null }
type Written = { app: App; client: Client; events: AnyEventRow[] }

/** Clients of OpenID Connect, as operators see and change them. */
export function clientStore({ db, atomically }: Database) {
  const all = {
    ...appColumns,
    revision: apps.revision,
    ...clientColumns,
    hosts: listOf(
      db
        .select({ host: appHosts.host })
        .from(appHosts)
        .where(eq(appHosts.appId, apps.id))
        .orderBy(asc(appHosts.position)),
    ),
    groups: listOf(
      db
        .select({ name: groups.name })
        .from(appGroups)
        .innerJoin(groups, eq(groups.id, appGroups.groupId))
        .where(eq(appGroups.appId, apps.id)),
    ),
    uris: listOf(
      db
        .select({ purpose: clientUris.purpose, uri: clientUris.uri })
        .from(clientUris)
        .where(eq(clientUris.appId, apps.id))
        .orderBy(asc(clientUris.position)),
    ),
    claims: listOf(
      db
        .select({ group: groups.name, claim: clientClaims.claim, value: clientClaims.value })
        .from(clientClaims)
        .innerJoin(groups, eq(groups.id, clientClaims.groupId))
        .where(eq(clientClaims.appId, apps.id)),
    ),
  }

  return {
    /**
     * With its app, if there `was` none. False if there is a client of that name, its app is gone or in another revision by now, or a
     * group is gone.
     */
    createClient: ({ app, client, events, was }: Written & { was: string | undefined }) =>
      unlessOrphaned(
        atomically((tx) => [
          was === undefined
            ? insertApp(tx, { ...app, takesTokens: 0, tellsIdentity: 1, createdAt: client.createdAt })
            : updateApp(tx, app, was),
          ...setGroups(tx, app),
          must(
            tx
              .insert(clients)
              .values({ ...rowOf(client), appId: app.id })
              .onConflictDoNothing()
              .returning({ appId: clients.appId }),
          ),
          ...insertLists(tx, app.id, client),
          insertEvents(tx, ...events),
        ]),
      ),

    /**
     * False if the client or a group is gone, or its app or its secrets are no longer as `before`. Its app's row first: of two changes, one
     * waits. `endsAll`: what was signed in to by it ends.
     */
    changeClient: ({ app, client, events, before, endsAll }: Written & { before: Before; endsAll: boolean }) =>
      unlessOrphaned(
        atomically((tx) => [
          updateApp(tx, app, before.revision),
          ...setGroups(tx, app),
          must(
            tx
              .update(clients)
              .set(rowOf(client))
              .where(and(eq(clients.appId, app.id), hasSecrets(before)))
              .returning({ appId: clients.appId }),
          ),
          tx.delete(clientUris).where(eq(clientUris.appId, app.id)),
          tx.delete(clientClaims).where(eq(clientClaims.appId, app.id)),
          ...insertLists(tx, app.id, client),
          ...(endsAll
            ? [
                ...endGrants(tx, eq(openidRecords.appId, app.id)),
                tx.delete(openidSignIns).where(eq(openidSignIns.appId, app.id)),
              ]
            : []),
          insertEvents(tx, ...events),
        ]),
      ),

    /** With all that was signed in to by it, and its app where that has no host. False if there is none. */
    removeClient: ({ appId, events }: { appId: string; events: AnyEventRow[] }) =>
      atomically((tx) => [
        must(
          tx
            .select({ id: apps.id })
            .from(apps)
            .where(sql`${eq(apps.id, appId)} ${holdingRows}`),
        ),
        must(tx.delete(clients).where(eq(clients.appId, appId)).returning({ appId: clients.appId })),
        tx
          .delete(apps)
          .where(
            and(
              eq(apps.id, appId),
              notExists(db.select({ host: appHosts.host }).from(appHosts).where(eq(appHosts.appId, appId))),
            ),
          ),
        insertEvents(tx, ...events),
      ]),

    /** False if `before` is no longer its secret. */
    rotateSecret: ({
      appId,
      before,
      event,
      ...secrets
    }: {
      appId: string
      before: string | null
      secretHash: string
      previousHash: string | null
      previousUntil: Date | null
      event: AnyEventRow
    }) =>
      atomically((tx) => [
        must(
          tx
            .update(clients)
            .set(secrets)
            .where(
              and(
                eq(clients.appId, appId),
                eq(clients.authMethod, 'client_secret'),
                isStill(clients.secretHash, before),
              ),
            )
            .returning({ appId: clients.appId }),
        ),
        insertEvents(tx, event),
      ]),

    /** False if it has none that still works. */
    endOldSecret: ({ appId, at, event }: { appId: string; at: Date; event: AnyEventRow }) =>
      atomically((tx) => [
        must(
          tx
            .update(clients)
            .set({ previousHash: null, previousUntil: null })
            .where(and(eq(clients.appId, appId), gt(clients.previousUntil, at)))
            .returning({ appId: clients.appId }),
        ),
        insertEvents(tx, event),
      ]),

    /** At most `most`, by name, from the one after `after`. */
    listClients: async ({ after, most }: { after: string | undefined; most: number }) =>
      await db
        .select(all)
        .from(apps)
        .innerJoin(clients, eq(clients.appId, apps.id))
        .where(after === undefined ? undefined : gt(apps.name, after))
        .orderBy(asc(apps.name))
        .limit(most),

    async clientNamed(name: string) {
      const [client] = await db
        .select(all)
        .from(apps)
        .innerJoin(clients, eq(clients.appId, apps.id))
        .where(eq(apps.name, name))
      return client
    },
  }
}

const isStill = (column: typeof clients.secretHash | typeof clients.previousHash, hash: string | null) =>
  hash === null ? isNull(column) : eq(column, hash)

const hasSecrets = ({ secretHash, previousHash }: Before) =>
  and(isStill(clients.secretHash, secretHash), isStill(clients.previousHash, previousHash))

const rowOf = ({ redirects: _, signedOut: __, claims: ___, ...row }: Client) => row

const updateApp = (tx: Db, { id, title, level, maxAge }: App, was: string) =>
  must(
    tx
      .update(apps)
      .set({ title, level, maxAge })
      .where(and(eq(apps.id, id), eq(apps.revision, was)))
      .returning({ id: apps.id }),
  )

const setGroups = (tx: Db, { id, groupIds }: App) => [
  tx.delete(appGroups).where(eq(appGroups.appId, id)),
  ...(groupIds.length === 0 ? [] : [tx.insert(appGroups).values(groupIds.map((groupId) => ({ appId: id, groupId })))]),
]

function insertLists(tx: Db, appId: string, { redirects, signedOut, claims }: Lists) {
  const uris = [
    ...redirects.map((uri, position) => ({ appId, purpose: 'redirect' as const, uri, position })),
    ...signedOut.map((uri, position) => ({ appId, purpose: 'signed_out' as const, uri, position })),
  ]
  return [
    ...(uris.length === 0 ? [] : [tx.insert(clientUris).values(uris)]),
    ...(claims.length === 0 ? [] : [tx.insert(clientClaims).values(claims.map((claim) => ({ ...claim, appId })))]),
  ]
}
