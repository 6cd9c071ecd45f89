import type { OpenidShares } from './openid.ts'
import type { Round } from './round.ts'

export type Spread = { p50: number; p95: number; p99: number }

export type Result = {
  database: string
  accounts: number
  filledInSeconds: number
  fileBytes: number | undefined
  rounds: Omit<Round, 'times'>[]
  times: Record<string, Spread>
  /** An app's answers behind the gate, as a share of those without it. */
  behindNginx: number
  openid: OpenidShares
  residentBytes: number
  /** What a process takes in addition as soon as somebody signs in to an app. */
  bytesOfClients: number
  startSeconds: number
  bytesPerPage: Record<string, number>
}

export function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = (sorted.length - 1) / 2
  return ((sorted[Math.floor(middle)] ?? Number.NaN) + (sorted[Math.ceil(middle)] ?? Number.NaN)) / 2
}

export function spread(times: number[]): Spread {
  const sorted = times.toSorted((a, b) => a - b)
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99) }
}

type Rates = Pick<Round, 'signIns' | 'pages' | 'answers' | 'checks'>
const RATES: [keyof Rates, string][] = [
  ['signIns', 'full sign-ins'],
  ['pages', 'signed-in pages'],
  ['answers', 'token-checked answers'],
  ['checks', 'checks of the gate'],
]

/** Markdown that reads well as plain text. */
export function report(results: Result[]): string {
  const columns = results.map(({ database, accounts }) => `${database}, ${accounts.toLocaleString('en')}`)
  const ratio = (of: (round: Result['rounds'][number]) => number) => (result: Result) =>
    median(result.rounds.map(of)).toFixed(2)
  const rows: [string, string, (result: Result) => string][] = [
    ['full sign-in, of what argon2id alone allows', '≥ 0.9', ratio(({ signIns, hashes }) => signIns / hashes)],
    ['the same in processor time of the server', '', ratio(({ ofProcessorTime }) => ofProcessorTime)],
    ['signed-in page, of the same JSX by a bare Hono app', '≥ 0.6', ratio(({ pages, barePages }) => pages / barePages)],
    [
      'token-checked answer, of a bare JSON answer',
      '≥ 0.6',
      ratio(({ answers, bareAnswers }) => answers / bareAnswers),
    ],
    [
      'check of the gate at 64 connections, of a bare JSON answer',
      '≥ 0.6, PostgreSQL ≥ 0.4',
      ratio(({ checks, bareForChecks }) => checks / bareForChecks),
    ],
    [
      'an app behind nginx and the gate, of the same without the gate',
      '≥ 0.5',
      ({ behindNginx }) => behindNginx.toFixed(2),
    ],
    [
      'tokens for a code, of the bare library with its store in memory',
      '≥ 0.6, PostgreSQL ≥ 0.4',
      ({ openid }) => openid.token.toFixed(2),
    ],
    ['userinfo, of the same', '≥ 0.6, PostgreSQL ≥ 0.4', ({ openid }) => openid.userinfo.toFixed(2)],
    ...RATES.map(([rate, name]): [string, string, (result: Result) => string] => [
      `${name}, of the rate at the fewest accounts`,
      '≥ 0.95',
      (result) => growth(results, result, rate),
    ]),
    ['resident memory under this load, MB', '≤ 150', ({ residentBytes }) => (residentBytes / 1e6).toFixed(0)],
    [
      'what sign-ins to apps add to that of a process, MB',
      '≤ 25',
      ({ bytesOfClients }) => (bytesOfClients / 1e6).toFixed(0),
    ],
    ['first answer after the start, s', '≤ 0.5', ({ startSeconds }) => startSeconds.toFixed(2)],
    ['database file, MB', '', ({ fileBytes }) => (fileBytes === undefined ? '–' : (fileBytes / 1e6).toFixed(0))],
  ]
  const kinds = Object.keys(results[0]?.times ?? {})
  const pages = Object.keys(results[0]?.bytesPerPage ?? {})
  return [
    table(
      ['Ratio or measure', 'Wanted', ...columns],
      rows.map(([name, wanted, of]) => [name, wanted, ...results.map(of)]),
    ),
    table(
      ['Milliseconds, p50 / p95 / p99', ...columns],
      kinds.map((kind) => [kind, ...results.map(({ times }) => shown(times[kind]))]),
    ),
    table(
      ['Bytes on the wire, all included (≤ 14,336)', ...columns],
      pages.map((page) => [page, ...results.map(({ bytesPerPage }) => (bytesPerPage[page] ?? 0).toLocaleString('en'))]),
    ),
  ].join('\n\n')
}

/** Rounds ran in turns, so each is compared with its neighbour. */
function growth(results: Result[], result: Result, rate: keyof Rates): string {
  const fewest = results.find(({ database }) => database === result.database)
  if (!fewest || fewest === result) return '–'
  return median(
    result.rounds.map((round, index) => round[rate] / (fewest.rounds[index]?.[rate] ?? Number.NaN)),
  ).toFixed(2)
}

const shown = (of: Spread | undefined) => (of ? [of.p50, of.p95, of.p99].map((ms) => ms.toFixed(1)).join(' / ') : '–')

function table(head: string[], rows: string[][]): string {
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => (row[column] ?? '').length)))
  const line = (row: string[]) => `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`
  return [line(head), `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`, ...rows.map(line)].join('\n')
}
