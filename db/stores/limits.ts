import { and, eq, gt, inArray, type SQLWrapper, sql } from 'drizzle-orm'
import { type Database, type Db, must } from '../client.ts'
import { placeholders } from '../placeholders.ts'
import { preparedWrite } from '../prepared-writes.ts'
import { limits } from '../schema.ts'
import { refund } from './statements.ts'

export type BudgetRule = { key: string; most: number; windowMs: number }
type DelayRule = { key: string; from: number; most?: number; forgottenAfterMs: number }
type Rules = { budget?: BudgetRule | undefined; delay?: DelayRule | undefined }
type Delay = { first: number; most: number }
type Limit = typeof limits.$inferSelect

/** Attempts, counted in the database, so every process and every restart counts the same. `delay` is in milliseconds. */
export const limitStore = ({ db, atomically }: Database, delay: Delay) => ({
  /** Counts one attempt under both rules or under neither. Returns how many milliseconds to wait, 0 if it was counted. */
  async charge(rules: Rules, nowMs: number): Promise<number> {
    const charged = await atomically(
      (tx) => [
        ...(rules.budget ? [must(chargeBudget(tx, rules.budget, nowMs))] : []),
        ...(rules.delay ? [must(chargeDelay(tx, rules.delay, nowMs, delay))] : []),
      ],
      { durable: false }, // a power cut makes us forget very few attempts
    )
    return charged ? 0 : waitFor(db, rules, nowMs)
  },

  /** As if the attempt charged at `chargedAtMs` never happened. */
  async giveBack({ budget, delay: row }: Rules, chargedAtMs: number): Promise<void> {
    if (!budget && !row) return
    await atomically(
      (tx) => [
        ...(budget ? [refund(tx, { key: budget.key })] : []),
        ...(row ? [takeBack(tx, { key: row.key, from: row.from, ...steps(row, delay), chargedAt: chargedAtMs })] : []),
      ],
      { durable: false },
    )
  },

  async count(key: string): Promise<number> {
    const [row] = await db.select({ count: limits.count }).from(limits).where(eq(limits.key, key))
    return row?.count ?? 0
  },
})

/** A fixed window that opens with the first attempt. */
export const chargeBudget = (tx: Db, { key, most, windowMs }: BudgetRule, nowMs: number) =>
  countInWindow(tx, { key, most, now: nowMs, end: nowMs + windowMs })

/** The values for the statements below, with the types of the columns that they meet. */
const given = {
  ...{ key: limits.key, most: limits.count, now: limits.expiresAtMs, end: limits.expiresAtMs },
  ...{ from: limits.count, full: limits.count, first: limits.blockedUntilMs, last: limits.blockedUntilMs },
  chargedAt: limits.expiresAtMs,
}
const { key, most, now, end, chargedAt, ...step } = given
const later = placeholders(given)
const bigint = (number: number) => sql`cast(${number} as bigint)` // PostgreSQL would guess a smaller type
const present = bigint(later.now)
const isOver = sql`${limits.expiresAtMs} <= ${present}`

const countInWindow = preparedWrite('charge_budget', { key, most, now, end }, (tx) =>
  tx
    .insert(limits)
    .values({ key: later.key, count: 1, blockedUntilMs: 0, expiresAtMs: later.end })
    .onConflictDoUpdate({
      target: limits.key,
      set: {
        count: sql`case when ${isOver} then 1 else ${limits.count} + 1 end`,
        expiresAtMs: sql`case when ${isOver} then excluded.expires_at_ms else ${limits.expiresAtMs} end`,
      },
      setWhere: sql`${isOver} or ${limits.count} < ${bigint(later.most)}`,
    })
    .returning({ key: limits.key }),
)

/** One statement counts the attempt and sets the next wait. Its guard refuses. */
const chargeDelay = (tx: Db, { key, from, most, forgottenAfterMs }: DelayRule, nowMs: number, delay: Delay) =>
  countInRow(tx, {
    ...{ key, from, most: most ?? Number.MAX_SAFE_INTEGER, now: nowMs },
    end: Math.min(nowMs + forgottenAfterMs, Number.MAX_SAFE_INTEGER),
    ...steps({ from }, delay),
  })

/** From failure `from` on the wait is `first`, and doubles with each, until it is `last` at failure `full`. */
const steps = ({ from }: { from: number }, { first, most: last }: Delay) => ({
  ...{ first, last },
  full: from + Math.ceil(Math.log2(last / first)),
})

const failures = sql`case when ${isOver} then 1 else ${limits.count} + 1 end`
// The first delay doubles with each failure, by shifting left, which both databases can do.
const waitAfter = (many: SQLWrapper) => sql`case
  when ${many} < ${bigint(later.from)} then 0
  when ${many} >= ${bigint(later.full)} then ${bigint(later.last)}
  else ${bigint(later.first)} << cast((${many}) - ${bigint(later.from)} as integer) end`
const wait = waitAfter(failures)

const countInRow = preparedWrite('charge_delay', { key, most, now, end, ...step }, (tx) =>
  tx
    .insert(limits)
    .values({ key: later.key, count: 1, blockedUntilMs: 0, expiresAtMs: later.end })
    .onConflictDoUpdate({
      target: limits.key,
      set: { count: failures, blockedUntilMs: sql`${present} + ${wait}`, expiresAtMs: sql`excluded.expires_at_ms` },
      setWhere: sql`${isOver} or (${limits.blockedUntilMs} <= ${present} and ${limits.count} < ${bigint(later.most)})`,
    })
    .returning({ key: limits.key }),
)

/** Also removes the wait, if too few attempts are left for one or if this attempt began it. Another attempt's wait stays. */
const takeBack = preparedWrite('take_back_attempt', { key, chargedAt, ...step }, (tx) =>
  tx
    .update(limits)
    .set({
      count: sql`${limits.count} - 1`,
      blockedUntilMs: sql`case
        when ${limits.count} <= ${bigint(later.from)} then 0
        when ${limits.blockedUntilMs} = ${bigint(later.chargedAt)} + ${waitAfter(limits.count)} then 0
        else ${limits.blockedUntilMs} end`,
    })
    .where(and(eq(limits.key, later.key), gt(limits.count, 0))),
)

async function waitFor(db: Db, { budget, delay }: Rules, nowMs: number): Promise<number> {
  const keys = [budget, delay].flatMap((rule) => (rule ? [rule.key] : []))
  const rows = new Map((await db.select().from(limits).where(inArray(limits.key, keys))).map((row) => [row.key, row]))
  // At least a moment, even if the reason is gone: the attempt wasn't counted, and can be repeated.
  return Math.max(1, budgetWait(budget, rows, nowMs), delayWait(delay, rows, nowMs))
}

function budgetWait(rule: BudgetRule | undefined, rows: Map<string, Limit>, nowMs: number): number {
  const row = rule && rows.get(rule.key)
  return row && row.count >= rule.most ? row.expiresAtMs - nowMs : 0
}

function delayWait(rule: DelayRule | undefined, rows: Map<string, Limit>, nowMs: number): number {
  const row = rule && rows.get(rule.key)
  if (!row) return 0
  return rule.most !== undefined && row.count >= rule.most ? Number.POSITIVE_INFINITY : row.blockedUntilMs - nowMs
}
