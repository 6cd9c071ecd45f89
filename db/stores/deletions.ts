import { and, asc, eq, gt, isNotNull, isNull, like, lt, lte, not, or, sql } from 'drizzle-orm'
import { type Database, type Db, must } from '../client.ts'
import {
  accessTokens,
  accounts,
  factors,
  formerUsernames,
  invitations,
  knownBrowsers,
  limits,
  mailLinks,
  recoveryCodes,
  rescues,
} from '../schema.ts'
import { erasePerson } from './event-chain.ts'
import { insertNewestLink, type MailLinkRow, mailLinkStore, useLink } from './mail-links.ts'
import { leavesAnOperator, lockOperators } from './owners.ts'
import {
  dropLinks,
  type EventRow,
  endEverything,
  type Forgiven,
  forgive,
  forgiveAll,
  insertEvents,
  type MailRow,
  queueMails,
} from './statements.ts'
import { keepUsername } from './usernames.ts'

type Request = {
  accountId: number
  securityVersion: number
  deleteAt: Date
  link: MailLinkRow | undefined
  mails: MailRow[]
  event: EventRow
  forgiven: Forgiven
}
type Removal = {
  account: { id: number; email: string; usernameLook: string }
  /** Only if it is due by then; undefined: whether or not it is. */
  dueBy: Date | undefined
  usernameKeptUntil: Date
  /** Keys of the limits that count what is done with the account, in full or by their beginning. */
  counted: { keys: string[]; beginning: string; mails: string }
  mails: MailRow[]
  event: EventRow
}

/** Deletion of accounts: asked for by their owners, undone, or done. */
export const deletionStore = (database: Database) => ({
  findLink: mailLinkStore(database).findLink,

  async deletionOf(accountId: number) {
    const [account] = await database.db
      .select({ email: accounts.email, deleteAt: accounts.deleteAt })
      .from(accounts)
      .where(and(eq(accounts.id, accountId), isNotNull(accounts.deleteAt)))
    return account?.deleteAt ? { email: account.email, deleteAt: account.deleteAt } : undefined
  },

  async isLastOperator(accountId: number): Promise<boolean> {
    const spared = leavesAnOperator(accountId)
    const found = await database.db
      .select({ id: accounts.id })
      .from(accounts)
      .where(and(eq(accounts.id, accountId), spared && not(spared)))
    return found.length > 0
  },

  requestDeletion: ({ accountId, securityVersion, deleteAt, link, mails, event, forgiven }: Request) =>
    database.atomically((tx) => [
      lockOperators(tx),
      must(
        tx
          .update(accounts)
          .set({ deleteAt, securityVersion: securityVersion + 1 })
          .where(
            and(eq(accounts.id, accountId), eq(accounts.securityVersion, securityVersion), leavesAnOperator(accountId)),
          )
          .returning({ id: accounts.id }),
      ),
      ...endEverything(tx, accountId),
      ...(link ? insertNewestLink(tx, link) : [dropLinks(tx, accountId, ['keep_account'])]),
      insertEvents(tx, event),
      ...(mails.length > 0 ? [queueMails(tx, ...mails)] : []),
      ...forgive(tx, forgiven),
    ]),

  /** False if the link was used, or the account is gone or stays already. */
  undoDeletion: ({
    accountId,
    tokenHash,
    now,
    event,
  }: {
    accountId: number
    tokenHash: string
    now: Date
    event: EventRow
  }) =>
    database.atomically((tx) => [
      must(
        tx
          .update(accounts)
          .set({ deleteAt: null })
          .where(and(eq(accounts.id, accountId), isNotNull(accounts.deleteAt)))
          .returning({ id: accounts.id }),
      ),
      useLink(tx, { tokenHash, purpose: 'keep_account', now }),
      insertEvents(tx, event),
    ]),

  /** The longest due first. */
  dueDeletions: async (dueBy: Date, atMost: number) =>
    await database.db
      .select({
        id: accounts.id,
        email: accounts.email,
        emailConfirmedAt: accounts.emailConfirmedAt,
        username: accounts.username,
      })
      .from(accounts)
      .where(lte(accounts.deleteAt, dueBy))
      .orderBy(asc(accounts.deleteAt))
      .limit(atMost),

  /** Due after `now` and by `dueBy`, whose owners have had no mail since `mailedBefore`. */
  nearDeletions: async ({ now, dueBy, mailedBefore }: { now: Date; dueBy: Date; mailedBefore: Date }, atMost: number) =>
    await database.db
      .select({
        accountId: accounts.id,
        email: accounts.email,
        deleteAt: accounts.deleteAt,
        tokenHash: mailLinks.tokenHash,
      })
      .from(accounts)
      .innerJoin(mailLinks, and(eq(mailLinks.accountId, accounts.id), eq(mailLinks.purpose, 'keep_account')))
      .where(
        and(
          gt(accounts.deleteAt, now),
          lte(accounts.deleteAt, dueBy),
          lt(mailLinks.createdAt, mailedBefore),
          isNull(accounts.suspendedAt),
        ),
      )
      .orderBy(asc(accounts.deleteAt))
      .limit(atMost),

  /** In the place of the link that went out before. False if that was used or replaced. */
  remindOfDeletion: ({ former, link, mail }: { former: string; link: MailLinkRow; mail: MailRow }) =>
    database.atomically((tx) => [
      must(
        tx
          .update(accounts)
          .set({ deleteAt: sql`${accounts.deleteAt}` }) // the same value, because only the row's lock counts
          .where(and(eq(accounts.id, link.accountId), isNotNull(accounts.deleteAt)))
          .returning({ id: accounts.id }),
      ),
      must(tx.delete(mailLinks).where(eq(mailLinks.tokenHash, former)).returning({ tokenHash: mailLinks.tokenHash })),
      ...insertNewestLink(tx, link),
      queueMails(tx, mail),
    ]),

  /** All of it or nothing. False if it isn't due any longer, is gone, has another address, or is the last operator's. */
  removeAccount: (removal: Removal) => database.atomically((tx) => removeAccount(tx, removal)),
})

