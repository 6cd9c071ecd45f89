import { and, desc, eq, lt, lte, or, type SQLWrapper } from 'drizzle-orm'
import type { Database } from '../client.ts'
import { listOf } from '../lists.ts'
import { placeholders } from '../placeholders.ts'
import { prepared } from '../prepared.ts'
import { accounts, events } from '../schema.ts'
import { type EventRow, insertEvents } from './statements.ts'
import { viewerRead } from './viewers.ts'

type Place = { at: Date; id: string }

/** At most `atOnce` events of the log, and `signIns` sign-ins, are read at a time. */
export function eventStore({ db, atomically }: Database, { atOnce, signIns }: { atOnce: number; signIns: number }) {
  const before = placeholders({ at: events.at, id: events.id })
  const owned = placeholders({ accountId: events.accountId })
  const older = (accountId: number | SQLWrapper) =>
    db
      .select()
      .from(events)
      .where(
        and(
          eq(events.accountId, accountId),
          lte(events.at, before.at),
          or(lt(events.at, before.at), lt(events.id, before.id)),
        ),
      )
      .orderBy(desc(events.at), desc(events.id))
      .limit(atOnce)
  const lastSignIns = db
    .select()
    .from(events)
    .where(and(eq(events.accountId, accounts.id), eq(events.kind, 'signed_in')))
    .orderBy(desc(events.at), desc(events.id))
    .limit(signIns)

  const eventsOf = prepared('events_of', { ...owned, ...before }, older(owned.accountId))
  const viewerWithEvents = viewerRead(db, 'viewer_with_events', { events: listOf(older(accounts.id)) }, before)

  return {
    async record(event: EventRow): Promise<void> {
      await atomically((tx) => [insertEvents(tx, event)])
    },
    eventsOf: (accountId: number, { at, id }: Place) => eventsOf({ accountId, at, id }),
    viewerWithEvents: (tokenHash: string, { at, id }: Place) => viewerWithEvents(tokenHash, { at, id }),
    viewerWithSignIns: viewerRead(db, 'viewer_with_sign_ins', { signIns: listOf(lastSignIns) }),
  }
}
