import { and, eq, gt } from 'drizzle-orm'
import { type Database, type Db, must } from '../client.ts'
import { mailLinks } from '../schema.ts'

export type MailLinkRow = typeof mailLinks.$inferInsert
type Purpose = MailLinkRow['purpose']

/** Reads links that went out by mail. The statements below make them and use them up, in the transaction they are for. */
export const mailLinkStore = ({ db }: Database) => ({
  /** The live one with that purpose. Looking at it changes nothing, because programs that scan mail open every link. */
  async findLink(tokenHash: string, purpose: Purpose, now: Date) {
    const [link] = await db
      .select()
      .from(mailLinks)
      .where(live(tokenHash, purpose, now))
    return link
  },

  /** An account's live one with a purpose that has one at a time. */
  async newestLink(accountId: number, purpose: 'change_email' | 'confirm_email' | 'reset_password', now: Date) {
    const [link] = await db
      .select()
      .from(mailLinks)
      .where(and(eq(mailLinks.accountId, accountId), eq(mailLinks.purpose, purpose), gt(mailLinks.expiresAt, now)))
    return link
  },
})

/** Kills the account's earlier links with this purpose, because only the newest works. */
export const insertNewestLink = (tx: Db, link: MailLinkRow) => [
  tx.delete(mailLinks).where(and(eq(mailLinks.accountId, link.accountId), eq(mailLinks.purpose, link.purpose))),
  tx.insert(mailLinks).values(link),
]

/** Leaves earlier ones alive, because each is about something else. */
export const insertLinks = (tx: Db, links: MailLinkRow[]) => tx.insert(mailLinks).values(links)

/** "This was not me" links about what happened after a time, when the account has gone back to how it was then. */
export const dropReportsAfter = (tx: Db, accountId: number, time: Date) =>
  tx
    .delete(mailLinks)
    .where(and(eq(mailLinks.accountId, accountId), eq(mailLinks.purpose, 'not_me'), gt(mailLinks.createdAt, time)))

/** Goes on for one caller: the one whose DELETE returns the row. */
export const useLink = (tx: Db, { tokenHash, purpose, now }: { tokenHash: string; purpose: Purpose; now: Date }) =>
  must(
    tx
      .delete(mailLinks)
      .where(live(tokenHash, purpose, now))
      .returning({ tokenHash: mailLinks.tokenHash }),
  )

const live = (tokenHash: string, purpose: Purpose, now: Date) =>
  and(eq(mailLinks.tokenHash, tokenHash), eq(mailLinks.purpose, purpose), gt(mailLinks.expiresAt, now))
