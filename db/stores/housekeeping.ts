import { count, isNotNull, lte } from 'drizzle-orm'
import type { Database } from '../client.ts'
import {
  factors,
  knownBrowsers,
  limits,
  mailLinks,
  pendingEnrolments,
  pendingSignIns,
  recoveryCodes,
  sessions,
  trustedBrowsers,
} from '../schema.ts'

const A_YEAR = 365 * 24 * 60 * 60_000 // a browser not seen for so long is a stranger again

const A_FEW = 50 // rows: more than one account's, so that one damaged value says nothing about the keys

export const housekeepingStore = ({ db }: Database) => ({
  /** Deletes what time has ended. Safe for several processes at once: each row is deleted by one of them. */
  async removeExpired(now: Date): Promise<void> {
    await db.delete(sessions).where(lte(sessions.expiresAt, now))
    await db.delete(pendingSignIns).where(lte(pendingSignIns.expiresAt, now))
    await db.delete(pendingEnrolments).where(lte(pendingEnrolments.expiresAt, now))
    await db.delete(mailLinks).where(lte(mailLinks.expiresAt, now))
    await db.delete(trustedBrowsers).where(lte(trustedBrowsers.expiresAt, now))
    await db.delete(knownBrowsers).where(lte(knownBrowsers.lastSeenAt, new Date(now.getTime() - A_YEAR)))
    await db.delete(limits).where(lte(limits.expiresAtMs, now.getTime()))
  },

  /** Throws when the database does not answer. */
  async answers(): Promise<void> {
    await db.select({ key: limits.key }).from(limits).limit(1)
  },

  /** Whether there is anything that only the present keys open. */
  async hasSealedData(): Promise<boolean> {
    const [row] = await db.select({ rows: count() }).from(factors)
    return (row?.rows ?? 0) > 0
  },

  /** A few of the values that are sealed, as stored: what the keys are tried on at the start. */
  async someSealed(): Promise<{
    factors: { id: string; secret: string }[]
    codes: { id: string; sealed: string | null }[]
  }> {
    return {
      factors: await db.select({ id: factors.id, secret: factors.secret }).from(factors).limit(A_FEW),
      codes: await db
        .select({ id: recoveryCodes.id, sealed: recoveryCodes.sealed })
        .from(recoveryCodes)
        .where(isNotNull(recoveryCodes.sealed))
        .limit(A_FEW),
    }
  },
})
