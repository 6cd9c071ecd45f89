import { aliasedTable, and, asc, desc, eq, exists, gt, inArray } from 'drizzle-orm'
import { type Database, must } from '../client.ts'
import { listOf } from '../lists.ts'
import { placeholders } from '../placeholders.ts'
import { accounts, apps, clients, openidConsents, openidRecords, openidSignIns, sessions } from '../schema.ts'
import { endGrants } from './ended-grants.ts'
import { type EventRow, insertEvents } from './statements.ts'
import { signedInRead } from './visitors.ts'

/** The sessions that have signed in somewhere, beside the one that looks. */
const listed = aliasedTable(sessions, 'listed')

/** What a person sees of the apps that they have signed in to. */
export function signedInAppStore({ db, atomically }: Database) {
  const times = placeholders({ now: listed.expiresAt, seenAfter: listed.lastSeenAt })
  /** Without one, the app has nothing left there, though it may have to hear of a sign-out. */
  const grants = db
    .select({ id: openidRecords.id })
    .from(openidRecords)
    .where(
      and(
        eq(openidRecords.sessionId, openidSignIns.sessionId),
        eq(openidRecords.appId, openidSignIns.appId),
        eq(openidRecords.kind, 'Grant'),
      ),
    )
  const find = signedInRead(
    db,
    'visitor_with_signed_in_apps',
    {
      signIns: listOf(
        db
          .select({
            appId: openidSignIns.appId,
            title: apps.title,
            isThirdParty: clients.isThirdParty,
            scopes: openidSignIns.scopes,
            startedAt: openidSignIns.startedAt,
            lastUsedAt: openidSignIns.lastUsedAt,
            browser: listed.browser,
            system: listed.system,
          })
          .from(openidSignIns)
          .innerJoin(listed, eq(listed.id, openidSignIns.sessionId))
          .innerJoin(apps, eq(apps.id, openidSignIns.appId))
          .innerJoin(clients, eq(clients.appId, openidSignIns.appId))
          .where(
            and(
              eq(listed.accountId, accounts.id),
              gt(listed.expiresAt, times.now),
              gt(listed.lastSeenAt, times.seenAfter),
              exists(grants),
            ),
          )
          .orderBy(desc(openidSignIns.lastUsedAt), asc(openidSignIns.sessionId)),
      ),
      allowed: listOf(
        db
          .select({
            appId: openidConsents.appId,
            title: apps.title,
            isThirdParty: clients.isThirdParty,
            scopes: openidConsents.scopes,
            givenAt: openidConsents.givenAt,
          })
          .from(openidConsents)
          .innerJoin(apps, eq(apps.id, openidConsents.appId))
          .innerJoin(clients, eq(clients.appId, openidConsents.appId))
          .where(eq(openidConsents.accountId, accounts.id))
          .orderBy(asc(apps.title), asc(openidConsents.appId)),
      ),
    },
    times,
  )

  return {
    visitorWithApps: (tokenHash: string, now: Date, seenAfter: Date) => find(tokenHash, { now, seenAfter }),

    /**
     * Ends the app's grants and tokens in every session of the account, and what it was allowed. A trigger tells the app. False, and
     * nothing done, if it has neither.
     */
    async revokeApp(accountId: number, appId: string, event: EventRow): Promise<boolean> {
      const own = db.select({ id: sessions.id }).from(sessions).where(eq(sessions.accountId, accountId))
      const revoke = (first: 'sign_ins' | 'consent') =>
        atomically((tx) => {
          const signIns = tx
            .delete(openidSignIns)
            .where(and(eq(openidSignIns.appId, appId), inArray(openidSignIns.sessionId, own)))
            .returning({ appId: openidSignIns.appId })
          const consent = tx
            .delete(openidConsents)
            .where(and(eq(openidConsents.appId, appId), eq(openidConsents.accountId, accountId)))
            .returning({ appId: openidConsents.appId })
          return [
            ...endGrants(tx, and(eq(openidRecords.appId, appId), inArray(openidRecords.sessionId, own))),
            ...(first === 'sign_ins' ? [must(signIns), consent] : [must(consent), signIns]),
            insertEvents(tx, event),
          ]
        })
      return (await revoke('sign_ins')) || (await revoke('consent'))
    },
  }
}
