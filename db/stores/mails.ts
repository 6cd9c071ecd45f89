import { and, asc, eq, gt, inArray, lte } from 'drizzle-orm'
import { type Database, must, unlessOrphaned } from '../client.ts'
import { accounts, events, limits, mails } from '../schema.ts'
import { formerAddressStore } from './former-addresses.ts'
import { type BudgetRule, chargeBudget } from './limits.ts'
import { insertLinks, type MailLinkRow } from './mail-links.ts'
import { recoveryMailStore } from './recoveries.ts'
import { type MailRow, queueMails } from './statements.ts'
import { tokenEndStore } from './token-ends.ts'

/** A notice for one of the mailboxes that hear about an event. */
type Copy = { link: MailLinkRow; mail: MailRow; budget: BudgetRule }

const LOOKED_AT = 20 // at a time: more than claim at once, so each finds one

/** The queue of mails, and the events whose mails are still to be written. */
export const mailStore = ({ db, atomically, ...database }: Database) => ({
  formerAddressesOf: formerAddressStore({ db }).formerAddressesOf,
  ...tokenEndStore({ db, atomically, ...database }),
  ...recoveryMailStore({ db, atomically, ...database }),

  dueNotices: async (limit: number) =>
    await db
      .select({
        id: events.id,
        account: { id: accounts.id, email: accounts.email, emailConfirmedAt: accounts.emailConfirmedAt },
        kind: events.kind,
        subject: events.subject,
        at: events.at,
        actor: events.actor,
        reason: events.reason,
        address: events.address,
        browser: events.browser,
        system: events.system,
      })
      .from(events)
      .leftJoin(accounts, eq(accounts.id, events.accountId))
      .where(eq(events.notice, 'due'))
      .orderBy(asc(events.at), asc(events.id))
      .limit(limit),

  /** Charges the budgets in the same transaction. Otherwise two mails about one account could both be the first of the hour. */
  queueNotice: ({ eventId, copies, nowMs }: { eventId: string; copies: Copy[]; nowMs: number }) =>
    unlessOrphaned(
      atomically((tx) => [
        must(tx.update(events).set({ notice: null }).where(due(eventId)).returning({ id: events.id })),
        insertLinks(
          tx,
          copies.map(({ link }) => link),
        ),
        ...copies.map(({ budget }) => must(chargeBudget(tx, budget, nowMs))),
        queueMails(tx, ...copies.map(({ mail }) => mail)),
      ]),
    ),

  /** The keys of the budgets with nothing left. */
  async spentBudgets(budgets: BudgetRule[], nowMs: number): Promise<Set<string>> {
    const keys = budgets.map(({ key }) => key)
    const rows = await db
      .select({ key: limits.key, count: limits.count })
      .from(limits)
      .where(and(inArray(limits.key, keys), gt(limits.expiresAtMs, nowMs)))
    const counts = new Map(rows.map(({ key, count }) => [key, count]))
    return new Set(budgets.filter(({ key, most }) => (counts.get(key) ?? 0) >= most).map(({ key }) => key))
  },

  async dropNotice(eventId: string): Promise<void> {
    await atomically((tx) => [tx.update(events).set({ notice: null }).where(due(eventId))])
  },

  /** The UPDATE is the claim: its guard gives the row to one process, however many looked at it. */
  async claim(nowMs: number, untilMs: number) {
    const free = and(lte(mails.nextAttemptAtMs, nowMs), lte(mails.claimedUntilMs, nowMs))
    const next = db
      .select({ id: mails.id })
      .from(mails)
      .where(free)
      .orderBy(asc(mails.nextAttemptAtMs))
      .limit(LOOKED_AT)
    for (const { id } of await next) {
      const claimed = await atomically((tx) => [
        must(
          tx
            .update(mails)
            .set({ claimedUntilMs: untilMs })
            .where(and(eq(mails.id, id), free))
            .returning({ id: mails.id }),
        ),
      ])
      if (claimed) return (await db.select().from(mails).where(eq(mails.id, id)))[0]
    }
    return undefined
  },

  async remove(id: string): Promise<void> {
    await atomically((tx) => [tx.delete(mails).where(eq(mails.id, id))])
  },

  /** Unless the claim ran out and another has the mail. */
  async postpone({
    id,
    claimedUntilMs,
    ...next
  }: {
    id: string
    claimedUntilMs: number
    attempts: number
    nextAttemptAtMs: number
    lastError: string
    lastReply: number | null
  }): Promise<void> {
    const own = and(eq(mails.id, id), eq(mails.claimedUntilMs, claimedUntilMs))
    await atomically((tx) => [
      tx
        .update(mails)
        .set({ ...next, claimedUntilMs: 0 })
        .where(own),
    ])
  },
})

const due = (eventId: string) => and(eq(events.id, eventId), eq(events.notice, 'due'))
