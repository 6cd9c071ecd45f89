import type { LoggedEvent } from './chain.ts'

type Place = { at: Date; id: string }
export type ExportedEvent = LoggedEvent & { email: string | null }

export type ExportStore = {
  /** In the order of the log, after `after`. */
  eventsAfter(after: Place, accountId: number | undefined, atMost: number): Promise<ExportedEvent[]>
}

export type Format = 'jsonl' | 'csv'

const AT_ONCE = 500 // rows in memory

/** The log from `since` on, or an account's, oldest first: a line for each event, and for CSV one of names before them. */
export async function* exportedLog(
  { eventChain }: { eventChain: ExportStore },
  { since, accountId, format }: { since?: Date | undefined; accountId?: number | undefined; format: Format },
): AsyncGenerator<string> {
  if (format === 'csv') yield csv(COLUMNS)
  for (let after: Place | undefined = { at: since ?? new Date(0), id: '' }; after; ) {
    const events: ExportedEvent[] = await eventChain.eventsAfter(after, accountId, AT_ONCE)
    for (const event of events) yield format === 'csv' ? csv(Object.values(row(event))) : JSON.stringify(row(event))
    after = events.length < AT_ONCE ? undefined : events.at(-1)
  }
}

const row = (event: ExportedEvent) => ({
  id: event.id,
  at: event.at.toISOString(),
  kind: event.kind,
  method: event.method,
  account_id: event.accountId,
  email: event.email,
  subject: event.subject,
  actor: event.actor,
  operator_id: event.operatorId,
  reason: event.reason,
  address: event.address,
  browser: event.browser,
  system: event.system,
})

const COLUMNS = [
  ...['id', 'at', 'kind', 'method', 'account_id', 'email', 'subject', 'actor', 'operator_id', 'reason'],
  ...['address', 'browser', 'system'],
]

/** RFC 4180. Spreadsheets run a cell that begins like a formula, so an apostrophe in front makes it text (OWASP, CSV injection). */
const csv = (cells: (string | number | null)[]) => cells.map(cell).join(',')

function cell(value: string | number | null): string {
  const text = value === null ? '' : String(value)
  const safe = typeof value === 'string' && /^[=+\-@\t\r\n]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
