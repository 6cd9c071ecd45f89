import { and, eq, isNull, sql } from 'drizzle-orm'
import { type Database, type Db, isDuplicate, must } from '../client.ts'
import { accessTokens, accounts, events, factors, knownBrowsers, recoveryCodes } from '../schema.ts'
import { insertNewestLink, type MailLinkRow, mailLinkStore, useLink } from './mail-links.ts'
import {
  dropLinks,
  type EventRow,
  endEverything,
  type Forgiven,
  forgive,
  insertEvents,
  type MailRow,
  newSecurityVersion,
  queueMails,
} from './statements.ts'

type Undoing =
  | { what: 'email'; previousEmail: string }
  | { what: 'token'; id: string }
  | { what: 'second_factor' | 'authenticator'; factorId: string }

type Securing = {
  accountId: number
  securityVersion: number
  changes: number
  wasFrozen: boolean
  tokenHash: string
  undoing: Undoing | undefined
  events: EventRow[]
  reset: MailLinkRow
  mail: MailRow
  forgiven: Forgiven
  now: Date
}

/** "This was not me": what the page says of the account, and the one transaction behind its button. */
export const notMeStore = (database: Database) => ({
  findLink: mailLinkStore(database).findLink,

  async accountNow(accountId: number) {
    const { db } = database
    const [account] = await db
      .select({
        email: accounts.email,
        securityVersion: accounts.securityVersion,
        tokensFrozenAt: accounts.tokensFrozenAt,
      })
      .from(accounts)
      .where(eq(accounts.id, accountId))
    if (!account) return undefined
    const active = await db
      .select({ id: factors.id, addedAt: factors.addedAt })
      .from(factors)
      .where(eq(factors.accountId, accountId))
    const tokens = await db
      .select({ id: accessTokens.id })
      .from(accessTokens)
      .where(eq(accessTokens.accountId, accountId))
    return { ...account, factors: active, tokenIds: tokens.map(({ id }) => id) }
  },

  async isTaken(email: string): Promise<boolean> {
    const found = await database.db.select({ id: accounts.id }).from(accounts).where(eq(accounts.email, email))
    return found.length > 0
  },

  async eventOf(accountId: number, id: string) {
    const [event] = await database.db
      .select({ at: events.at, address: events.address, browser: events.browser })
      .from(events)
      .where(and(eq(events.accountId, accountId), eq(events.id, id)))
    return event
  },

  async secure(securing: Securing): Promise<boolean> {
    try {
      return await database.atomically((tx) => secure(tx, securing))
    } catch (error) {
      if (isDuplicate(error)) return false // somebody took the address before in this very moment
      throw error
    }
  },
})

const secure = (tx: Db, { accountId, securityVersion, changes, wasFrozen, tokenHash, undoing, ...of }: Securing) => [
  ...Array.from({ length: changes }, (_, step) => newSecurityVersion(tx, accountId, securityVersion + step)),
  ...(wasFrozen ? [] : [freeze(tx, accountId, of.now)]),
  ...(undoing?.what === 'email' ? [restoreEmail(tx, accountId, undoing.previousEmail, of.now)] : []),
  ...endEverything(tx, accountId),
  tx.delete(knownBrowsers).where(eq(knownBrowsers.accountId, accountId)),
  ...(undoing && undoing.what !== 'email' ? undo(tx, accountId, undoing) : []),
  useLink(tx, { tokenHash, purpose: 'not_me', now: of.now }),
  // Somebody else may have asked for them, and hold the mailbox that they went to. The other "This was not me" links stay.
  dropLinks(tx, accountId, ['change_email', 'confirm_email']),
  ...insertNewestLink(tx, of.reset),
  ...forgive(tx, of.forgiven),
  insertEvents(tx, ...of.events),
  queueMails(tx, of.mail),
]

const freeze = (tx: Db, accountId: number, now: Date) =>
  must(
    tx
      .update(accounts)
      .set({ tokensFrozenAt: now })
      .where(and(eq(accounts.id, accountId), isNull(accounts.tokensFrozenAt)))
      .returning({ id: accounts.id }),
  )

/** Unless the address belongs to another by now. Its owner came by a mail to it, which is what confirms an address. */
const restoreEmail = (tx: Db, accountId: number, email: string, now: Date) =>
  must(
    tx
      .update(accounts)
      .set({ email, emailConfirmedAt: now })
      .where(
        and(
          eq(accounts.id, accountId),
          sql`not exists (select 1 from ${accounts} as others where others.email = ${email})`,
        ),
      )
      .returning({ id: accounts.id }),
  )

function undo(tx: Db, accountId: number, undoing: Exclude<Undoing, { what: 'email' }>) {
  if (undoing.what === 'token')
    return [
      must(
        tx
          .delete(accessTokens)
          .where(and(eq(accessTokens.accountId, accountId), eq(accessTokens.id, undoing.id)))
          .returning({ id: accessTokens.id }),
      ),
    ]
  const removed = must(
    tx
      .delete(factors)
      .where(and(eq(factors.accountId, accountId), eq(factors.id, undoing.factorId)))
      .returning({ id: factors.id }),
  )
  return undoing.what === 'authenticator'
    ? [removed]
    : [removed, tx.delete(recoveryCodes).where(eq(recoveryCodes.accountId, accountId))]
}
