import { and, asc, eq, isNull, type SQLWrapper, sql } from 'drizzle-orm'
import { type Database, type Db, must, unlessOrphaned } from '../client.ts'
import { listOf } from '../lists.ts'
import { placeholders } from '../placeholders.ts'
import { prepared } from '../prepared.ts'
import { accounts, factors, pendingEnrolments, recoveryCodes, sessions, userHandles } from '../schema.ts'
import type { FactorWrite } from './factors/factor-write.ts'
import { useRecovery } from './recoveries.ts'
import {
  accountUnchanged,
  type EventRow,
  endEverythingElse,
  type Forgiven,
  forgetTrustedBrowsers,
  forgive,
  insertEvents,
  newSecurityVersion,
  type Proved,
  type Renewal,
  renewSession,
} from './statements.ts'
import { signedInRead } from './visitors.ts'

type Factor = typeof factors.$inferInsert
type RecoveryCode = typeof recoveryCodes.$inferInsert
type FactorChange = {
  accountId: number
  securityVersion: number
  renewal: Renewal
  event: EventRow
  forgiven: Forgiven
}

/** How the session was let in to set up again. `over`: waits that opened by then have ended. */
type Rescued = { method: 'rescue_code' } | { method: 'delayed_recovery'; now: Date; over: Date }

const userHandleOf = sql<
  string | null
>`(select ${userHandles.handle} from ${userHandles} where ${userHandles.accountId} = ${accounts.id})`

