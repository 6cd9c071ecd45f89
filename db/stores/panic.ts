import { and, eq, isNotNull, isNull, ne, sql } from 'drizzle-orm'
import { type Database, type Db, must } from '../client.ts'
import { accounts, knownBrowsers, mailLinks, pendingSignIns, sessions, trustedBrowsers } from '../schema.ts'
import { type EventRow, insertEvents } from './statements.ts'

type Panic = {
  accountId: number
  sessionId: string
  knownBrowser: string | undefined
  at: Date
  events: EventRow[]
  /** Written where the access tokens were not frozen already. */
  frozen: EventRow
}

export const panicStore = ({ atomically }: Database) => ({
  async signOutEverywhere(panic: Panic): Promise<boolean> {
    // The log says "frozen" once until they are released.
    return (await atomically((tx) => close(tx, panic, false))) || (await atomically((tx) => close(tx, panic, true)))
  },
})

const close = (tx: Db, { accountId, sessionId, knownBrowser, at, events, frozen }: Panic, wasFrozen: boolean) => [
  // From whatever version: a change that is made at the same time must not keep the doors open. Tokens are frozen even
  // where there are none: one may be on its way.
  must(
    tx
      .update(accounts)
      .set({ securityVersion: sql`${accounts.securityVersion} + 1`, ...(!wasFrozen && { tokensFrozenAt: at }) })
      .where(and(eq(accounts.id, accountId), (wasFrozen ? isNotNull : isNull)(accounts.tokensFrozenAt)))
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
  insertEvents(tx, ...events, ...(wasFrozen ? [] : [frozen])),
]
