import { type Place, type RecordedEvent, readCursor, writeCursor } from '../account/activity.ts'
import { type EventKind, isEventKind } from '../identity/security-events.ts'
import { readDay } from '../lib/day.ts'
import { type OwnerDeps, ownerNamed } from './owners.ts'

/** An event of any account, as operators read it. */
export type LoggedEvent = RecordedEvent & {
  /** Null once its account is deleted, and where it is about none. */
  account: { email: string; username: string } | null
  /** Who did it, if an operator did on the pages and is still there. */
  operator: string | null
}

type Filter = {
  kind?: EventKind | undefined
  accountId?: number | undefined
  from?: Date | undefined
  until?: Date | undefined
}
type Found = RecordedEvent & { operatorId: number | null; account: string | null; accountUsername: string | null }

export type EventLogStore = {
  /** The newest `most` before that place. `lookedTo`: the search ended there, and older ones may be found too. */
  searchEvents(filter: Filter, before: Place, most: number): Promise<{ found: Found[]; lookedTo: Place | undefined }>
  emailsOf(accountIds: number[]): Promise<Map<number, string>>
}

export type EventLogDeps = OwnerDeps & { eventLog: EventLogStore }

/** How many events one search looks at. */
export const LOOKED_AT = 5000
const PER_PAGE = 50
const DAY = 24 * 60 * 60_000

/** As it stands in the address of the page. Days as in 2026-12-31, both included, in UTC. */
export type LogQuery = { kind?: string; account?: string; from?: string; to?: string; before?: string }

export type LogFound = {
  ok: true
  events: LoggedEvent[]
  /** Where the next page begins, of which there may be nothing to show. */
  older: string | undefined
}

export type LogRefusal = {
  ok: false
  errors: Partial<Record<'kind' | 'account' | 'from' | 'to', 'unknown_kind' | 'unknown_account' | 'no_day'>>
}

/** One page of the log of all accounts, newest first. */
export async function searchLog(deps: EventLogDeps, query: LogQuery): Promise<LogFound | LogRefusal> {
  const { kind = '', account = '', from = '', to = '' } = query
  const [first, last] = [dayIn(from), dayIn(to)]
  const accountId = account.trim() === '' ? undefined : (await ownerNamed(deps, account.trim()))?.id
  const { eventLog } = deps
  const errors: LogRefusal['errors'] = {
    ...(kind !== '' && !isEventKind(kind) && { kind: 'unknown_kind' as const }),
    ...(account.trim() !== '' && accountId === undefined && { account: 'unknown_account' as const }),
    ...(first === 'no_day' && { from: first }),
    ...(last === 'no_day' && { to: last }),
  }
  if (Object.keys(errors).length > 0 || first === 'no_day' || last === 'no_day') return { ok: false, errors }

  const filter = {
    kind: isEventKind(kind) ? kind : undefined,
    accountId,
    from: first,
    until: last && new Date(last.getTime() + DAY),
  }
  const { found, lookedTo } = await eventLog.searchEvents(filter, readCursor(query.before), PER_PAGE + 1)
  const shown = found.slice(0, PER_PAGE)
  const operators = await eventLog.emailsOf([...new Set(shown.flatMap(({ operatorId }) => operatorId ?? []))])
  const next = found.length > PER_PAGE ? shown.at(-1) : lookedTo
  return {
    ok: true,
    older: next && writeCursor(next),
    events: shown.map(({ operatorId, account: email, accountUsername: username, ...event }) => ({
      ...event,
      account: email !== null && username !== null ? { email, username } : null,
      operator: operatorId === null ? null : (operators.get(operatorId) ?? null),
    })),
  }
}

/** Undefined where none is typed. */
const dayIn = (text: string): Date | undefined | 'no_day' =>
  text.trim() === '' ? undefined : (readDay(text.trim()) ?? 'no_day')
