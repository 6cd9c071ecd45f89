import type { SecurityEvent } from '../identity/security-events.ts'
import { type Session, type SessionDeps, sessionFound } from '../identity/session.ts'

/** A row of the log, as it was written. */
export type RecordedEvent = Readonly<Omit<SecurityEvent, 'kind'> & { kind: string }>

type Place = { at: Date; id: string }

/** All newest first. `before` is where the previous page ended. At most as many as `READ` says. */
export type ActivityStore = {
  eventsOf(accountId: number, before: Place): Promise<readonly RecordedEvent[]>
  viewerWithEvents(
    tokenHash: string,
    before: Place,
  ): Promise<(Session & { events: readonly RecordedEvent[] }) | undefined>
  viewerWithSignIns(tokenHash: string): Promise<(Session & { signIns: readonly RecordedEvent[] }) | undefined>
}

export type ActivityDeps = { activity: ActivityStore }

const PER_PAGE = 50
/** One more than a page has, to see whether there is another page. */
export const READ = { atOnce: PER_PAGE + 1, signIns: 5 }
const LATEST = Date.UTC(9999, 11, 31) // PostgreSQL reads no time beyond it
const NEWEST: Place = { at: new Date(LATEST), id: '' }

/** One page of the log, newest first, and where the next begins. `cursor` is what an earlier page called `older`. */
export const activityPage = async ({ activity }: ActivityDeps, accountId: number, cursor: string | undefined) =>
  pageOf(await activity.eventsOf(accountId, readCursor(cursor)))

/** The same, and who is looking. */
export async function activityViewer(deps: ActivityDeps & SessionDeps, token: string, cursor: string | undefined) {
  const viewer = await sessionFound(deps, token, (hash) => deps.activity.viewerWithEvents(hash, readCursor(cursor)))
  return viewer && { ...viewer, activity: pageOf(viewer.events) }
}

/** Who looks at the dashboard, and the latest sign-ins. */
export const dashboardViewer = (deps: ActivityDeps & SessionDeps, token: string) =>
  sessionFound(deps, token, deps.activity.viewerWithSignIns)

function pageOf(found: readonly RecordedEvent[]) {
  const events = found.slice(0, PER_PAGE)
  const last = events.at(-1)
  return { events, older: found.length > PER_PAGE && last ? `${last.at.getTime()}-${last.id}` : undefined }
}

function readCursor(cursor: string | undefined): Place {
  const [, ms, id] = /^(\d{1,15})-([\w-]{1,32})$/.exec(cursor ?? '') ?? []
  return ms && id && Number(ms) <= LATEST ? { at: new Date(Number(ms)), id } : NEWEST
}
