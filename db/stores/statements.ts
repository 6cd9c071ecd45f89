import { and, desc, eq, gt, gte, inArray, isNotNull, isNull, lt, ne, notInArray, sql } from 'drizzle-orm'
import { type Db, must } from '../client.ts'
import { preparedInsert, preparedWrite } from '../prepared-writes.ts'
import {
  accounts,
  events,
  factors,
  knownBrowsers,
  limits,
  mailLinks,
  mails,
  pendingSignIns,
  recoveries,
  sessions,
  trustedBrowsers,
} from '../schema.ts'

// Statements that several stores put into their transactions. Each takes the transaction first.
//
// PostgreSQL locks rows as they are touched. To keep two transactions from waiting for each other, all of them go in one
// order: account, pending sign-ins, sessions, recoveries, trusted browsers, known browsers, factors, recovery codes, access tokens, links that went out by
// mail, limits (the address's budget first). Events and mails are new rows, which nobody waits for.

export type EventRow = typeof events.$inferInsert & { accountId: number }
/** Null where it is about no account, such as an invitation. */
export type AnyEventRow = Omit<EventRow, 'accountId'> & { accountId: number | null }
export type MailRow = typeof mails.$inferInsert
export type SessionRow = typeof sessions.$inferInsert
export type KnownBrowserRow = typeof knownBrowsers.$inferInsert
export type Forgiven = { budget?: string; delays: string[] }
/** When the session showed a second factor, one that its owner holds, and one that resists phishing. */
export type Proved = { provedAt?: Date; heldAt?: Date | undefined; resistedAt?: Date | undefined }
export type Renewal = { sessionId: string; fromTokenHash: string; toTokenHash: string }

/** Whether the account has a factor, as one column of a read that includes the table accounts. */
export const hasSecondFactor =
  sql`exists (select 1 from ${factors} where ${factors}.account_id = ${accounts}.id)`.mapWith(Boolean)

/** In the same way: when somebody who lost everything may set up again. Null if nobody waits for it. */
export const recoveryOpensAt =
  sql<Date | null>`(select ${recoveries}.opens_at from ${recoveries} where ${recoveries}.account_id = ${accounts}.id)`.mapWith(
    recoveries.opensAt,
  )

/** Goes on only if the account hasn't changed since `securityVersion` was read, and keeps it so until the transaction ends. */
export const accountUnchanged = (tx: Db, accountId: number, securityVersion: number) =>
  must(touchAccount(tx, { accountId, securityVersion }))

const touched = { accountId: accounts.id, securityVersion: accounts.securityVersion }
const touchAccount = preparedWrite('account_unchanged', touched, (tx, later) =>
  tx
    .update(accounts)
    .set({ securityVersion: sql`${accounts.securityVersion}` }) // the same value, because only the row's lock counts
    .where(and(eq(accounts.id, later.accountId), eq(accounts.securityVersion, later.securityVersion)))
    .returning({ id: accounts.id }),
)

/** As above. From here on, nothing that began under the old version can finish. */
export const newSecurityVersion = (tx: Db, accountId: number, securityVersion: number) =>
  must(
    tx
      .update(accounts)
      .set({ securityVersion: securityVersion + 1 })
      .where(and(eq(accounts.id, accountId), eq(accounts.securityVersion, securityVersion)))
      .returning({ id: accounts.id }),
  )

/** Whatever the account's state: for what a link allows, however the account changed since it went out. */
export const lockAccount = (tx: Db, accountId: number) =>
  must(
    tx
      .update(accounts)
      .set({ securityVersion: sql`${accounts.securityVersion}` })
      .where(eq(accounts.id, accountId))
      .returning({ id: accounts.id }),
  )

/**
 * A new security version, whatever the present one is, and frozen access tokens. Closing an account must not fail because of a
 * change at the same time. Goes on only if the tokens were frozen before or not, as `wasFrozen` says.
 */
export const closeAccount = (
  tx: Db,
  accountId: number,
  { wasFrozen, at, passwordHash }: { wasFrozen: boolean; at: Date; passwordHash?: string | undefined },
) =>
  must(
    tx
      .update(accounts)
      .set({
        securityVersion: sql`${accounts.securityVersion} + 1`,
        ...(!wasFrozen && { tokensFrozenAt: at }),
        ...(passwordHash !== undefined && { passwordHash }),
      })
      .where(and(eq(accounts.id, accountId), (wasFrozen ? isNotNull : isNull)(accounts.tokensFrozenAt)))
      .returning({ id: accounts.id }),
  )

/** Pending sign-ins first, because one that is being answered right now either dies here or has its session ended below. */
export const endEverythingElse = (tx: Db, accountId: number, sessionId: string) => [
  tx.delete(pendingSignIns).where(eq(pendingSignIns.accountId, accountId)),
  tx.delete(sessions).where(and(eq(sessions.accountId, accountId), ne(sessions.id, sessionId))),
  ...dropRecovery(tx, accountId),
]

/** Every session, every pending sign-in, a wait after "I've lost everything", and every browser that was trusted to skip the code. */
export const endEverything = (tx: Db, accountId: number) => [
  tx.delete(pendingSignIns).where(eq(pendingSignIns.accountId, accountId)),
  tx.delete(sessions).where(eq(sessions.accountId, accountId)),
  ...dropRecovery(tx, accountId),
  forgetTrustedBrowsers(tx, accountId),
]

export const forgetTrustedBrowsers = (tx: Db, accountId: number) =>
  tx.delete(trustedBrowsers).where(eq(trustedBrowsers.accountId, accountId))

