import { and, asc, eq, type SQL, sql } from 'drizzle-orm'
import type { Db } from '../client.ts'
import { listOf } from '../lists.ts'
import { accounts, appGroups, appHosts, apps, gateSessions, memberships, sessions } from '../schema.ts'
import { checkUpTimes } from './check-up.ts'

// Lists for reads of somebody who is signed in. They name the session or the account of the query around them.

const { today } = checkUpTimes
const FIRST = 0 // of an app's hosts

/**
 * Which of the account's groups opens an app longest, of those that opened it today. SQLite takes the tables of a cross join in
 * their order: the other way round, it would go through all apps of a group, for each app.
 */
const longest = sql`(select held.group_id from ${appGroups} as opening cross join ${memberships} as held where opening.app_id = ${apps.id} and held.account_id = ${accounts.id} and held.group_id = opening.group_id and (held.until is null or held.until > ${today}) order by held.until is not null, held.until desc, held.group_id limit 1)`

/** Those for the groups that the account is in, or was today. Each once, with the host to which people are sent. */
export const appsOfGroups = (db: Db, atMost: number) =>
  listOf(
    db
      .select({ title: apps.title, host: appHosts.host, until: memberships.until })
      .from(memberships)
      .innerJoin(appGroups, eq(appGroups.groupId, memberships.groupId))
      .innerJoin(apps, eq(apps.id, appGroups.appId))
      .innerJoin(appHosts, and(eq(appHosts.appId, apps.id), eq(appHosts.position, FIRST)))
      .where(and(eq(memberships.accountId, accounts.id), eq(memberships.groupId, longest)))
      .orderBy(asc(apps.title), asc(appHosts.host))
      .limit(atMost),
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
