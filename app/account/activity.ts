import type { SecurityEvent } from '../events.ts'

/** A row of the log, as it was written. */
export type RecordedEvent = Omit<SecurityEvent, 'kind'> & { kind: string }

export type ActivityStore = {
  /** Newest first. `before` is the last row of the page before. */
  eventsOf(
    accountId: number,
    of: { limit: number; before?: { at: Date; id: string } | undefined },
  ): Promise<RecordedEvent[]>
  lastSignIns(accountId: number, limit: number): Promise<RecordedEvent[]>
}

export type ActivityDeps = { activity: ActivityStore }

const PER_PAGE = 50
const SIGN_INS_SHOWN = 5
const LATEST = Date.UTC(9999, 11, 31) // beyond it PostgreSQL reads no time

/** One page of the log, newest first, and where the next begins. `cursor` is what an earlier page called `older`. */
export async function activityPage({ activity }: ActivityDeps, accountId: number, cursor: string | undefined) {
  const found = await activity.eventsOf(accountId, { limit: PER_PAGE + 1, before: readCursor(cursor) })
  const events = found.slice(0, PER_PAGE)
  const last = events.at(-1)
  return { events, older: found.length > PER_PAGE && last ? `${last.at.getTime()}-${last.id}` : undefined }
}

/** The latest sign-ins, for the dashboard. */
export const lastSignIns = ({ activity }: ActivityDeps, accountId: number): Promise<RecordedEvent[]> =>
  activity.lastSignIns(accountId, SIGN_INS_SHOWN)

function readCursor(cursor: string | undefined) {
  const [, ms, id] = /^(\d{1,15})-([\w-]{1,32})$/.exec(cursor ?? '') ?? []
  return ms && id && Number(ms) <= LATEST ? { at: new Date(Number(ms)), id } : undefined
}
