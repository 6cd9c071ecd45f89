import { and, eq, gt, lte, or, sql } from 'drizzle-orm'
import { type Database, must } from '../client.ts'
import { limits } from '../schema.ts'

const KEY = 'housekeeping'
const FOREVER = Number.MAX_SAFE_INTEGER // unlike an attempt, time doesn't forgive it

/**
 * Decides which process does work that one process does at a time. It is among the limits, because it is one: this often and no
 * more. `untilMs` also identifies the holder, because no two leases end at the same moment.
 */
export const leaseStore = ({ atomically }: Pick<Database, 'atomically'>) => ({
  /**
   * True for one caller: the one whose statement finds it free. A lease that ends more than `longestMs` from now comes from a
   * clock that ran ahead, and stops nobody.
   */
  takeLease: ({ nowMs, untilMs, longestMs }: { nowMs: number; untilMs: number; longestMs: number }) =>
    atomically((tx) => [
      must(
        tx
          .insert(limits)
          .values({ key: KEY, count: 1, blockedUntilMs: untilMs, expiresAtMs: FOREVER })
          .onConflictDoUpdate({
            target: limits.key,
            set: { count: sql`${limits.count} + 1`, blockedUntilMs: untilMs },
            setWhere: sql`${or(lte(limits.blockedUntilMs, nowMs), gt(limits.blockedUntilMs, nowMs + longestMs))}`,
          })
          .returning({ key: limits.key }),
      ),
    ]),

  /** False if another has it now. */
  changeLease(fromMs: number, untilMs: number): Promise<boolean> {
    const own = and(eq(limits.key, KEY), eq(limits.blockedUntilMs, fromMs))
    return atomically((tx) => [
      must(tx.update(limits).set({ blockedUntilMs: untilMs }).where(own).returning({ key: limits.key })),
    ])
  },
})
