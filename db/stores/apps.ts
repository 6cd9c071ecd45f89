import { and, asc, eq, gt, inArray, lt, sql } from 'drizzle-orm'
import { type Database, type Db, must, unlessOrphaned } from '../client.ts'
import { listOf } from '../lists.ts'
import { accounts, appGroups, appHosts, appNetworks, appPaths, apps, clients, sessions } from '../schema.ts'
import { appColumns, groupsOfAccount, rulesOfApp } from './app-columns.ts'
import { type AnyEventRow, insertEvents } from './statements.ts'
import { account, policiesOf, session } from './visitors.ts'

type App = Omit<typeof apps.$inferInsert, 'revision'>
type Lists = {
  hosts: string[]
  groupIds: string[]
  paths: Omit<typeof appPaths.$inferInsert, 'appId'>[]
  networks: Omit<typeof appNetworks.$inferInsert, 'appId'>[]
}
type Written = { app: App & Lists; event: AnyEventRow }

/** Apps behind the gate, as operators see and change them. */
export function appStore({ db, atomically }: Database) {
  const all = {
    ...appColumns,
    createdAt: apps.createdAt,
    revision: apps.revision,
    hosts: listOf(
      db
        .select({ host: appHosts.host })
        .from(appHosts)
        .where(eq(appHosts.appId, apps.id))
        .orderBy(asc(appHosts.position)),
    ),
    ...rulesOfApp(db),
    clients: listOf(db.select({ appId: clients.appId }).from(clients).where(eq(clients.appId, apps.id))),
  }

  const atGate = {
    account: { ...account, policies: policiesOf(db) },
    memberIn: groupsOfAccount(db),
    sessions: listOf(
      db
        .select(session)
        .from(sessions)
        .where(and(eq(sessions.accountId, accounts.id), eq(sessions.client, 'browser')))
        .orderBy(asc(sessions.startedAt)),
    ),
  }

  return {
    /** False if the name or a host is taken, or a group is gone. */
    createApp: ({ app, event }: Written) =>
      unlessOrphaned(
        atomically((tx) => [
          insertApp(tx, app),
          ...takeHosts(tx, app),
          ...insertLists(tx, app),
          insertEvents(tx, event),
        ]),
      ),

    /**
     * False if the app is gone or in another revision by now than `was`, a host is taken by another, or a group is gone. Its row first: of
     * two changes, one waits.
     */
    changeApp: ({ app, was, event }: Written & { was: string }) =>
      unlessOrphaned(
        atomically((tx) => [
          updateApp(tx, app, was),
          setHostsAside(tx, app),
          ...takeHosts(tx, app),
          dropHostsAside(tx, app),
          ...dropLists(tx, app),
          ...insertLists(tx, app),
          insertEvents(tx, event),
        ]),
      ),

    /** With its hosts, and what sessions have there. False if there is none of that name. */
    deleteApp: ({ name, event }: { name: string; event: AnyEventRow }) =>
      atomically((tx) => [
        must(tx.delete(apps).where(eq(apps.name, name)).returning({ id: apps.id })),
        insertEvents(tx, event),
      ]),

    /**
     * All at once. A host that goes to another app is the same row, so its gate sessions stay; deletions come last, when no host is left
     * with them that stays. False, and nothing done, if the name or a host is taken, or an app or a group gone.
     */
    applyApps: ({
      created,
      changed,
      deleted,
      hostsOf,
      events,
    }: {
      created: Written['app'][]
      changed: Written['app'][]
      deleted: { id: string }[]
      hostsOf: ReadonlyMap<string, string>
      events: AnyEventRow[]
    }) =>
      unlessOrphaned(
        atomically((tx) => [
          ...changed.map((app) => updateApp(tx, app)),
          ...created.map((app) => insertApp(tx, app)),
          ...changed.map((app) => setHostsAside(tx, app)),
          ...[...changed, ...created].flatMap((app) => takeHosts(tx, app, hostsOf)),
          ...changed.flatMap((app) => [dropHostsAside(tx, app), ...dropLists(tx, app)]),
          ...[...changed, ...created].flatMap((app) => insertLists(tx, app)),
          ...deleted.map(({ id }) => must(tx.delete(apps).where(eq(apps.id, id)).returning({ id: apps.id }))),
          ...events.map((event) => insertEvents(tx, event)),
        ]),
      ),

    /** At most `most`, by name, from the one after `after`. */
    listApps: async ({ after, most }: { after: string | undefined; most: number }) =>
      await db
        .select(all)
        .from(apps)
        .where(after === undefined ? undefined : gt(apps.name, after))
        .orderBy(asc(apps.name))
        .limit(most),

    async appNamed(name: string) {
      const [app] = await db.select(all).from(apps).where(eq(apps.name, name))
      return app
    },

    /** An account as the check at a host would read it, and where it is signed in. */
    async accountAtGate({ accountId, host }: { accountId: number; host: string }) {
      const [found] = await db
        .select(atGate)
        .from(appHosts)
        .innerJoin(accounts, eq(accounts.id, accountId))
        .where(eq(appHosts.host, host))
      return found
    },

    hostsTaken: async (hosts: string[]) =>
      hosts.length === 0
        ? []
        : await db
            .select({ host: appHosts.host, app: apps.name })
            .from(appHosts)
            .innerJoin(apps, eq(apps.id, appHosts.appId))
            .where(inArray(appHosts.host, hosts)),
  }
}