/** Part of a sign-in: the account stays. After the account's row is locked. */
export const accountStays = (tx: Db, event: EventRow) => [
  tx.update(accounts).set({ deleteAt: null }).where(eq(accounts.id, event.accountId)),
  dropLinks(tx, event.accountId, ['keep_account']),
  insertEvents(tx, event),
]

/** What others wait for goes first, in the order of statements.ts; the account's own row takes the rest along. */
const removeAccount = (
  tx: Db,
  { account: { id, email, usernameLook }, dueBy, usernameKeptUntil, counted, mails, event }: Removal,
) => [
  lockOperators(tx),
  must(
    tx
      .update(accounts)
      .set({ securityVersion: sql`${accounts.securityVersion} + 1` })
      .where(
        and(
          eq(accounts.id, id),
          eq(accounts.email, email),
          dueBy && lte(accounts.deleteAt, dueBy),
          leavesAnOperator(id),
        ),
      )
      .returning({ id: accounts.id }),
  ),
  ...endEverything(tx, id),
  ...[knownBrowsers, factors, recoveryCodes, accessTokens, mailLinks].map((table) =>
    tx.delete(table).where(eq(table.accountId, id)),
  ),
  insertEvents(tx, event),
  ...erasePerson(tx, id),
  ...forgetElsewhere(tx, { id, email }),
  ...keepUsername(tx, { accountId: null, usernameLook, keptUntil: usernameKeptUntil }),
  tx.delete(accounts).where(eq(accounts.id, id)),
  ...forgetCounts(tx, counted),
  ...(mails.length > 0 ? [queueMails(tx, ...mails)] : []),
]

/** Rows of others, or of nobody, that name the account. */
const forgetElsewhere = (tx: Db, { id, email }: { id: number; email: string }) => [
  tx.delete(invitations).where(or(eq(invitations.usedBy, id), eq(invitations.email, email))),
  tx.update(invitations).set({ invitedBy: null }).where(eq(invitations.invitedBy, id)),
  tx.delete(rescues).where(eq(rescues.askedBy, id)),
  tx.update(formerUsernames).set({ accountId: null }).where(eq(formerUsernames.accountId, id)),
]

const forgetCounts = (tx: Db, { keys, beginning, mails }: Removal['counted']) => [
  forgiveAll(tx, beginning),
  ...keys.map((key) => tx.delete(limits).where(eq(limits.key, key))),
  tx
    .delete(limits)
    .where(
      and(
        gt(limits.key, 'mails:'),
        lt(limits.key, 'mails;'),
        or(like(limits.key, `%:${mails}`), like(limits.key, `%:${mails}:%`)),
      ),
    ),
]
