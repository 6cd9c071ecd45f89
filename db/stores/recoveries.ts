import { and, asc, eq, gt, lte, sql } from 'drizzle-orm'
import { type Database, type Db, must } from '../client.ts'
import { accounts, pendingSignIns, recoveries, sessions } from '../schema.ts'
import { accountStays } from './deletions.ts'
import { insertLinks, insertNewestLink, type MailLinkRow, mailLinkStore, useLink } from './mail-links.ts'
import {
  accountUnchanged,
  beginSession,
  dropRecovery,
  type EventRow,
  type Forgiven,
  forgive,
  insertEvents,
  lockAccount,
  type MailRow,
  queueMails,
  recoveryOpensAt,
  type SessionRow,
} from './statements.ts'

type Recovery = typeof recoveries.$inferInsert & { accountId: number }
type Asking = { securityVersion: number; link: MailLinkRow; mail: MailRow; event: EventRow; forgiven: Forgiven }
/** `over`: what opened by then has ended. */
type Times = { now: Date; over: Date }
type Beginning = Times & { securityVersion: number; tokenHash: string; recovery: Recovery; event: EventRow }
type Stopping = Times & { accountId: number; tokenHash: string | undefined; event: EventRow }
type Opening = Times & {
  pendingHash: string
  securityVersion: number
  session: SessionRow
  event: EventRow
  stays: EventRow | undefined
}

/** "I've lost everything": from the password to the session that can only set up. */
export const recoveryStore = ({ db, atomically, ...database }: Database) => ({
  findLink: mailLinkStore({ db, atomically, ...database }).findLink,

  async recoveringOwner(accountId: number) {
    const [owner] = await db
      .select({
        email: accounts.email,
        passwordHash: accounts.passwordHash,
        emailChangedAt: accounts.emailChangedAt,
        suspendedAt: accounts.suspendedAt,
        endsAt: accounts.endsAt,
        recoveryOpensAt,
      })
      .from(accounts)
      .where(eq(accounts.id, accountId))
    return owner
  },

  askForRecovery: ({ securityVersion, link, mail, event, forgiven }: Asking) =>
    atomically((tx) => [
      accountUnchanged(tx, link.accountId, securityVersion),
      ...insertNewestLink(tx, link),
      ...forgive(tx, forgiven),
      insertEvents(tx, event),
      queueMails(tx, mail),
    ]),

  /** The link was read in the account's mailbox, which confirms its address. */
  beginRecovery: ({ securityVersion, tokenHash, recovery, now, over, event }: Beginning) =>
    atomically((tx) => [
      accountUnchanged(tx, recovery.accountId, securityVersion),
      tx
        .update(accounts)
        .set({
          emailConfirmedAt: sql`coalesce(${accounts.emailConfirmedAt}, ${sql.param(now, accounts.emailConfirmedAt)})`,
        })
        .where(eq(accounts.id, recovery.accountId)),
      tx.delete(recoveries).where(and(eq(recoveries.accountId, recovery.accountId), lte(recoveries.opensAt, over))),
      must(tx.insert(recoveries).values(recovery).onConflictDoNothing().returning({ accountId: recoveries.accountId })),
      useLink(tx, { tokenHash, purpose: 'lost_everything', now }),
      insertEvents(tx, event),
    ]),

  /** Ends a set-up that it has opened, too. `tokenHash`: by a link, which is used up. */
  stopRecovery: ({ accountId, tokenHash, now, over, event }: Stopping) =>
    atomically((tx) => [
      lockAccount(tx, accountId),
      must(
        tx
          .select({ accountId: recoveries.accountId })
          .from(recoveries)
          .where(and(eq(recoveries.accountId, accountId), gt(recoveries.opensAt, over))),
      ),
      ...(tokenHash === undefined ? [] : [useLink(tx, { tokenHash, purpose: 'stop_recovery', now })]),
      ...endRecovery(tx, accountId),
      insertEvents(tx, event),
    ]),

  /** In the place of an earlier such session. What it waited for stays until the set-up is finished, so a lost session costs no second wait. */
  openRecovery: ({ pendingHash, securityVersion, now, over, session, event, stays }: Opening) =>
    atomically((tx) => [
      accountUnchanged(tx, session.accountId, securityVersion),
      must(
        tx
          .delete(pendingSignIns)
          .where(eq(pendingSignIns.tokenHash, pendingHash))
          .returning({ tokenHash: pendingSignIns.tokenHash }),
      ),
      must(
        tx
          .select({ accountId: recoveries.accountId })
          .from(recoveries)
          .where(
            and(
              eq(recoveries.accountId, session.accountId),
              lte(recoveries.opensAt, now),
              gt(recoveries.opensAt, over),
            ),
          ),
      ),
      endRecoveredSessions(tx, session.accountId),
      ...beginSession(tx, session),
      insertEvents(tx, event),
      ...(stays ? accountStays(tx, stays) : []),
    ]),
})

/** With the set-up that it has opened. */
export const endRecovery = (tx: Db, accountId: number) => [
  endRecoveredSessions(tx, accountId),
  ...dropRecovery(tx, accountId),
]

const endRecoveredSessions = (tx: Db, accountId: number) =>
  tx.delete(sessions).where(and(eq(sessions.accountId, accountId), eq(sessions.method, 'delayed_recovery')))

/** Goes on for one caller: who finishes the set-up that the wait has opened. */
export const useRecovery = (tx: Db, accountId: number, { now, over }: Times) =>
  must(
    tx
      .delete(recoveries)
      .where(and(eq(recoveries.accountId, accountId), lte(recoveries.opensAt, now), gt(recoveries.opensAt, over)))
      .returning({ accountId: recoveries.accountId }),
  )

type Due = { accountId: number; mailAt: Date }

/** Mails about waits, which are due at a time in the row. */
export const recoveryMailStore = ({ db, atomically }: Database) => ({
  dueRecoveryMails: async (now: Date, limit: number) =>
    await db
      .select({
        accountId: accounts.id,
        email: accounts.email,
        suspendedAt: accounts.suspendedAt,
        endsAt: accounts.endsAt,
        begunAt: recoveries.begunAt,
        opensAt: recoveries.opensAt,
        mailAt: recoveries.mailAt,
        address: recoveries.address,
        browser: recoveries.browser,
        system: recoveries.system,
      })
      .from(recoveries)
      .innerJoin(accounts, eq(accounts.id, recoveries.accountId))
      .where(lte(recoveries.mailAt, now))
      .orderBy(asc(recoveries.mailAt))
      .limit(limit),

  /** The UPDATE decides: its guard gives the mail to one process. */
  passRecoveryMail: ({
    recovery: { accountId, mailAt },
    next,
    told,
  }: {
    recovery: Due
    next: Date | null
    told: { link: MailLinkRow; mail: MailRow } | undefined
  }) =>
    atomically((tx) => [
      must(
        tx
          .update(recoveries)
          .set({ mailAt: next })
          .where(and(eq(recoveries.accountId, accountId), eq(recoveries.mailAt, mailAt)))
          .returning({ accountId: recoveries.accountId }),
      ),
      ...(told ? [insertLinks(tx, [told.link]), queueMails(tx, told.mail)] : []),
    ]),
})