/** Factors and recovery codes, which turn on and off together. */
export function twoFactorStore({ db, atomically }: Database) {
  const allFactors = (accountId: number | SQLWrapper) =>
    db.select().from(factors).where(eq(factors.accountId, accountId)).orderBy(asc(factors.addedAt), asc(factors.id))
  const allCodes = (accountId: SQLWrapper) =>
    db.select().from(recoveryCodes).where(eq(recoveryCodes.accountId, accountId)).orderBy(asc(recoveryCodes.position))
  const owned = placeholders({ accountId: factors.accountId })
  const factorsOf = prepared('factors_of', owned, allFactors(owned.accountId))

  const ownedCodes = placeholders({ accountId: recoveryCodes.accountId })
  const codesOf = prepared(
    'recovery_codes_of',
    ownedCodes,
    db
      .select({ hash: recoveryCodes.hash, usedAt: recoveryCodes.usedAt })
      .from(recoveryCodes)
      .where(eq(recoveryCodes.accountId, ownedCodes.accountId)),
  )

  return {
    factorsOf: (accountId: number) => factorsOf({ accountId }),
    visitorWithFactors: signedInRead(
      db,
      'visitor_with_factors',
      { factors: listOf(allFactors(accounts.id)), userHandle: userHandleOf },
      {},
    ),

    async hasFactor(accountId: number, factorId: string): Promise<boolean> {
      const found = await db.select({ id: factors.id }).from(factors).where(own(accountId, factorId))
      return found.length === 1
    },

    async factorKnownBy(credentialId: string): Promise<string | undefined> {
      const [found] = await db.select({ id: factors.id }).from(factors).where(eq(factors.credentialId, credentialId))
      return found?.id
    },

    async userHandleOf(accountId: number): Promise<string | undefined> {
      const [row] = await db.select().from(userHandles).where(eq(userHandles.accountId, accountId))
      return row?.handle
    },

    /** The one that the account has, or from now on this one. */
    async makeUserHandle(accountId: number, handle: string): Promise<string> {
      const [had] = await db.select().from(userHandles).where(eq(userHandles.accountId, accountId))
      if (had) return had.handle
      await atomically((tx) => [tx.insert(userHandles).values({ accountId, handle }).onConflictDoNothing()])
      const [row] = await db.select().from(userHandles).where(eq(userHandles.accountId, accountId))
      return row?.handle ?? handle
    },

    async recoveryCodesLeft(accountId: number): Promise<number> {
      const unused = and(eq(recoveryCodes.accountId, accountId), isNull(recoveryCodes.usedAt))
      return (await db.select({ id: recoveryCodes.id }).from(recoveryCodes).where(unused)).length
    },

    /** The live set, as far as a typed code is compared with it. */
    recoveryCodesOf: (accountId: number) => codesOf({ accountId }),
    visitorWithCodes: signedInRead(db, 'visitor_with_codes', { codes: listOf(allCodes(accounts.id)) }, {}),

    /** Puts what `/1.0/` has pending for a session in the place of what was. False when the session has just ended. */
    keepEnrolment: (sessionId: string, enrolment: string, expiresAt: Date) =>
      atomically((tx) => [
        // The same value: what counts is the row's lock. A session that ends is waited for, or waits.
        must(
          tx.update(sessions).set({ id: sessionId }).where(eq(sessions.id, sessionId)).returning({ id: sessions.id }),
        ),
        tx
          .insert(pendingEnrolments)
          .values({ sessionId, enrolment, expiresAt })
          .onConflictDoUpdate({ target: pendingEnrolments.sessionId, set: { enrolment, expiresAt } }),
      ]),

    async keptEnrolment(sessionId: string): Promise<string | undefined> {
      const [row] = await db.select().from(pendingEnrolments).where(eq(pendingEnrolments.sessionId, sessionId))
      return row?.enrolment
    },

    async dropEnrolment(sessionId: string): Promise<void> {
      await atomically((tx) => [tx.delete(pendingEnrolments).where(eq(pendingEnrolments.sessionId, sessionId))])
    },

    renew: ({ renewal, forgiven }: { renewal: Renewal; forgiven: Forgiven }) =>
      atomically((tx) => [renewSession(tx, renewal), ...forgive(tx, forgiven)]),

    /** False if the answer is no longer what its proof takes it for, or the account or the session changed meanwhile. */
    prove: (
      {
        accountId,
        securityVersion,
        renewal,
        at,
        isHeld,
        resists,
        events,
        forgiven,
      }: Omit<FactorChange, 'event'> & {
        at: Date
        isHeld: boolean
        resists: boolean
        events: EventRow[]
      },
      proof: FactorWrite,
    ) =>
      atomically((tx) => [
        accountUnchanged(tx, accountId, securityVersion),
        ...proof.steps(tx),
        renewSession(tx, renewal, {
          provedAt: at,
          heldAt: isHeld ? at : undefined,
          resistedAt: resists ? at : undefined,
        }),
        insertEvents(tx, ...events),
        ...forgive(tx, forgiven),
      ]),

    enrol: ({ factor, codes, ...change }: FactorChange & { factor: Factor; codes: RecoveryCode[] }) =>
      atomically((tx) => [
        ...changeFactor(tx, change, provedBy(factor)),
        codesSeen(tx, change.event),
        hasFactors(tx, change.accountId, { atLeast: 0, atMost: 0 }),
        insertFactor(tx, factor),
        tx.delete(recoveryCodes).where(eq(recoveryCodes.accountId, change.accountId)),
        tx.insert(recoveryCodes).values(codes),
      ]),

    enrolAnew: ({
      factor,
      codes,
      rescued,
      ...change
    }: FactorChange & { factor: Factor; codes: RecoveryCode[]; rescued: Rescued }) =>
      atomically((tx) => [
        ...(rescued.method === 'delayed_recovery'
          ? [accountUnchanged(tx, change.accountId, change.securityVersion), useRecovery(tx, change.accountId, rescued)]
          : []),
        ...changeFactor(tx, change, resistedBy(factor)),
        must(
          tx
            .update(sessions)
            .set({ method: factor.resistsPhishing === 1 ? 'passkey' : 'authenticator' })
            .where(and(eq(sessions.id, change.renewal.sessionId), eq(sessions.method, rescued.method)))
            .returning({ id: sessions.id }),
        ),
        forgetTrustedBrowsers(tx, change.accountId),
        tx.delete(factors).where(eq(factors.accountId, change.accountId)),
        insertFactor(tx, factor),
        tx.delete(recoveryCodes).where(eq(recoveryCodes.accountId, change.accountId)),
        tx.insert(recoveryCodes).values(codes),
      ]),

    addFactor: ({ factor, atMost, ...change }: FactorChange & { factor: Factor; atMost: number }) =>
      atomically((tx) => [
        ...changeFactor(tx, change, resistedBy(factor)),
        hasFactors(tx, change.accountId, { atLeast: 1, atMost: atMost - 1 }),
        insertFactor(tx, factor),
      ]),

    replaceFactor: ({
      factor,
      replaced,
      ...change
    }: FactorChange & { factor: Factor; replaced: { id: string; name: string } }) =>
      atomically((tx) => [
        ...changeFactor(tx, change, resistedBy(factor)),
        must(
          tx
            .delete(factors)
            .where(and(own(change.accountId, replaced.id), eq(factors.name, replaced.name)))
            .returning({ id: factors.id }),
        ),
        insertFactor(tx, factor),
      ]),

    removeFactor: ({ factorId, ...change }: FactorChange & { factorId: string }) =>
      atomically((tx) => [
        ...changeFactor(tx, change),
        hasFactors(tx, change.accountId, { atLeast: 2 }),
        must(tx.delete(factors).where(own(change.accountId, factorId)).returning({ id: factors.id })),
      ]),

    renameFactor: ({
      accountId,
      securityVersion,
      factorId,
      name,
      event,
    }: {
      accountId: number
      securityVersion: number
      factorId: string
      name: string
      event: EventRow
    }) =>
      atomically((tx) => [
        accountUnchanged(tx, accountId, securityVersion),
        must(tx.update(factors).set({ name }).where(own(accountId, factorId)).returning({ id: factors.id })),
        insertEvents(tx, event),
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
    }) =>
      atomically((tx) => [
        codesSeen(tx, event),
        renewSession(tx, renewal, { codesShownUntil: until }),
        insertEvents(tx, event),
        ...forgive(tx, forgiven),
      ]),

    recordDownload: async (event: EventRow): Promise<void> => {
      await unlessOrphaned(atomically((tx) => [codesSeen(tx, event), insertEvents(tx, event)]))
    },

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
        codesSeen(tx, event),
        must(
          tx
            .delete(recoveryCodes)
            .where(and(eq(recoveryCodes.accountId, accountId), eq(recoveryCodes.madeAt, madeAt)))
            .returning({ id: recoveryCodes.id }),
        ),
        tx.insert(recoveryCodes).values(codes),
        insertEvents(tx, event),
      ]),
  }
}

