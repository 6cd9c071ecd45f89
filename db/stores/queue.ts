import { and, asc, eq, lte } from 'drizzle-orm'
import { type Database, must } from '../client.ts'
import type { mails, openidSignOuts } from '../schema.ts'

const LOOKED_AT = 20 // at a time: more than claim at once, so each finds one

type Queue = typeof mails | typeof openidSignOuts
type Postponed = { id: string; claimedUntilMs: number; attempts: number; nextAttemptAtMs: number }
/** Of a mail alone. */
type WhyNot = { lastError?: string; lastReply?: number | null }

/** Rows that wait for somebody to send them: each belongs to one process at a time, until it is sent or its claim has run out. */
export const queueOf = ({ db, atomically }: Pick<Database, 'db' | 'atomically'>, rows: Queue) => ({
  /**
   * The id of one that is due and nobody owns. The caller owns it until `untilMs`. The UPDATE is the claim: its guard gives the row to one
   * process, however many looked at it.
   */
  async claim(nowMs: number, untilMs: number): Promise<string | undefined> {
    const free = and(lte(rows.nextAttemptAtMs, nowMs), lte(rows.claimedUntilMs, nowMs))
    const next = db.select({ id: rows.id }).from(rows).where(free).orderBy(asc(rows.nextAttemptAtMs)).limit(LOOKED_AT)
    for (const { id } of await next) {
      const claimed = await atomically((tx) => [
        must(
          tx
            .update(rows)
            .set({ claimedUntilMs: untilMs })
            .where(and(eq(rows.id, id), free))
            .returning({ id: rows.id }),
        ),
      ])
      if (claimed) return id
    }
    return undefined
  },

  async remove(id: string): Promise<void> {
    await atomically((tx) => [tx.delete(rows).where(eq(rows.id, id))])
  },

  /** Unless the claim ran out and another has it. */
  async postpone({ id, claimedUntilMs, ...next }: Postponed & WhyNot): Promise<void> {
    const own = and(eq(rows.id, id), eq(rows.claimedUntilMs, claimedUntilMs))
    await atomically((tx) => [
      tx
        .update(rows)
        .set({ ...next, claimedUntilMs: 0 })
        .where(own),
    ])
  },
})
