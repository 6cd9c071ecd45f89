import { and, eq } from 'drizzle-orm'
import { type Database, must } from '../client.ts'
import { accounts } from '../schema.ts'
import { keptForNobodyElse } from './former-addresses.ts'
import { useInvitation } from './invitations.ts'
import { insertNewestLink, type MailLinkRow } from './mail-links.ts'
import {
  accountUnchanged,
  beginSession,
  dropLinks,
  type EventRow,
  endEverythingElse,
  type Forgiven,
  forgetOtherBrowsers,
  forgive,
  insertEvents,
  type KnownBrowserRow,
  type MailRow,
  newSecurityVersion,
  queueMails,
  type Renewal,
  rememberBrowser,
  renewSession,
  type SessionRow,
} from './statements.ts'
import { usernameKeptForNobodyElse } from './usernames.ts'

type NewAccount = typeof accounts.$inferInsert & { id: number }
type PasswordChange = {
  accountId: number
  securityVersion: number
  passwordHash: string
  at: Date
  knownBy: string[]
  renewal: Renewal
  event: EventRow
  forgiven: Forgiven
}

export const accountStore = ({ db, atomically }: Database) => ({
  signUp: ({
    account,
    invitation,
    session,
    confirmation,
    events,
    known,
  }: {
    account: NewAccount
    invitation: { id: string } | undefined
    session: SessionRow | undefined
    confirmation: { link: MailLinkRow; mail: MailRow } | undefined
    events: EventRow[]
    known: KnownBrowserRow | undefined
  }) =>
    atomically((tx) => [
      must(
        tx
          .insert(accounts)
          .values(account)
          .onConflictDoNothing() // another account has the address, or the username
          .returning({ id: accounts.id }),
      ),
      keptForNobodyElse(tx, { accountId: account.id, email: account.email, now: account.createdAt }),
      usernameKeptForNobodyElse(tx, {
        accountId: account.id,
        usernameLook: account.usernameLook,
        now: account.createdAt,
      }),
      ...(invitation
        ? useInvitation(tx, { ...invitation, accountId: account.id, email: account.email, now: account.createdAt })
        : []),
      ...(session ? beginSession(tx, session) : []),
      ...(known ? [rememberBrowser(tx, known)] : []),
      ...(confirmation ? insertNewestLink(tx, confirmation.link) : []),
      insertEvents(tx, ...events),
      ...(confirmation ? [queueMails(tx, confirmation.mail)] : []),
    ]),

  async passwordHash(accountId: number): Promise<string | undefined> {
    const [row] = await db
      .select({ passwordHash: accounts.passwordHash })
      .from(accounts)
      .where(eq(accounts.id, accountId))
    return row?.passwordHash
  },

  changePassword: ({
    accountId,
    securityVersion,
    passwordHash,
    at,
    knownBy,
    renewal,
    event,
    forgiven,
  }: PasswordChange) =>
    atomically((tx) => [
      newSecurityVersion(tx, accountId, securityVersion),
      tx.update(accounts).set({ passwordHash, passwordChangedAt: at }).where(eq(accounts.id, accountId)),
      renewSession(tx, renewal),
      ...endEverythingElse(tx, accountId, renewal.sessionId),
      forgetOtherBrowsers(tx, accountId, knownBy),
      dropLinks(tx, accountId, ['reset_password', 'change_email']),
      insertEvents(tx, event),
      ...forgive(tx, forgiven),
    ]),

  /** False if the account or the session changed meanwhile. */
  passwordTyped: ({
    accountId,
    securityVersion,
    renewal,
    at,
    event,
    forgiven,
  }: Omit<PasswordChange, 'passwordHash' | 'knownBy'>) =>
    atomically((tx) => [
      accountUnchanged(tx, accountId, securityVersion),
      renewSession(tx, renewal, { passwordAt: at }),
      insertEvents(tx, event),
      ...forgive(tx, forgiven),
    ]),

  /** The same password with stronger settings, unless it was changed meanwhile. */
  async rehash({ accountId, from, to }: { accountId: number; from: string; to: string }): Promise<void> {
    const unchanged = and(eq(accounts.id, accountId), eq(accounts.passwordHash, from))
    await atomically((tx) => [tx.update(accounts).set({ passwordHash: to }).where(unchanged)])
  },
})