/** Unless some account has the device already. */
const insertFactor = (tx: Db, factor: Factor) =>
  must(
    tx
      .insert(factors)
      .values(factor)
      .onConflictDoNothing({ target: factors.credentialId })
      .returning({ id: factors.id }),
  )

/** The device that is enrolled was shown just now. */
const provedBy = (factor: Factor): Proved => ({
  ...{ provedAt: factor.addedAt, heldAt: factor.addedAt },
  ...resistedBy(factor),
})

/** What comes beside a second factor is none that was asked for. Which page it was shown to, it does tell. */
const resistedBy = ({ addedAt, resistsPhishing }: Factor): Proved => ({
  resistedAt: resistsPhishing === 1 ? addedAt : undefined,
})

/** By the event that says so. */
const codesSeen = (tx: Db, { accountId, at }: EventRow) =>
  tx.update(accounts).set({ recoveryCodesSeenAt: at }).where(eq(accounts.id, accountId))

const changeFactor = (
  tx: Db,
  { accountId, securityVersion, renewal, event, forgiven }: FactorChange,
  proved: Proved = {},
) => [
  newSecurityVersion(tx, accountId, securityVersion),
  renewSession(tx, renewal, proved),
  ...endEverythingElse(tx, accountId, renewal.sessionId),
  insertEvents(tx, event),
  ...forgive(tx, forgiven),
]

const own = (accountId: number, factorId: string) => and(eq(factors.accountId, accountId), eq(factors.id, factorId))

/**
 * Goes on only if the account has so many factors. After `changeFactor`, which has locked the account's row: nobody adds or
 * removes one from then on, and on PostgreSQL a statement of its own counts anew after that wait.
 */
const hasFactors = (
  tx: Db,
  accountId: number,
  { atLeast, atMost = Number.MAX_SAFE_INTEGER }: { atLeast: number; atMost?: number },
) =>
  must(
    tx
      .select({ id: accounts.id })
      .from(accounts)
      .where(
        and(
          eq(accounts.id, accountId),
          sql`(select count(*) from ${factors} where ${factors}.account_id = ${accountId}) between ${atLeast} and ${atMost}`,
        ),
      ),
  )