/** "I've lost everything", from its first link on. A session that it opened isn't ended here. */
export const dropRecovery = (tx: Db, accountId: number) => [
  tx.delete(recoveries).where(eq(recoveries.accountId, accountId)),
  dropLinks(tx, accountId, ['lost_everything', 'stop_recovery']),
]

/** Kills the links with these purposes that went out. */
export const dropLinks = (tx: Db, accountId: number, purposes: (typeof mailLinks.$inferSelect)['purpose'][]) =>
  tx.delete(mailLinks).where(and(eq(mailLinks.accountId, accountId), inArray(mailLinks.purpose, purposes)))

/** Gives the session its new token once: of two at the same time, the slower changes nothing. */
export const renewSession = (
  tx: Db,
  { sessionId, fromTokenHash, toTokenHash }: Renewal,
  {
    codesShownUntil = null,
    provedAt,
    heldAt,
    resistedAt,
    passwordAt,
  }: { codesShownUntil?: Date | null; passwordAt?: Date } & Proved = {},
) =>
  must(
    tx
      .update(sessions)
      .set({
        tokenHash: toTokenHash,
        codesShownUntil,
        ...(provedAt && { provedAt }),
        ...(heldAt && { heldAt }),
        ...(resistedAt && { resistedAt }),
        ...(passwordAt && { passwordAt }),
      })
      .where(and(eq(sessions.id, sessionId), eq(sessions.tokenHash, fromTokenHash)))
      .returning({ id: sessions.id }),
  )

const writeSessions = preparedInsert('insert_session', sessions)
const writeEvents = preparedInsert('insert_event', events)

export const insertSession = (tx: Db, session: SessionRow) =>
  writing(writeSessions(tx, session), { sessions: [session] })

/** An account's live sessions. No person has more, but a program that never signs out would. */
export const SESSIONS_AT_MOST = 100

/** A new session. If the account has as many as it can have, the one used longest ago goes. */
export const beginSession = (tx: Db, session: SessionRow) => [
  insertSession(tx, session),
  endOldestSessions(tx, { id: session.id, accountId: session.accountId, now: session.startedAt }),
]

const endOldestSessions = preparedWrite(
  'end_oldest_sessions',
  { id: sessions.id, accountId: sessions.accountId, now: sessions.expiresAt },
  (tx, later) => {
    const others = and(eq(sessions.accountId, later.accountId), ne(sessions.id, later.id))
    const tooMany = tx
      .select({ id: sessions.id })
      .from(sessions)
      .where(others)
      // Ended ones first: they are only waiting for housekeeping.
      .orderBy(
        desc(gt(sessions.expiresAt, later.now)),
        desc(sessions.lastSeenAt),
        desc(sessions.startedAt),
        desc(sessions.id),
      )
      .limit(EVERY_ROW)
      .offset(SESSIONS_AT_MOST - 1)
    return tx.delete(sessions).where(inArray(sessions.id, tooMany))
  },
)
const EVERY_ROW = 1_000_000_000 // SQLite takes no offset without a limit

export const insertEvents = (tx: Db, ...rows: AnyEventRow[]) => writing(writeEvents(tx, ...rows), { events: rows })

type Written = { events?: AnyEventRow[]; sessions?: SessionRow[] }
const written = new WeakMap<object, Written>()

function writing<Statement extends object>(statement: Statement, rows: Written): Statement {
  written.set(statement, rows)
  return statement
}

/** What a step of a transaction adds to the events and sessions. */
export const writtenBy = (step: object): Written | undefined => written.get(step)
/** From now on, the browser that signs in is known. */
export const rememberBrowser = preparedInsert('remember_browser', knownBrowsers, (insert) =>
  insert.onConflictDoUpdate({
    target: [knownBrowsers.tokenHash, knownBrowsers.accountId],
    set: { lastSeenAt: sql`excluded.last_seen_at` },
  }),
)

/** The account's other browsers and programs: somebody who signed in with the old password is a stranger again. */
export const forgetOtherBrowsers = (tx: Db, accountId: number, knownBy: string[]) =>
  tx
    .delete(knownBrowsers)
    .where(and(eq(knownBrowsers.accountId, accountId), notInArray(knownBrowsers.tokenHash, knownBy)))

/** Mail goes into the queue in the transaction that it reports. */
export const queueMails = (tx: Db, ...rows: MailRow[]) => tx.insert(mails).values(rows)

/** Clears the failures under every key with that beginning: the range up to its last character plus one, in byte order. */
export function forgiveAll(tx: Db, beginning: string) {
  const end = beginning.slice(0, -1) + String.fromCharCode(beginning.charCodeAt(beginning.length - 1) + 1)
  return tx.delete(limits).where(and(gte(limits.key, beginning), lt(limits.key, end)))
}

/** A right answer gives its attempt back to the address, and clears the failures in a row. */
export const forgive = (tx: Db, { budget, delays }: Forgiven) => [
  ...(budget === undefined ? [] : [refund(tx, { key: budget })]),
  ...(delays.length === 0 ? [] : [clear(tx, ...delays.map((key) => ({ key })))]),
]

/** Gives its attempt back to the budget. */
export const refund = preparedWrite('refund_attempt', { key: limits.key }, (tx, later) =>
  tx
    .update(limits)
    .set({ count: sql`${limits.count} - 1` })
    .where(and(eq(limits.key, later.key), gt(limits.count, 0))),
)
const clear = preparedWrite('clear_failures', { key: limits.key }, (tx, later) =>
  tx.delete(limits).where(eq(limits.key, later.key)),
)
