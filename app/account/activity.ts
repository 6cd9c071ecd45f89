import type { SecurityEvent } from '../identity/security-events.ts'
import type { Find, SignedIn, TokenHolder } from '../identity/visitor.ts'
import type { Origin } from '../lib/origin.ts'
import { type CheckUpAtAGlance, type CheckUpTimes, checkUpTimes } from './check-up.ts'

/** A row of the log, as its account's owner may read it. */
export type RecordedEvent = Readonly<
  Pick<SecurityEvent, 'id' | 'method' | 'subject' | 'at' | 'actor' | 'reason' | keyof Origin> & { kind: string }
>

/** Where a page of the log ended. */
export type Place = { at: Date; id: string }

type Events = { events: readonly RecordedEvent[] }
export type DashboardVisitor = SignedIn &
  CheckUpAtAGlance & {
    signIns: readonly RecordedEvent[]
    /** Those behind the gate that they may open until then, by title. */
    apps: readonly Readonly<{ title: string; host: string; until: Date | null }>[]
  }

/** All newest first. `before` is where the previous page ended. At most as many as `READ` says. */
export type ActivityStore = {
  visitorWithEvents(tokenHash: string, before: Place): Promise<(SignedIn & Events) | undefined>
  holderWithEvents(tokenHash: string, before: Place): Promise<(TokenHolder & Events) | undefined>
  visitorWithSignIns(tokenHash: string, times: CheckUpTimes): Promise<DashboardVisitor | undefined>
}

export type ActivityDeps = { activity: ActivityStore }

const PER_PAGE = 50
const MOST_APPS = 50
/** One more than a page has, to see whether there is another page. Some of the apps may have closed since midnight. */
export const READ = { atOnce: PER_PAGE + 1, signIns: 5, apps: 2 * MOST_APPS }
const LATEST = Date.UTC(9999, 11, 31) // PostgreSQL reads no time beyond it
const NEWEST: Place = { at: new Date(LATEST), id: '' }

/** Who looks, and a page of the log. `cursor` is what an earlier page called `older`. */
export const activityView =
  ({ activity }: ActivityDeps, cursor: string | undefined): Find<SignedIn & Events> =>
  (tokenHash) =>
    activity.visitorWithEvents(tokenHash, readCursor(cursor))

export const activityOfToken =
  ({ activity }: ActivityDeps, cursor: string | undefined): Find<TokenHolder & Events> =>
  (tokenHash) =>
    activity.holderWithEvents(tokenHash, readCursor(cursor))

/** One page of the log, newest first, and where the next begins. */
export function activitySeenBy({ events: found }: Events) {
  const events = found.slice(0, PER_PAGE)
  const last = events.at(-1)
  return { events, older: found.length > PER_PAGE && last ? writeCursor(last) : undefined }
}

/** Who looks at the dashboard, the latest sign-ins, and what the check-up has to say at a glance. */
export const dashboardView =
  ({ activity, now }: ActivityDeps & { now(): Date }): Find<DashboardVisitor> =>
  (tokenHash) =>
    activity.visitorWithSignIns(tokenHash, checkUpTimes(now()))

/** The first of the apps that they may open now, and whether there may be more. */
export function appsNow({ apps: found }: Pick<DashboardVisitor, 'apps'>, now: Date) {
  const open = found.filter(({ until }) => !until || until > now)
  return { apps: open.slice(0, MOST_APPS), more: open.length > MOST_APPS || found.length === READ.apps }
}

export const writeCursor = ({ at, id }: Place): string => `${at.getTime()}-${id}`

/** What is no cursor of ours is where the log begins. */
export function readCursor(cursor: string | undefined): Place {
  const [, ms, id] = /^(\d{1,15})-([\w-]{1,32})$/.exec(cursor ?? '') ?? []
  return ms && id && Number(ms) <= LATEST ? { at: new Date(Number(ms)), id } : NEWEST
}
