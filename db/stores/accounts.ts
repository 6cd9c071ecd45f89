import { and, eq } from 'drizzle-orm'
import { type Database, must } from '../client.ts'
import { accounts } from '../schema.ts'
import {
  type EventRow,
  endEverythingElse,
  type Forgiven,
  forgive,
  insertEvents,
  insertSession,
  type KnownBrowserRow,
  newSecurityVersion,
  type Renewal,
  rememberBrowser,
  renewSession,
  type SessionRow,
} from './statements.ts'

type NewAccount = typeof accounts.$inferInsert
type PasswordChange = {
  accountId: number
  securityVersion: number
  passwordHash: string
  at: Date
  renewal: Renewal
  event: EventRow
  forgiven: Forgiven
}

export const accountStore = ({ db, atomically }: Database) => ({
  signUp: ({
    account,
    session,
    events,
    forgiven,
    known,
  }: {
    account: NewAccount
    session: SessionRow
    events: EventRow[]
    forgiven: Forgiven
    known: KnownBrowserRow
  }) =>
    atomically((tx) => [
      must(tx.insert(accounts).values(account).onConflictDoNothing().returning({ id: accounts.id })),
      insertSession(tx, session),
      rememberBrowser(tx, known),
      insertEvents(tx, ...events),
      ...forgive(tx, forgiven),
    ]),

  async passwordHash(accountId: number): Promise<string | undefined> {
    const [row] = await db
      .select({ passwordHash: accounts.passwordHash })
      .from(accounts)
      .where(eq(accounts.id, accountId))
    return row?.passwordHash
  },

  changePassword: ({ accountId, securityVersion, passwordHash, at, renewal, event, forgiven }: PasswordChange) =>
    atomically((tx) => [
      newSecurityVersion(tx, accountId, securityVersion),
      tx.update(accounts).set({ passwordHash, passwordChangedAt: at }).where(eq(accounts.id, accountId)),
      renewSession(tx, renewal),
      ...endEverythingElse(tx, accountId, renewal.sessionId),
      insertEvents(tx, event),
      ...forgive(tx, forgiven),
    ]),

  /** The same password under stronger settings, unless it was changed meanwhile. */
  async rehash({ accountId, from, to }: { accountId: number; from: string; to: string }): Promise<void> {
    await db
      .update(accounts)
      .set({ passwordHash: to })
      .where(and(eq(accounts.id, accountId), eq(accounts.passwordHash, from)))
  },
})
