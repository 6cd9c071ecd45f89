import { and, desc, eq, lt, lte, or, type SQLWrapper } from 'drizzle-orm'
import { type Database, unlessOrphaned } from '../client.ts'
import { listOf } from '../lists.ts'
import { placeholders } from '../placeholders.ts'
import { accounts, events } from '../schema.ts'
import { checkUpAtAGlance, checkUpTimes } from './check-up.ts'
import { appsOfGroups } from './opened-apps.ts'
import { type EventRow, insertEvents } from './statements.ts'
import { signedInRead, tokenHolderRead } from './visitors.ts'

/** What an account's owner reads of them. */
const recorded = {
  id: events.id,
  kind: events.kind,
  method: events.method,
  subject: events.subject,
  at: events.at,
  actor: events.actor,
  reason: events.reason,
  address: events.address,
  browser: events.browser,
  system: events.system,
}

type Place = { at: Date; id: string }

type Most = { atOnce: number; signIns: number; apps: number }

/** At most `atOnce` events of the log are read at a time, and for the dashboard `signIns` sign-ins and `apps`. */
export function eventStore({ db, atomically }: Database, { atOnce, signIns, apps }: Most) {
  const before = placeholders({ at: events.at, id: events.id })
  const older = (accountId: SQLWrapper) =>
    db
      .select(recorded)
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
    .select(recorded)
    .from(events)
    .where(and(eq(events.accountId, accounts.id), eq(events.kind, 'signed_in')))
    .orderBy(desc(events.at), desc(events.id))
    .limit(signIns)

  const visitorWithEvents = signedInRead(db, 'visitor_with_events', { events: listOf(older(accounts.id)) }, before)
  const onDashboard = { signIns: listOf(lastSignIns), apps: appsOfGroups(db, apps), ...checkUpAtAGlance }
  const visitorWithSignIns = signedInRead(db, 'visitor_with_sign_ins', onDashboard, checkUpTimes)
  const holderWithEvents = tokenHolderRead(db, 'holder_with_events', { events: listOf(older(accounts.id)) }, before)

  return {
    /** Not of an account that is gone: there is nobody to read it. */
    async record(event: EventRow): Promise<void> {
      await unlessOrphaned(atomically((tx) => [insertEvents(tx, event)]))
    },
    visitorWithEvents: (tokenHash: string, { at, id }: Place) => visitorWithEvents(tokenHash, { at, id }),
    holderWithEvents: (tokenHash: string, { at, id }: Place) => holderWithEvents(tokenHash, { at, id }),
    visitorWithSignIns: (tokenHash: string, { today, longAgo, soon }: typeof checkUpTimes) =>
      visitorWithSignIns(tokenHash, { today, longAgo, soon }),
  }
}
