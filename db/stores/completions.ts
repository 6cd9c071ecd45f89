import type { Db } from '../client.ts'
import { accountStays } from './deletions.ts'
import type { FactorWrite } from './factors/factor-write.ts'
import { endRecovery } from './recoveries.ts'
import {
  beginSession,
  type EventRow,
  type Forgiven,
  forgive,
  insertEvents,
  type KnownBrowserRow,
  rememberBrowser,
  type SessionRow,
} from './statements.ts'
import { insertTrust, type Trust } from './trusted-browsers.ts'

export type Completion = {
  securityVersion: number
  session: SessionRow
  events: EventRow[]
  forgiven: Forgiven
  known: KnownBrowserRow | undefined
  trust: Trust | undefined
  /** Where the account was to be deleted. */
  stays: EventRow | undefined
  stopsRecovery: boolean
}

/** What follows once a factor's proof counts. Before it, the account is locked, unchanged. */
export const complete = (
  tx: Db,
  { session, events, forgiven, known, trust, stays, stopsRecovery }: Completion,
  proof: FactorWrite,
) => [
  ...beginSession(tx, session),
  ...(stopsRecovery ? endRecovery(tx, session.accountId) : []),
  ...(trust ? insertTrust(tx, trust) : []),
  ...(known ? [rememberBrowser(tx, known)] : []),
  insertEvents(tx, ...events),
  ...(stays ? accountStays(tx, stays) : []),
  ...forgive(tx, forgiven),
  ...(proof.afterwards?.(tx, session) ?? []),
]
