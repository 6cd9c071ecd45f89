import { and, eq, inArray, isNotNull, isNull, ne, sql } from 'drizzle-orm'
import { type Database, type Db, isDuplicate, must } from '../client.ts'
import { accessTokens, accounts, events, factors, knownBrowsers, recoveryCodes } from '../schema.ts'
import { comeBack, formerAddressStore } from './former-addresses.ts'
import { dropReportsAfter, insertNewestLink, type MailLinkRow, mailLinkStore, useLink } from './mail-links.ts'
import { dropRescue } from './rescues.ts'
import {
  dropLinks,
  type EventRow,
  endEverything,
  type Forgiven,
  forgive,
  insertEvents,
  type MailRow,
  queueMails,
} from './statements.ts'

type Undoing = {
  since: { id: string; leftAt: Date } | undefined
  factorIds: string[]
  turnsOff: boolean
  spendsCodes: boolean
  tokenIds: string[]
}

type Securing = {
  accountId: number
  securityVersion: number
  changes: number
  wasFrozen: boolean
  tokenHash: string
  closed: string
  email: string | undefined
  undoing: Undoing
  events: EventRow[]
  reset: MailLinkRow
  mails: MailRow[]
  forgiven: Forgiven
  now: Date
}

/** "This was not me": what the page says about the account, and the one transaction behind its button. */
export const notMeStore = (database: Database) => ({
  findLink: mailLinkStore(database).findLink,

  async accountNow(accountId: number, now: Date) {
    const { db } = database
    const [account] = await db
      .select({
        email: accounts.email,
        securityVersion: accounts.securityVersion,
        tokensFrozenAt: accounts.tokensFrozenAt,
        deleteAt: accounts.deleteAt,
      })
      .from(accounts)
      .where(eq(accounts.id, accountId))
    if (!account) return undefined
    const active = await db.select({ id: factors.id }).from(factors).where(eq(factors.accountId, accountId))
    const tokens = await db
      .select({ id: accessTokens.id, tokenHash: accessTokens.tokenHash })
      .from(accessTokens)
      .where(eq(accessTokens.accountId, accountId))
    const [code] = await db
      .select({ madeAt: recoveryCodes.madeAt })
      .from(recoveryCodes)
      .where(eq(recoveryCodes.accountId, accountId))
      .limit(1)
    const formers = await formerAddressStore(database).formerAddressesOf(accountId, now)
    return {
      ...account,
      factorIds: active.map(({ id }) => id),
      tokens,
      codesMadeAt: code?.madeAt ?? null,
      formers,
    }
  },

  async isTaken(email: string, accountId: number): Promise<boolean> {
    const found = await database.db
      .select({ id: accounts.id })
      .from(accounts)
      .where(and(eq(accounts.email, email), ne(accounts.id, accountId)))
    return found.length > 0
  },

  async eventOf(accountId: number, id: string) {
    const [event] = await database.db
      .select({ at: events.at, address: events.address, browser: events.browser, system: events.system })
      .from(events)
      .where(and(eq(events.accountId, accountId), eq(events.id, id)))
    return event
  },

  async secure(securing: Securing): Promise<boolean> {
    try {
      return await database.atomically((tx) => secure(tx, securing))
    } catch (error) {
      if (isDuplicate(error)) return false // somebody took the address at this moment
      throw error
    }
  },
})

const secure = (tx: Db, securing: Securing) => {
  const { accountId, tokenHash, undoing, now } = securing
  return [
    closeForOwner(tx, securing),
    ...endEverything(tx, accountId),
    tx.delete(knownBrowsers).where(eq(knownBrowsers.accountId, accountId)),
    ...undo(tx, accountId, undoing, now),
    useLink(tx, { tokenHash, purpose: 'not_me', now }),
    ...(undoing.since ? [dropReportsAfter(tx, accountId, undoing.since.leftAt)] : []),
    // Somebody else may have asked for them, and may hold the mailbox that got them.
    dropLinks(tx, accountId, ['change_email', 'confirm_email', 'keep_account']),
    dropRescue(tx, accountId),
    ...insertNewestLink(tx, securing.reset),
    ...forgive(tx, securing.forgiven),
    insertEvents(tx, ...securing.events),
    queueMails(tx, ...securing.mails),
  ]
}

/**
 * Knowing the password doesn't get anybody in. Brings the address back, unless it now belongs to another account. Its owner
 * followed a mail to it, which confirms it.
 */
const closeForOwner = (tx: Db, { accountId, securityVersion, changes, wasFrozen, closed, email, now }: Securing) =>
  must(
    tx
      .update(accounts)
      .set({
        passwordHash: closed,
        deleteAt: null,
        securityVersion: securityVersion + changes,
        ...(!wasFrozen && { tokensFrozenAt: now }),
        ...(email !== undefined && { email, emailConfirmedAt: now, emailChangedAt: now }),
      })
      .where(
        and(
          eq(accounts.id, accountId),
          eq(accounts.securityVersion, securityVersion),
          (wasFrozen ? isNotNull : isNull)(accounts.tokensFrozenAt),
          email === undefined
            ? undefined
            : sql`not exists (select 1 from ${accounts} as others where others.email = ${email} and others.id <> ${accountId})`,
        ),
      )
      .returning({ id: accounts.id }),
  )

function undo(tx: Db, accountId: number, { since, factorIds, turnsOff, spendsCodes, tokenIds }: Undoing, now: Date) {
  const codes = eq(recoveryCodes.accountId, accountId)
  return [
    ...factorIds.map((id) =>
      must(
        tx
          .delete(factors)
          .where(and(eq(factors.accountId, accountId), eq(factors.id, id)))
          .returning({ id: factors.id }),
      ),
    ),
    ...(turnsOff ? [tx.delete(recoveryCodes).where(codes)] : []),
    ...(spendsCodes
      ? [
          tx
            .update(recoveryCodes)
            .set({ usedAt: now, sealed: null })
            .where(and(codes, isNull(recoveryCodes.usedAt))),
        ]
      : []),
    ...(tokenIds.length > 0
      ? [tx.delete(accessTokens).where(and(eq(accessTokens.accountId, accountId), inArray(accessTokens.id, tokenIds)))]
      : []),
    ...(since ? [comeBack(tx, { accountId, ...since })] : []),
  ]
}
