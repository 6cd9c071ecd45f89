import { type DestinationStream, type Level, pino, stdTimeFunctions } from 'pino'
import { isAlarming, type Method } from '../identity/security-events.ts'
import type { Client } from '../identity/visitor.ts'
import type { Origin } from '../lib/origin.ts'
import { describeFault } from './fault.ts'

export const LOG_LEVELS = ['silent', 'error', 'warn', 'info', 'debug'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

/** Everything that a line can contain next to its level, time and message. Anything else is left out. */
const FIELDS = [
  ...['kind', 'account', 'address', 'browser', 'system', 'method', 'reason', 'door'],
  ...['class', 'code', 'cause', 'query', 'stack'],
  ...['asked', 'expected'],
  ...['route', 'status', 'ms', 'url', 'port', 'leftOut', 'worker', 'pid', 'exit'],
] as const
type Fields = Partial<Record<(typeof FIELDS)[number], string | number | string[] | null | undefined>>

const LONGEST = 500 // characters of a value

/** The part of a security event that a line shows. */
export type LoggedEvent = Pick<Origin, 'address' | 'browser'> & {
  accountId: number | null
  kind: string
  system?: string | null | undefined
  method?: Method | null | undefined
}

export type Log = ReturnType<typeof createLog>

/** JSON, one object per line. Each kind of line is a method that names what goes into it, so no secret does. */
export function createLog({ level, to = process.stdout }: { level: LogLevel; to?: DestinationStream }) {
  const lines = pino(
    {
      level,
      base: null,
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }), log: onlyFields },
    },
    to,
  )
  const write = (at: Level, message: string, fields: Fields = {}) => lines[at](fields, message)

  return {
    /** Whether each request is worth a line. */
    tellsRequests: lines.isLevelEnabled('debug'),

    /** A row of the log that people read under Settings → Activity, after it was kept. */
    event: ({ kind, accountId, address, browser, system, method }: LoggedEvent) =>
      write(isAlarming(kind) ? 'warn' : 'info', 'security_event', {
        kind,
        account: accountId ?? undefined,
        address,
        browser,
        system,
        method,
      }),

    /** An attempt that wasn't looked at. Doesn't say what was typed, because people type passwords into the email field. */
    refused: (fields: { reason: string; door: Client; address: string }) => write('warn', 'refused', fields),

    /** `asked` is what the request said, without secrets; `expected` follows from BASE_URL. */
    otherHost: (fields: { asked: string; expected: string }) => write('warn', 'other_host', fields),
    otherSite: (fields: { asked: string; expected: string }) => write('warn', 'other_site', fields),

    /** A failed try to send mail. The reason is in our words, without an address or anything from the mail. */
    mailFailed: (fields: { reason: string }) => write('warn', 'mail_failed', fields),
    /** A site that people use, whose mails reach nobody. */
    noMailServer: (fields: { reason: string }) => write('warn', 'no_mail_server', fields),

    fault: (error: unknown) => write('error', 'fault', describeFault(error)),
    faultsLeftOut: (leftOut: number) => write('error', 'faults_left_out', { leftOut }),
    housekeepingFailed: (error: unknown) => write('error', 'housekeeping_failed', describeFault(error)),

    /** `route` is a pattern such as `/settings/tokens/:id`, never the path. */
    request: (fields: { method: string; route: string; status: number; ms: number }) =>
      write('debug', 'request', fields),

    /** `port` is where it listens, which `url` doesn't say behind a proxy. */
    started: (url: string, port: number) => write('info', 'started', { url, port }),
    stopped: () => write('info', 'stopped'),
    /** One of several processes ended by itself, with an `exit` code or signal. Another takes its place in this many milliseconds. */
    workerEnded: (fields: { worker: number; exit: string | number; ms: number }) =>
      write('error', 'worker_ended', fields),
    /** Of each worker when it begins to serve, the first time or in another's place. */
    workerServes: (fields: { worker: number; pid: number }) => write('info', 'worker_serves', fields),
  }
}

function onlyFields(given: object): Fields {
  const all = given as Fields
  const kept: Fields = {}
  for (const name of FIELDS) {
    const value = all[name]
    if (typeof value === 'number') kept[name] = value
    if (typeof value === 'string') kept[name] = printable(value)
    if (Array.isArray(value)) kept[name] = value.map(printable)
  }
  return kept
}

/** JSON escapes what is below the blank. A terminal also obeys C1 controls and marks that turn the direction of text. */
const printable = (text: string) =>
  text
    .slice(0, LONGEST)
    .replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`)
