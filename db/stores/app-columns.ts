import { asc, eq } from 'drizzle-orm'
import type { Db } from '../client.ts'
import { listOf } from '../lists.ts'
import { accounts, appGroups, appNetworks, appPaths, apps, clients, groups, memberships } from '../schema.ts'

// What reads show of an app, and of an account to one. Lists name the app or the account of the query around them.

export const appColumns = {
  id: apps.id,
  name: apps.name,
  title: apps.title,
  level: apps.level,
  maxAge: apps.maxAge,
  takesTokens: apps.takesTokens,
  tellsIdentity: apps.tellsIdentity,
}

/** How an app's client shows who it is, and what it gets. */
export const clientColumns = {
  authMethod: clients.authMethod,
  secretHash: clients.secretHash,
  previousHash: clients.previousHash,
  previousUntil: clients.previousUntil,
  jwks: clients.jwks,
  jwksUri: clients.jwksUri,
  signingAlg: clients.signingAlg,
  needsPkce: clients.needsPkce,
  isThirdParty: clients.isThirdParty,
  pairwiseSalt: clients.pairwiseSalt,
  isStrict: clients.isStrict,
  usesDeviceFlow: clients.usesDeviceFlow,
  backchannelUri: clients.backchannelUri,
  createdAt: clients.createdAt,
}

export const pathColumns = { path: appPaths.path, level: appPaths.level, maxAge: appPaths.maxAge }
export const networkColumns = { network: appNetworks.network, level: appNetworks.level }

/** Whom an app is open to, and where it asks for more or less than its level. */
export const rulesOfApp = (db: Db) => ({
  groups: listOf(
    db
      .select({ id: groups.id, name: groups.name })
      .from(appGroups)
      .innerJoin(groups, eq(groups.id, appGroups.groupId))
      .where(eq(appGroups.appId, apps.id)),
  ),
  paths: listOf(db.select(pathColumns).from(appPaths).where(eq(appPaths.appId, apps.id))),
  networks: listOf(db.select(networkColumns).from(appNetworks).where(eq(appNetworks.appId, apps.id))),
})

/** The groups that the account was put into, whether that has ended or not. */
export const groupsOfAccount = (db: Db) =>
  listOf(
    db
      .select({ groupId: groups.id, name: groups.name, until: memberships.until })
      .from(memberships)
      .innerJoin(groups, eq(groups.id, memberships.groupId))
      .where(eq(memberships.accountId, accounts.id))
      .orderBy(asc(groups.name)),
  )
