import { and, asc, eq, gt, ne } from 'drizzle-orm'
import { type Database, must } from '../client.ts'
import { accessTokens, accounts, pendingSignIns, sessions } from '../schema.ts'
import { keptForNobodyElse } from './former-addresses.ts'
import { insertNewestLink, type MailLinkRow } from './mail-links.ts'
import { leavesAnOperator, lockOperators } from './owners.ts'
import {
  closeAccount,
  dropLinks,
  dropRecovery,
  type EventRow,
  forgetTrustedBrowsers,
  insertEvents,
  type MailRow,
  queueMails,
} from './statements.ts'
import { usernameKeptForNobodyElse } from './usernames.ts'

type NewAccount = typeof accounts.$inferInsert & { id: number }
type SignOut = { accountId: number; at: Date; event: EventRow; frozen: EventRow }

/** What operators do to accounts. */
export const operatorStore = ({ db, atomically }: Database) => ({
  makeAccount: ({
    account,
    link,
    mail,
    events,
  }: {
    account: NewAccount
    link: MailLinkRow
    mail: MailRow
    events: EventRow[]
  }) =>
    atomically((tx) => [
      must(tx.insert(accounts).values(account).onConflictDoNothing().returning({ id: accounts.id })),
      keptForNobodyElse(tx, { accountId: account.id, email: account.email, now: account.createdAt }),
      usernameKeptForNobodyElse(tx, {
        accountId: account.id,
        usernameLook: account.usernameLook,
        now: account.createdAt,
      }),
      ...insertNewestLink(tx, link),
      insertEvents(tx, ...events),
      queueMails(tx, mail),
    ]),

  makeOperator: ({ accountId, event }: { accountId: number; event: EventRow }) =>
    atomically((tx) => [
      must(
        tx
          .update(accounts)
          .set({ role: 'operator' })
          .where(and(eq(accounts.id, accountId), ne(accounts.role, 'operator')))
          .returning({ id: accounts.id }),
      ),
      insertEvents(tx, event),
    ]),

  makeMember: ({ accountId, event }: { accountId: number; event: EventRow }) =>
    atomically((tx) => [
      lockOperators(tx),
      must(
        tx
          .update(accounts)
          .set({ role: 'member' })
          .where(and(eq(accounts.id, accountId), eq(accounts.role, 'operator'), leavesAnOperator(accountId)))
          .returning({ id: accounts.id }),
      ),
      insertEvents(tx, event),
    ]),

  async signOutAccount({ accountId, at, event, frozen }: SignOut): Promise<boolean> {
    const close = (wasFrozen: boolean) =>
      atomically((tx) => [
        closeAccount(tx, accountId, { wasFrozen, at }),
        tx.delete(pendingSignIns).where(eq(pendingSignIns.accountId, accountId)),
        tx.delete(sessions).where(eq(sessions.accountId, accountId)),
        ...dropRecovery(tx, accountId),
        forgetTrustedBrowsers(tx, accountId),
        dropLinks(tx, accountId, ['change_email']),
        insertEvents(tx, event, ...(wasFrozen ? [] : [frozen])),
      ])
    return (await close(false)) || (await close(true))
  },

  tokensAfter: async ({ accountId, after, atMost }: { accountId: number | undefined; after: string; atMost: number }) =>
    await db
      .select({
        id: accessTokens.id,
        email: accounts.email,
        description: accessTokens.description,
        scopes: accessTokens.scopes,
        createdAt: accessTokens.createdAt,
        expiresAt: accessTokens.expiresAt,
        lastUsedAt: accessTokens.lastUsedAt,
      })
      .from(accessTokens)
      .innerJoin(accounts, eq(accounts.id, accessTokens.accountId))
      .where(
        and(gt(accessTokens.id, after), accountId === undefined ? undefined : eq(accessTokens.accountId, accountId)),
      )
      .orderBy(asc(accessTokens.id))
      .limit(atMost),

  async tokenById(id: string) {
    const [token] = await db
      .select({ accountId: accessTokens.accountId, email: accounts.email, description: accessTokens.description })
      .from(accessTokens)
      .innerJoin(accounts, eq(accounts.id, accessTokens.accountId))
      .where(eq(accessTokens.id, id))
    return token
  },

  revokeToken: ({ id, event }: { id: string; event: EventRow }) =>
    atomically((tx) => [
      must(tx.delete(accessTokens).where(eq(accessTokens.id, id)).returning({ id: accessTokens.id })),
      insertEvents(tx, event),
    ]),
})
