import { and, eq, ne, sql } from 'drizzle-orm'
import { type Database, must } from '../client.ts'
import { accounts, knownBrowsers, mailLinks, pendingSignIns, sessions, trustedBrowsers } from '../schema.ts'
import { type EventRow, insertEvents } from './statements.ts'

type Panic = {
  accountId: number
  sessionId: string
  knownBrowser: string | undefined
  at: Date
  events: EventRow[]
}

export const panicStore = ({ atomically }: Database) => ({
  signOutEverywhere: ({ accountId, sessionId, knownBrowser, at, events }: Panic) =>
    atomically((tx) => [
      // From whatever version: a change that is made at the same time must not keep the doors open. Tokens are frozen even
      // where there are none: one may be on its way.
      must(
        tx
          .update(accounts)
          .set({ securityVersion: sql`${accounts.securityVersion} + 1`, tokensFrozenAt: at })
          .where(eq(accounts.id, accountId))
          .returning({ id: accounts.id }),
      ),
      tx.delete(pendingSignIns).where(eq(pendingSignIns.accountId, accountId)),
      must(tx.delete(sessions).where(eq(sessions.id, sessionId)).returning({ id: sessions.id })), // pressed twice is done once
      tx.delete(sessions).where(eq(sessions.accountId, accountId)),
      tx.delete(trustedBrowsers).where(eq(trustedBrowsers.accountId, accountId)),
      tx
        .delete(knownBrowsers)
        .where(and(eq(knownBrowsers.accountId, accountId), ne(knownBrowsers.tokenHash, knownBrowser ?? ''))),
      tx.delete(mailLinks).where(and(eq(mailLinks.accountId, accountId), eq(mailLinks.purpose, 'change_email'))),
      insertEvents(tx, ...events),
    ]),
})
