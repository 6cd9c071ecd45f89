import { and, eq, ne } from 'drizzle-orm'
import { type Database, type Db, must } from '../client.ts'
import { knownBrowsers, pendingSignIns, sessions } from '../schema.ts'
import {
  closeAccount,
  dropLinks,
  dropRecovery,
  type EventRow,
  forgetTrustedBrowsers,
  insertEvents,
} from './statements.ts'

type Panic = {
  accountId: number
  sessionId: string
  knownBrowser: string | undefined
  at: Date
  events: EventRow[]
  /** Written if the access tokens weren't already frozen. */
  frozen: EventRow
}

export const panicStore = ({ atomically }: Database) => ({
  async signOutEverywhere(panic: Panic): Promise<boolean> {
    // The log says "frozen" once until they are released.
    return (await atomically((tx) => close(tx, panic, false))) || (await atomically((tx) => close(tx, panic, true)))
  },
})

const close = (tx: Db, { accountId, sessionId, knownBrowser, at, events, frozen }: Panic, wasFrozen: boolean) => [
  // Freezes tokens even if there are none, because one may be on its way.
  closeAccount(tx, accountId, { wasFrozen, at }),
  tx.delete(pendingSignIns).where(eq(pendingSignIns.accountId, accountId)),
  must(tx.delete(sessions).where(eq(sessions.id, sessionId)).returning({ id: sessions.id })), // pressing twice does it once
  tx.delete(sessions).where(eq(sessions.accountId, accountId)),
  ...dropRecovery(tx, accountId),
  forgetTrustedBrowsers(tx, accountId),
  tx
    .delete(knownBrowsers)
    .where(and(eq(knownBrowsers.accountId, accountId), ne(knownBrowsers.tokenHash, knownBrowser ?? ''))),
  dropLinks(tx, accountId, ['change_email']),
  insertEvents(tx, ...events, ...(wasFrozen ? [] : [frozen])),
]
