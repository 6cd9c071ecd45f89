import { and, eq, gt } from 'drizzle-orm'
import { type Database, type Db, must } from '../client.ts'
import { mailLinks } from '../schema.ts'

export type MailLinkRow = typeof mailLinks.$inferInsert
type Purpose = MailLinkRow['purpose']

/** Links that went out by mail, read. They are made and used up in the transaction of what they are for, by the statements below. */
export const mailLinkStore = ({ db }: Database) => ({
  /** The live one of that purpose. Looking at it changes nothing: programs that scan mail open every link. */
  async findLink(tokenHash: string, purpose: Purpose, now: Date) {
    const [link] = await db
      .select()
      .from(mailLinks)
      .where(live(tokenHash, purpose, now))
    return link
  },

  /** The live one of an account and purpose, where there is one at a time. */
  async newestLink(accountId: number, purpose: 'change_email' | 'confirm_email' | 'reset_password', now: Date) {
    const [link] = await db
      .select()
      .from(mailLinks)
      .where(and(eq(mailLinks.accountId, accountId), eq(mailLinks.purpose, purpose), gt(mailLinks.expiresAt, now)))
    return link
  },
})

/** Links of the account and purpose that went out before are dead from here on: the newest alone is good. */
export const insertNewestLink = (tx: Db, link: MailLinkRow) => [
  tx.delete(mailLinks).where(and(eq(mailLinks.accountId, link.accountId), eq(mailLinks.purpose, link.purpose))),
  tx.insert(mailLinks).values(link),
]

/** Beside those that went out before: each is about something of its own. */
export const insertLinks = (tx: Db, links: MailLinkRow[]) => tx.insert(mailLinks).values(links)

/** "This was not me", of what happened after a time: the account has gone back to how it was then. */
export const dropReportsAfter = (tx: Db, accountId: number, time: Date) =>
  tx
    .delete(mailLinks)
    .where(and(eq(mailLinks.accountId, accountId), eq(mailLinks.purpose, 'not_me'), gt(mailLinks.createdAt, time)))

/** Goes on for one caller only: the one whose DELETE returns the row. */
export const useLink = (tx: Db, { tokenHash, purpose, now }: { tokenHash: string; purpose: Purpose; now: Date }) =>
  must(
    tx
      .delete(mailLinks)
      .where(live(tokenHash, purpose, now))
      .returning({ tokenHash: mailLinks.tokenHash }),
  )

const live = (tokenHash: string, purpose: Purpose, now: Date) =>
  and(eq(mailLinks.tokenHash, tokenHash), eq(mailLinks.purpose, purpose), gt(mailLinks.expiresAt, now))
