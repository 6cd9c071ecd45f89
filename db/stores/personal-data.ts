import { and, asc, eq, getTableColumns, gt, or } from 'drizzle-orm'
import type { Database } from '../client.ts'
import {
  accessTokens,
  accounts,
  apps,
  events,
  factors,
  formerAddresses,
  formerUsernames,
  gateSessions,
  groups,
  knownBrowsers,
  mailLinks,
  memberships,
  openidConsents,
  openidSignIns,
  recoveries,
  recoveryCodes,
  sessions,
  trustedBrowsers,
} from '../schema.ts'
import { type EventRow, type Forgiven, forgive, insertEvents, type Renewal, renewSession } from './statements.ts'

const ORIGIN = ['address', 'browser', 'system'] as const
const HASH = 'the hash of a secret'
const SEALED = 'a secret, sealed'

/**
 * What is kept about a person, by table: the columns that they are given, in that order, and why not the others. The owner's id is
 * given once, with the account.
 */
export const GIVEN = {
  accounts: {
    table: accounts,
    given: [
      ...[
        'id',
        'uid',
        'email',
        'emailConfirmedAt',
        'emailChangedAt',
        'username',
        'displayName',
        'role',
        'passwordChangedAt',
      ],
      ...['recoveryCodesSeenAt', 'suspendedAt', 'suspendedFor', 'endsAt', 'deleteAt', 'tokensFrozenAt', 'createdAt'],
    ],
    withheld: {
      passwordHash: HASH,
      usernameLook: 'made of the username',
      displayNameLook: 'made of the name',
      securityVersion: 'counts changes, and says nothing about the person',
    },
  },
  sessions: {
    table: sessions,
    given: [
      'id',
      'client',
      'method',
      'startedAt',
      'lastSeenAt',
      'expiresAt',
      'provedAt',
      'heldAt',
      'resistedAt',
      'passwordAt',
      'codesShownUntil',
      ...ORIGIN,
    ],
    withheld: { tokenHash: HASH },
  },
  app_sessions: {
    table: gateSessions,
    given: ['sessionId', 'host', 'startedAt', 'lastSeenAt'],
    withheld: { tokenHash: HASH },
  },
  apps_signed_in_to: {
    table: openidSignIns,
    given: ['sessionId', 'scopes', 'startedAt', 'lastUsedAt'],
    withheld: {
      appId: 'the name of the app stands in its place',
      subject: 'the id of the account',
      sid: 'names the session to the app alone',
    },
  },
  apps_allowed: {
    table: openidConsents,
    given: ['scopes', 'givenAt'],
    withheld: { appId: 'the name of the app stands in its place' },
  },
  authenticators: {
    table: factors,
    given: ['id', 'kind', 'name', 'credentialId', 'isBackedUp', 'addedAt', 'lastUsedAt'],
    withheld: {
      secret: SEALED,
      slot: 'the kind or the id again',
      counter: 'guards codes against a second use',
      resistsPhishing: 'as its kind does',
    },
  },
  recovery_codes: {
    table: recoveryCodes,
    given: ['position', 'madeAt', 'usedAt'],
    withheld: { id: 'names a row to us alone', hash: HASH, sealed: SEALED },
  },
  recoveries: {
    table: recoveries,
    given: ['begunAt', 'opensAt', ...ORIGIN],
    withheld: { mailAt: 'when the next mail about it is due' },
  },
  access_tokens: {
    table: accessTokens,
    given: [
      ...['id', 'description', 'hint', 'scopes', 'createdAt', 'expiresAt', 'previousUntil', 'endMailAt'],
      ...['lastUsedAt', 'lastAddress', 'lastBrowser', 'lastSystem'],
    ],
    withheld: { tokenHash: HASH, previousHash: HASH },
  },
  trusted_browsers: {
    table: trustedBrowsers,
    given: ['id', 'trustedAt', 'lastUsedAt', 'expiresAt', ...ORIGIN],
    withheld: { tokenHash: HASH, securityVersion: "the account's, at that time" },
  },
  known_browsers: { table: knownBrowsers, given: ['firstSeenAt', 'lastSeenAt'], withheld: { tokenHash: HASH } },
  mail_links: {
    table: mailLinks,
    given: ['purpose', 'createdAt', 'expiresAt'],
    withheld: { tokenHash: HASH, payload: SEALED },
  },
  former_addresses: {
    table: formerAddresses,
    given: ['email', 'leftAt', 'expiresAt'],
    withheld: { id: 'names a row to us alone', kept: 'ids of what is listed elsewhere in the file' },
  },
  former_usernames: { table: formerUsernames, given: ['usernameLook', 'keptUntil'], withheld: {} },
  groups: {
    table: memberships,
    given: ['until', 'addedAt'],
    withheld: { groupId: 'the name of the group stands in its place' },
  },
  events: {
    table: events,
    given: ['id', 'at', 'kind', 'method', 'subject', 'actor', 'reason', ...ORIGIN],
    withheld: { operatorId: "another person's", notice: 'whether its mail waits to be written' },
  },
} as const

