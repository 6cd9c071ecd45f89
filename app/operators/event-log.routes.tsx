import { compress } from 'hono/compress'
import { EventLogPage } from '#views/operators/event-log-page.tsx'
import { words } from '#views/words/words.ts'
import { EVENT_KINDS, isFailed, isOfNoAccount } from '../identity/security-events.ts'
import { visitorAlone } from '../identity/session.ts'
import { signedInPages } from '../pages/guards.ts'
import { type EventLogDeps, type LogQuery, searchLog } from './event-log.ts'
import { type ExportStore, exportedLog } from './log/export.ts'
import { sendLogFile } from './log-file.http.ts'
import { OPERATE, type OperatorPagesDeps } from './operator-pages.http.ts'

const HERE = '/operate/log'
const FILTERS = ['kind', 'account', 'from', 'to'] as const

/** The log of all accounts. Its form is sent by GET: what is looked for stands in the address. */
export const eventLogRoutes = (deps: EventLogDeps & OperatorPagesDeps & { eventChain: ExportStore }) =>
  signedInPages(deps, { deed: OPERATE, view: visitorAlone }, (pages) =>
    pages
      .get('/export/:format', (c) => {
        const format = c.req.param('format')
        if (format !== 'csv' && format !== 'jsonl') return c.notFound()
        return sendLogFile(c, format, exportedLog(deps, { format }))
      })
      .get('/', compress(), async (c) => {
        const { visitor } = c.var
        const query: LogQuery = c.req.query()
        const values = Object.fromEntries(FILTERS.flatMap((name) => (query[name] ? [[name, query[name]]] : [])))
        const form = { values, errors: {} }
        const result = await searchLog(deps, query)
        const frame = { visitor, kinds: EVENT_KINDS }
        if (!result.ok) {
          const errors = Object.fromEntries(
            Object.entries(result.errors).map(([field, reason]) => [field, words.operators.log.refused[reason]]),
          )
          return deps.page(c, <EventLogPage {...frame} form={{ values, errors }} />)
        }
        const events = result.events.map(({ method, ...event }) => ({
          ...event,
          method: method ?? undefined,
          failed: isFailed(event.kind),
          isOfNone: isOfNoAccount(event.kind),
        }))
        const olderHref = result.older && `${HERE}?${new URLSearchParams({ ...values, before: result.older })}`
        return deps.page(c, <EventLogPage {...frame} form={form} found={{ events, olderHref }} />)
      }),
  )
