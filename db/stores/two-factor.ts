import { and, asc, eq } from 'drizzle-orm'
import { type Database, type Db, must } from '../client.ts'
import { factors, pendingEnrolments, recoveryCodes } from '../schema.ts'
import {
  accountUnchanged,
  type EventRow,
  endEverythingElse,
  type Forgiven,
  forgive,
  insertEvents,
  newSecurityVersion,
  type Renewal,
  renewSession,
} from './statements.ts'

type Factor = typeof factors.$inferInsert
type RecoveryCode = typeof recoveryCodes.$inferInsert
type FactorChange = {
  accountId: number
  securityVersion: number
  renewal: Renewal
  event: EventRow
  forgiven: Forgiven
}

/** Factors and recovery codes, which turn on and off together. */
export const twoFactorStore = ({ db, atomically }: Database) => ({
  factorsOf: async (accountId: number) => await db.select().from(factors).where(eq(factors.accountId, accountId)),

  async hasFactor(accountId: number, factorId: string): Promise<boolean> {
    const found = await db
      .select({ id: factors.id })
      .from(factors)
      .where(and(eq(factors.accountId, accountId), eq(factors.id, factorId)))
    return found.length === 1
  },

  recoveryCodesOf: async (accountId: number) =>
    await db
      .select()
      .from(recoveryCodes)
      .where(eq(recoveryCodes.accountId, accountId))
      .orderBy(asc(recoveryCodes.position)),

  /** Puts what `/1.0/` has pending for a session in the place of what was. */
  async keepEnrolment(sessionId: string, enrolment: string, expiresAt: Date): Promise<void> {
    await db
      .insert(pendingEnrolments)
      .values({ sessionId, enrolment, expiresAt })
      .onConflictDoUpdate({ target: pendingEnrolments.sessionId, set: { enrolment, expiresAt } })
  },

  async keptEnrolment(sessionId: string): Promise<string | undefined> {
    const [row] = await db.select().from(pendingEnrolments).where(eq(pendingEnrolments.sessionId, sessionId))
    return row?.enrolment
  },

  async dropEnrolment(sessionId: string): Promise<void> {
    await db.delete(pendingEnrolments).where(eq(pendingEnrolments.sessionId, sessionId))
  },

  renew: ({ renewal, forgiven }: { renewal: Renewal; forgiven: Forgiven }) =>
    atomically((tx) => [renewSession(tx, renewal), ...forgive(tx, forgiven)]),

  enrol: ({ factor, codes, ...change }: FactorChange & { factor: Factor; codes: RecoveryCode[] }) =>
    atomically((tx) => [
      ...changeFactor(tx, change),
      must(tx.insert(factors).values(factor).onConflictDoNothing().returning({ id: factors.id })),
      tx.delete(recoveryCodes).where(eq(recoveryCodes.accountId, change.accountId)),
      tx.insert(recoveryCodes).values(codes),
    ]),

  replaceFactor: ({ factor, ...change }: FactorChange & { factor: Factor }) =>
    atomically((tx) => [
      ...changeFactor(tx, change),
      must(
        tx
          .delete(factors)
          .where(and(eq(factors.accountId, change.accountId), eq(factors.slot, factor.slot)))
          .returning({ id: factors.id }),
      ),
      tx.insert(factors).values(factor),
    ]),

  disable: (change: FactorChange) =>
    atomically((tx) => [
      ...changeFactor(tx, change),
      must(tx.delete(factors).where(eq(factors.accountId, change.accountId)).returning({ id: factors.id })),
      tx.delete(recoveryCodes).where(eq(recoveryCodes.accountId, change.accountId)),
    ]),

  showCodes: ({
    renewal,
    until,
    event,
    forgiven,
  }: {
    renewal: Renewal
    until: Date
    event: EventRow
    forgiven: Forgiven
  }) => atomically((tx) => [renewSession(tx, renewal, until), insertEvents(tx, event), ...forgive(tx, forgiven)]),

  replaceCodes: ({
    accountId,
    securityVersion,
    madeAt,
    codes,
    event,
  }: {
    accountId: number
    securityVersion: number
    madeAt: Date
    codes: RecoveryCode[]
    event: EventRow
  }) =>
    atomically((tx) => [
      accountUnchanged(tx, accountId, securityVersion), // none is made for a second factor that is being turned off
      must(
        tx
          .delete(recoveryCodes)
          .where(and(eq(recoveryCodes.accountId, accountId), eq(recoveryCodes.madeAt, madeAt)))
          .returning({ id: recoveryCodes.id }),
      ),
      tx.insert(recoveryCodes).values(codes),
      insertEvents(tx, event),
    ]),
})

const changeFactor = (tx: Db, { accountId, securityVersion, renewal, event, forgiven }: FactorChange) => [
  newSecurityVersion(tx, accountId, securityVersion),
  renewSession(tx, renewal),
  ...endEverythingElse(tx, accountId, renewal.sessionId),
  insertEvents(tx, event),
  ...forgive(tx, forgiven),
]
