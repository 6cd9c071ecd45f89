import { and, desc, eq, lt, or } from 'drizzle-orm'
import type { Database } from '../client.ts'
import { events } from '../schema.ts'
import { type EventRow, insertEvents } from './statements.ts'

type Place = { at: Date; id: string }

export const eventStore = ({ db, atomically }: Database) => ({
  async record(event: EventRow): Promise<void> {
    await atomically((tx) => [insertEvents(tx, event)])
  },

  eventsOf: async (accountId: number, { limit, before }: { limit: number; before?: Place | undefined }) =>
    await db
      .select()
      .from(events)
      .where(and(eq(events.accountId, accountId), before && olderThan(before)))
      .orderBy(desc(events.at), desc(events.id))
      .limit(limit),

  lastSignIns: async (accountId: number, limit: number) =>
    await db
      .select()
      .from(events)
      .where(and(eq(events.accountId, accountId), eq(events.kind, 'signed_in')))
      .orderBy(desc(events.at), desc(events.id))
      .limit(limit),
})

const olderThan = ({ at, id }: Place) => or(lt(events.at, at), and(eq(events.at, at), lt(events.id, id)))
