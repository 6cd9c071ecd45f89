import { and, eq, gt, lte, or, sql } from 'drizzle-orm'
import { type Database, must } from '../client.ts'
import { limits } from '../schema.ts'

const KEY = 'housekeeping'
const FOREVER = Number.MAX_SAFE_INTEGER // its row is no attempt, which time would forgive

/**
 * Who does the work that is done by one process at a time. It stands among the limits, because it is one: so often and no more. `untilMs` is
 * also what the holder is known by, as no two leases end at the same moment.
 */
export const leaseStore = ({ atomically }: Pick<Database, 'atomically'>) => ({
  /**
   * For one caller only: the one whose statement finds it free. One that ends more than `longestMs` from now was written by a
   * clock that ran ahead, and holds nobody up.
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
