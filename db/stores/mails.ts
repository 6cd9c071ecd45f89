import { and, asc, eq, gt, inArray } from 'drizzle-orm'
import { type Database, must, unlessOrphaned } from '../client.ts'
import { accounts, events, limits, mails } from '../schema.ts'
import { formerAddressStore } from './former-addresses.ts'
import { type BudgetRule, chargeBudget } from './limits.ts'
import { insertLinks, type MailLinkRow } from './mail-links.ts'
import { queueOf } from './queue.ts'
import { recoveryMailStore } from './recoveries.ts'
import { type MailRow, queueMails } from './statements.ts'
import { tokenEndStore } from './token-ends.ts'

/** A notice for one of the mailboxes that hear about an event. */
type Copy = { link: MailLinkRow; mail: MailRow; budget: BudgetRule }

/** The queue of mails, and the events whose mails are still to be written. */
export const mailStore = ({ db, atomically, ...database }: Database) => ({
  formerAddressesOf: formerAddressStore({ db }).formerAddressesOf,
  ...queued({ db, atomically }),
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
})

function queued({ db, atomically }: Pick<Database, 'db' | 'atomically'>) {
  const queue = queueOf({ db, atomically }, mails)
  return {
    ...queue,
    /** One that is due and nobody owns. The caller owns it until `untilMs`. */
    async claim(nowMs: number, untilMs: number) {
      const id = await queue.claim(nowMs, untilMs)
      return id === undefined ? undefined : (await db.select().from(mails).where(eq(mails.id, id)))[0]
    },
  }
}

const due = (eventId: string) => and(eq(events.id, eventId), eq(events.notice, 'due'))