/** What belongs to an account and isn't given, and why. */
export const NOT_GIVEN: Record<string, string> = {
  rescues: 'an operator’s code, for fifteen minutes; the log has who made it, and why',
  pending_sign_ins: 'a sign-in that owes its code: a hash and a few minutes',
  user_handles: 'random, and known to passkeys alone',
  gate_codes: 'the way to an app, for a minute: hashes',
  openid_records: 'what a sign-in at an app is made of: sealed, and gone with its session',
  pending_enrolments: 'a set-up that is not finished: sealed, for a few minutes',
  mails: 'mail on its way: sealed, and gone when it is sent',
}

type Part = keyof typeof GIVEN
type Row = Record<string, unknown>

/** As they are called in the database and in the file. */
function columnsOf(part: Part) {
  const { table, given } = GIVEN[part]
  const columns = Object.entries(getTableColumns(table))
  return Object.fromEntries(
    given.flatMap((key) => columns.filter(([name]) => name === key).map(([, column]) => [column.name, column])),
  )
}

/** All that is kept about a person, without secrets. The events by pages, because there may be very many. */
export function personalDataStore({ db, atomically }: Database) {
  const rowsOf = async (
    part: Exclude<Part, 'accounts' | 'groups' | 'app_sessions' | 'apps_signed_in_to' | 'apps_allowed' | 'events'>,
    accountId: number,
  ): Promise<Row[]> => {
    const { table } = GIVEN[part]
    return await db.select(columnsOf(part)).from(table).where(eq(table.accountId, accountId))
  }

  return {
    /** False if the session's token was renewed meanwhile. */
    recordDownload: ({ renewal, event, forgiven }: { renewal: Renewal; event: EventRow; forgiven: Forgiven }) =>
      atomically((tx) => [renewSession(tx, renewal), insertEvents(tx, event), ...forgive(tx, forgiven)]),

    async dataOf(accountId: number): Promise<Record<string, Row | Row[]>> {
      const [account = {}] = await db.select(columnsOf('accounts')).from(accounts).where(eq(accounts.id, accountId))
      const named = await db
        .select({ name: groups.name, ...columnsOf('groups') })
        .from(memberships)
        .innerJoin(groups, eq(groups.id, memberships.groupId))
        .where(eq(memberships.accountId, accountId))
      const atApps = await db
        .select(columnsOf('app_sessions'))
        .from(gateSessions)
        .innerJoin(sessions, eq(sessions.id, gateSessions.sessionId))
        .where(eq(sessions.accountId, accountId))
      const signedInTo = await db
        .select({ app: apps.name, ...columnsOf('apps_signed_in_to') })
        .from(openidSignIns)
        .innerJoin(sessions, eq(sessions.id, openidSignIns.sessionId))
        .innerJoin(apps, eq(apps.id, openidSignIns.appId))
        .where(eq(sessions.accountId, accountId))
      const allowed = await db
        .select({ app: apps.name, ...columnsOf('apps_allowed') })
        .from(openidConsents)
        .innerJoin(apps, eq(apps.id, openidConsents.appId))
        .where(eq(openidConsents.accountId, accountId))
      return {
        account,
        groups: named,
        former_addresses: await rowsOf('former_addresses', accountId),
        former_usernames: await rowsOf('former_usernames', accountId),
        authenticators: await rowsOf('authenticators', accountId),
        recovery_codes: await rowsOf('recovery_codes', accountId),
        recoveries: await rowsOf('recoveries', accountId),
        access_tokens: await rowsOf('access_tokens', accountId),
        sessions: await rowsOf('sessions', accountId),
        app_sessions: atApps,
        apps_signed_in_to: signedInTo,
        apps_allowed: allowed,
        trusted_browsers: await rowsOf('trusted_browsers', accountId),
        known_browsers: await rowsOf('known_browsers', accountId),
        mail_links: await rowsOf('mail_links', accountId),
      }
    },

    /** The oldest first, after the place where the page before ended. */
    eventsOf: async (accountId: number, after: { at: Date; id: string }, atMost: number) =>
      await db
        .select({ place: { at: events.at, id: events.id }, event: columnsOf('events') })
        .from(events)
        .where(
          and(
            eq(events.accountId, accountId),
            or(gt(events.at, after.at), and(eq(events.at, after.at), gt(events.id, after.id))),
          ),
        )
        .orderBy(asc(events.at), asc(events.id))
        .limit(atMost),
  }
}
