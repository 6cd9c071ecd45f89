import { and, asc, eq, gt, gte, inArray, isNull, lt, lte, max, or, type SQL, sql } from 'drizzle-orm'
import { type Database, type Db, must } from '../client.ts'
import { holdingRows } from '../columns.ts'
import { accounts, eventChainEnds, eventSeals, events } from '../schema.ts'

type Link = typeof eventSeals.$inferInsert
type End = { position: number; digest: string; at: Date; seal: string }
type Which = 'oldest' | 'newest'
type Place = { at: Date; id: string }

const logged = {
  id: events.id,
  accountId: events.accountId,
  kind: events.kind,
  method: events.method,
  subject: events.subject,
  at: events.at,
  actor: events.actor,
  operatorId: events.operatorId,
  reason: events.reason,
  address: events.address,
  browser: events.browser,
  system: events.system,
}
const isSealed = sql`exists (select 1 from ${eventSeals} where ${eventSeals.eventId} = ${events.id})`
const later = ({ at, id }: Place) => and(gte(events.at, at), or(gt(events.at, at), gt(events.id, id)))

/** The whole log, for operators, and the chain that shows that it is whole. */
export const eventChainStore = ({ db, atomically }: Database) => ({
  async ends(): Promise<{ oldest?: End; newest?: End; reached: number }> {
    const rows = await db
      .select()
      .from(eventChainEnds)
      .where(inArray(eventChainEnds.which, ['oldest', 'newest']))
    const [top] = await db.select({ reached: max(eventSeals.position) }).from(eventSeals)
    return { ...named(rows), reached: top?.reached ?? 0 }
  },

  unsealed: async (from: Date, atMost: number) =>
    await db
      .select(logged)
      .from(events)
      .where(and(gte(events.at, from), sql`not ${isSealed}`))
      .orderBy(asc(events.at), asc(events.id))
      .limit(atMost),

  /** A power cut may forget it: the events are then sealed again. */
  append: ({
    after,
    newest,
    links,
    owned,
  }: {
    after: number | undefined
    newest: End
    links: Link[]
    owned: string[]
  }) => {
    const ids = links.map(({ eventId }) => eventId)
    return atomically(
      (tx) => [
        moveEnd(tx, 'newest', after, newest),
        must(
          tx
            .select({ id: events.id })
            .from(events)
            .where(sql`${inArray(events.id, ids)} ${holdingRows}`),
        ),
        tx.insert(eventSeals).values(links),
        // Of those whose person was erased since they were read.
        tx
          .update(eventSeals)
          .set({ salt: null })
          .where(inArray(eventSeals.eventId, withoutPerson(tx, owned))),
      ],
      { durable: false },
    )
  },

  linksAfter: async (position: number, atMost: number) =>
    await db
      .select({ position: eventSeals.position, digest: eventSeals.digest, eventId: eventSeals.eventId, at: events.at })
      .from(eventSeals)
      .leftJoin(events, eq(events.id, eventSeals.eventId))
      .where(gt(eventSeals.position, position))
      .orderBy(asc(eventSeals.position))
      .limit(atMost),

  forget: ({ after, oldest, eventIds }: { after: number | undefined; oldest: End; eventIds: string[] }) =>
    atomically((tx) => [
      moveEnd(tx, 'oldest', after, oldest),
      tx.delete(eventSeals).where(lte(eventSeals.position, oldest.position)),
      tx.delete(events).where(inArray(events.id, eventIds)),
    ]),

  /** The chain after a position, each row with its event if that is there. */
  chainAfter: async (position: number, atMost: number) =>
    await db
      .select({ link: eventSeals, event: logged })
      .from(eventSeals)
      .leftJoin(events, eq(events.id, eventSeals.eventId))
      .where(gt(eventSeals.position, position))
      .orderBy(asc(eventSeals.position))
      .limit(atMost),

  /** Events after a place and before a time, and whether the chain names them. */
  eventsBefore: async (after: Place, before: Date, atMost: number) =>
    await db
      .select({ id: events.id, at: events.at, position: eventSeals.position })
      .from(events)
      .leftJoin(eventSeals, eq(eventSeals.eventId, events.id))
      .where(and(later(after), lt(events.at, before)))
      .orderBy(asc(events.at), asc(events.id))
      .limit(atMost),

  /** All events after a place, or those of one account, oldest first. */
  async eventsAfter(after: Place, accountId: number | undefined, atMost: number) {
    const whose: SQL | undefined = accountId === undefined ? undefined : eq(events.accountId, accountId)
    return await db
      .select({ ...logged, email: accounts.email })
      .from(events)
      .leftJoin(accounts, eq(accounts.id, events.accountId))
      .where(and(whose, later(after)))
      .orderBy(asc(events.at), asc(events.id))
      .limit(atMost)
  },
})

const named = (rows: (End & { which: Which })[]): Partial<Record<Which, End>> =>
  Object.fromEntries(rows.map(({ which, ...end }) => [which, end]))

const moveEnd = (tx: Db, which: Which, after: number | undefined, end: End) =>
  must(
    after === undefined
      ? tx
          .insert(eventChainEnds)
          .values({ which, ...end })
          .onConflictDoNothing()
          .returning({ which: eventChainEnds.which })
      : tx
          .update(eventChainEnds)
          .set(end)
          .where(and(eq(eventChainEnds.which, which), eq(eventChainEnds.position, after)))
          .returning({ which: eventChainEnds.which }),
  )

const withoutPerson = (tx: Db, ids: string[]) =>
  tx
    .select({ id: events.id })
    .from(events)
    .where(and(inArray(events.id, ids), isNull(events.accountId)))

/**
 * Takes the person out of an account's events before it is deleted, and the salts, so nobody can try out who it was. No mail about
 * them is written any longer. In this order, because sealing holds the events first.
 */
export const erasePerson = (tx: Db, accountId: number) => [
  tx
    .update(events)
    .set({ address: '', browser: '', system: null, notice: null })
    .where(eq(events.accountId, accountId)),
  tx
    .update(eventSeals)
    .set({ salt: null })
    .where(
      inArray(eventSeals.eventId, tx.select({ id: events.id }).from(events).where(eq(events.accountId, accountId))),
    ),
]
