import { and, asc, type Column, eq, gt, isNull, type SQL, sql } from 'drizzle-orm'
import type { Database, Db } from '../client.ts'
import {
  eventChainEnds,
  eventSeals,
  factors,
  mailLinks,
  mails,
  openidKeys,
  openidRecords,
  pendingEnrolments,
  recoveryCodes,
} from '../schema.ts'

type SealedRow = { key: string; accountId: number | null; value: string | null; hash: string | null }
type Renewed = { value?: string; hash?: string }

const nothing = sql`null`
const unused = sql`case when ${isNull(recoveryCodes.usedAt)} then ${recoveryCodes.hash} end` // nothing is compared with a used one's

/** What app/operators/log/chain.ts makes the seals of. */
const linkText = sql`${eventSeals.position} || ' ' || ${eventSeals.digest}`
const endText = sql`${eventChainEnds.which} || ' ' || ${eventChainEnds.position} || ' ' || ${eventChainEnds.digest}`

/** Each table, what names and orders its rows, and what is sealed in it. */
const SEALED = {
  factors: { rows: factors, key: factors.id, accountId: factors.accountId, value: factors.secret, hash: nothing },
  recovery_codes: {
    rows: recoveryCodes,
    key: recoveryCodes.id,
    accountId: recoveryCodes.accountId,
    value: recoveryCodes.sealed,
    hash: unused,
  },
  mails: { rows: mails, key: mails.id, accountId: mails.accountId, value: mails.sealed, hash: nothing },
  mail_links: {
    rows: mailLinks,
    key: mailLinks.tokenHash,
    accountId: mailLinks.accountId,
    value: mailLinks.payload,
    hash: nothing,
  },
  pending_enrolments: {
    rows: pendingEnrolments,
    key: pendingEnrolments.sessionId,
    accountId: nothing,
    value: pendingEnrolments.enrolment,
    hash: nothing,
  },
  openid_records: {
    rows: openidRecords,
    key: openidRecords.id,
    accountId: nothing,
    value: openidRecords.payload,
    hash: nothing,
  },
  openid_keys: { rows: openidKeys, key: openidKeys.id, accountId: nothing, value: openidKeys.sealed, hash: nothing },
  event_seals: {
    rows: eventSeals,
    key: eventSeals.eventId,
    accountId: nothing,
    value: linkText,
    hash: eventSeals.seal,
  },
  event_chain_ends: {
    rows: eventChainEnds,
    key: eventChainEnds.which,
    accountId: nothing,
    value: endText,
    hash: eventChainEnds.seal,
  },
} satisfies Record<
  string,
  { rows: object; key: Column; accountId: Column | SQL; value: Column | SQL; hash: Column | SQL }
>

type SealedTable = keyof typeof SEALED

/** The only values of the database that need a key. */
export const sealedValueStore = ({ db, atomically }: Database) => ({
  async rowsAfter(table: SealedTable, after: string, atMost: number): Promise<SealedRow[]> {
    const { rows, key, accountId, value, hash } = SEALED[table]
    return await db
      .select({
        key: sql<string>`${key}`,
        accountId: sql<number | null>`${accountId}`.mapWith(factors.accountId),
        value: sql<string | null>`${value}`,
        hash: sql<string | null>`${hash}`,
      })
      .from(rows as typeof factors)
      .where(gt(key, after))
      .orderBy(asc(key))
      .limit(atMost)
  },

  async renew(table: SealedTable, changes: { row: SealedRow; renewed: Renewed }[]): Promise<void> {
    await atomically((tx) => changes.map(({ row, renewed }) => RENEWING[table](tx, row, renewed)))
  },
})

type Renewing = (tx: Db, row: SealedRow, to: Renewed) => PromiseLike<unknown>

const stillAs = (column: Column, was: string | null) => (was === null ? isNull(column) : eq(column, was))

const RENEWING: Record<SealedTable, Renewing> = {
  factors: (tx, { key, value }, to) =>
    tx
      .update(factors)
      .set({ ...(to.value !== undefined && { secret: to.value }) })
      .where(and(eq(factors.id, key), stillAs(factors.secret, value))),
  recovery_codes: (tx, { key, value, hash }, to) =>
    tx
      .update(recoveryCodes)
      .set({ ...(to.value !== undefined && { sealed: to.value }), ...(to.hash !== undefined && { hash: to.hash }) })
      .where(
        and(
          eq(recoveryCodes.id, key),
          stillAs(recoveryCodes.sealed, value),
          hash === null ? undefined : eq(recoveryCodes.hash, hash),
        ),
      ),
  mails: (tx, { key, value }, to) =>
    tx
      .update(mails)
      .set({ ...(to.value !== undefined && { sealed: to.value }) })
      .where(and(eq(mails.id, key), stillAs(mails.sealed, value))),
  mail_links: (tx, { key, value }, to) =>
    tx
      .update(mailLinks)
      .set({ ...(to.value !== undefined && { payload: to.value }) })
      .where(and(eq(mailLinks.tokenHash, key), stillAs(mailLinks.payload, value))),
  pending_enrolments: (tx, { key, value }, to) =>
    tx
      .update(pendingEnrolments)
      .set({ ...(to.value !== undefined && { enrolment: to.value }) })
      .where(and(eq(pendingEnrolments.sessionId, key), stillAs(pendingEnrolments.enrolment, value))),
  openid_records: (tx, { key, value }, to) =>
    tx
      .update(openidRecords)
      .set({ ...(to.value !== undefined && { payload: to.value }) })
      .where(and(eq(openidRecords.id, key), stillAs(openidRecords.payload, value))),
  openid_keys: (tx, { key, value }, to) =>
    tx
      .update(openidKeys)
      .set({ ...(to.value !== undefined && { sealed: to.value }) })
      .where(and(eq(openidKeys.id, key), stillAs(openidKeys.sealed, value))),
  event_seals: (tx, { key, hash }, to) =>
    tx
      .update(eventSeals)
      .set({ ...(to.hash !== undefined && { seal: to.hash }) })
      .where(and(eq(eventSeals.eventId, key), stillAs(eventSeals.seal, hash))),
  event_chain_ends: (tx, { key, hash }, to) =>
    tx
      .update(eventChainEnds)
      .set({ ...(to.hash !== undefined && { seal: to.hash }) })
      .where(and(sql`${eventChainEnds.which} = ${key}`, stillAs(eventChainEnds.seal, hash))),
}
