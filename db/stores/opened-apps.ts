import { and, asc, eq, type SQL } from 'drizzle-orm'
import type { Db } from '../client.ts'
import { listOf } from '../lists.ts'
import { accounts, appGroups, appHosts, apps, gateSessions, memberships, sessions } from '../schema.ts'

// Lists for reads of somebody who is signed in. They name the session or the account of the query around them.

const FIRST = 0 // of an app's hosts
const AT_MOST = 400 // rows: an app is in one for each group that the account has in common with it

/** Those for the groups that the account was put into, each with the host to which people are sent, whether that has ended or not. */
export const appsOfGroups = (db: Db) =>
  listOf(
    db
      .select({ title: apps.title, host: appHosts.host, until: memberships.until })
      .from(memberships)
      .innerJoin(appGroups, eq(appGroups.groupId, memberships.groupId))
      .innerJoin(apps, eq(apps.id, appGroups.appId))
      .innerJoin(appHosts, and(eq(appHosts.appId, apps.id), eq(appHosts.position, FIRST)))
      .where(eq(memberships.accountId, accounts.id))
      .orderBy(asc(apps.title), asc(appHosts.host))
      .limit(AT_MOST),
  )

/** Those that were opened by the session itself, or by any one of its account, in that order. */
export const openedApps = (db: Db, by: SQL | undefined) =>
  listOf(
    db
      .select({ sessionId: gateSessions.sessionId, host: gateSessions.host, title: apps.title })
      .from(gateSessions)
      .innerJoin(appHosts, eq(appHosts.host, gateSessions.host))
      .innerJoin(apps, eq(apps.id, appHosts.appId))
      .where(by)
      .orderBy(asc(gateSessions.startedAt), asc(gateSessions.host)),
  )

export const byThisSession = eq(gateSessions.sessionId, sessions.id)
