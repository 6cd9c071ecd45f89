import { and, asc, eq, gt, isNotNull, isNull, ne } from 'drizzle-orm'
import type { Database } from '../client.ts'
import { accounts, mailLinks, mails, openidConsents, recoveryCodes } from '../schema.ts'
import type { FactorWrite } from './factors/factor-write.ts'
import { formerAddressStore } from './former-addresses.ts'
import { insertLinks, type MailLinkRow } from './mail-links.ts'
import { dropRescue } from './rescues.ts'
import { closeAccount, type EventRow, endEverything, insertEvents, type MailRow, queueMails } from './statements.ts'

type Closing = {
  accountId: number
  wasFrozen: boolean
  passwordHash: string | undefined
  at: Date
  deleteAt: Date
  events: EventRow[]
  links: MailLinkRow[]
  mails: MailRow[]
}

export const restoredStore = ({ db, atomically }: Database) => ({
  formerAddressesOf: formerAddressStore({ db }).formerAddressesOf,

  accountsAfter: async (after: number, limit: number) =>
    await db
      .select({ id: accounts.id, email: accounts.email, tokensFrozenAt: accounts.tokensFrozenAt })
      .from(accounts)
      .where(gt(accounts.id, after))
      .orderBy(asc(accounts.id))
      .limit(limit),

  closeRestored: (
    { accountId, wasFrozen, passwordHash, at, deleteAt, events, links, mails: asking }: Closing,
    spent: FactorWrite[],
  ) =>
    atomically((tx) => [
      closeAccount(tx, accountId, { wasFrozen, at, passwordHash }),
      tx
        .update(accounts)
        .set({ deleteAt })
        .where(and(eq(accounts.id, accountId), isNotNull(accounts.deleteAt))),
      ...endEverything(tx, accountId),
      dropRescue(tx, accountId),
      ...spent.flatMap((write) => write.steps(tx)),
      tx
        .update(recoveryCodes)
        .set({ usedAt: at, sealed: null })
        .where(and(eq(recoveryCodes.accountId, accountId), isNull(recoveryCodes.usedAt))),
      // By "This was not me" an owner takes back what the backup has of somebody else.
      tx.delete(mailLinks).where(and(eq(mailLinks.accountId, accountId), ne(mailLinks.purpose, 'not_me'))),
      ...(links.length > 0 ? [insertLinks(tx, links)] : []),
      tx.delete(openidConsents).where(eq(openidConsents.accountId, accountId)), // they may have taken it back since
      tx.delete(mails).where(eq(mails.accountId, accountId)), // what waited then has been sent since
      insertEvents(tx, ...events),
      ...(asking.length > 0 ? [queueMails(tx, ...asking)] : []),
    ]),
})