const row = ({ id, name, title, level, maxAge, takesTokens, tellsIdentity, createdAt }: App): App => ({
  id,
  name,
  title,
  level,
  maxAge,
  takesTokens,
  tellsIdentity,
  createdAt,
})

export const insertApp = (tx: Db, app: App) =>
  must(tx.insert(apps).values(row(app)).onConflictDoNothing().returning({ id: apps.id }))

const updateApp = (tx: Db, app: App, was?: string) =>
  must(
    tx
      .update(apps)
      .set(row(app))
      .where(and(eq(apps.id, app.id), was === undefined ? undefined : eq(apps.revision, was)))
      .returning({ id: apps.id }),
  )

/** A host that stays is not deleted and made again: what sessions have there would go with it. */
const setHostsAside = (tx: Db, { id }: App) =>
  tx
    .update(appHosts)
    .set({ position: sql`-1 - ${appHosts.position}` })
    .where(eq(appHosts.appId, id))

const dropHostsAside = (tx: Db, { id }: App) =>
  tx.delete(appHosts).where(and(eq(appHosts.appId, id), lt(appHosts.position, 0)))

const dropLists = (tx: Db, { id }: App) => [
  tx.delete(appGroups).where(eq(appGroups.appId, id)),
  tx.delete(appPaths).where(eq(appPaths.appId, id)),
  tx.delete(appNetworks).where(eq(appNetworks.appId, id)),
]

/** Each only if no other app has it, but for the one that `hostsOf` takes it from. In one order, so two that take the same ones don't wait for each other. */
const takeHosts = (tx: Db, { id, hosts }: Written['app'], hostsOf: ReadonlyMap<string, string> = new Map()) =>
  hosts
    .map((host, position) => ({ host, appId: id, position }))
    .sort((a, b) => (a.host < b.host ? -1 : 1))
    .map((wanted) =>
      must(
        tx
          .insert(appHosts)
          .values(wanted)
          .onConflictDoUpdate({
            target: appHosts.host,
            set: { appId: id, position: wanted.position },
            setWhere: inArray(appHosts.appId, [id, hostsOf.get(wanted.host) ?? id]),
          })
          .returning({ host: appHosts.host }),
      ),
    )

const insertLists = (tx: Db, { id, groupIds, paths, networks }: Written['app']) => [
  ...(groupIds.length === 0 ? [] : [tx.insert(appGroups).values(groupIds.map((groupId) => ({ appId: id, groupId })))]),
  ...(paths.length === 0 ? [] : [tx.insert(appPaths).values(paths.map((path) => ({ ...path, appId: id })))]),
  ...(networks.length === 0 ? [] : [tx.insert(appNetworks).values(networks.map((of) => ({ ...of, appId: id })))]),
]
