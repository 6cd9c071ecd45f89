import { eq, sql } from 'drizzle-orm'
import type { Database } from '../client.ts'
import { limits } from '../schema.ts'
import { refund } from './statements.ts'

type DelayRule = { key: string; from: number; most?: number; forgottenAfterMs: number }
type BudgetRule = { key: string; most: number; windowMs: number }
type Delay = { first: number; most: number }

/** Attempts, counted in the database so that every process and every restart counts the same. `delay` is in milliseconds. */
export const limitStore = ({ db }: Database, delay: Delay) => ({
  /** One statement counts the attempt and sets the next wait; its guard is what refuses. Milliseconds to wait, 0 when counted. */
  async chargeDelay(
    { key, from, most = Number.MAX_SAFE_INTEGER, forgottenAfterMs }: DelayRule,
    nowMs: number,
  ): Promise<number> {
    const now = milliseconds(nowMs)
    const failures = sql`case when ${limits.expiresAtMs} <= ${now} then 1 else ${limits.count} + 1 end`
    const doublings = Math.ceil(Math.log2(delay.most / delay.first))
    // The first delay doubles with each failure: shifted left, which both databases can do with whole numbers.
    const wait = sql`case
      when ${failures} < ${from} then 0
      when ${failures} >= ${from + doublings} then ${milliseconds(delay.most)}
      else ${milliseconds(delay.first)} << cast((${failures}) - ${from} as integer) end`
    const expiresAtMs = Math.min(nowMs + forgottenAfterMs, Number.MAX_SAFE_INTEGER)
    const charged = await db
      .insert(limits)
      .values({ key, count: 1, blockedUntilMs: 0, expiresAtMs })
      .onConflictDoUpdate({
        target: limits.key,
        set: { count: failures, blockedUntilMs: sql`${now} + ${wait}`, expiresAtMs },
        setWhere: sql`${limits.expiresAtMs} <= ${now} or (${limits.blockedUntilMs} <= ${now} and ${limits.count} < ${milliseconds(most)})`,
      })
      .returning({ key: limits.key })
    if (charged.length === 1) return 0
    const [full] = await db.select().from(limits).where(eq(limits.key, key))
    if (full && full.count >= most) return Number.POSITIVE_INFINITY
    return Math.max(1, (full?.blockedUntilMs ?? nowMs) - nowMs)
  },

  /** A fixed window that opens with the first attempt. Milliseconds to wait, 0 when counted. */
  async chargeBudget({ key, most, windowMs }: BudgetRule, nowMs: number): Promise<number> {
    const now = milliseconds(nowMs)
    const over = sql`${limits.expiresAtMs} <= ${now}`
    const next = milliseconds(nowMs + windowMs)
    const charged = await db
      .insert(limits)
      .values({ key, count: 1, blockedUntilMs: 0, expiresAtMs: nowMs + windowMs })
      .onConflictDoUpdate({
        target: limits.key,
        set: {
          count: sql`case when ${over} then 1 else ${limits.count} + 1 end`,
          expiresAtMs: sql`case when ${over} then ${next} else ${limits.expiresAtMs} end`,
        },
        setWhere: sql`${over} or ${limits.count} < ${most}`,
      })
      .returning({ key: limits.key })
    if (charged.length === 1) return 0
    const [full] = await db.select().from(limits).where(eq(limits.key, key))
    return Math.max(1, (full?.expiresAtMs ?? nowMs) - nowMs)
  },

  async count(key: string): Promise<number> {
    const [row] = await db.select({ count: limits.count }).from(limits).where(eq(limits.key, key))
    return row?.count ?? 0
  },

  async refund(key: string): Promise<void> {
    await refund(db, key)
  },
})

// PostgreSQL would take a bare parameter beside small numbers for a 32-bit integer.
const milliseconds = (value: number) => sql`cast(${value} as bigint)`
