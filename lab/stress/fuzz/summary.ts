import type { Finding } from './fuzz.ts'
import type { GateFuzzed } from './gate.ts'
import type { OpenidFuzzed } from './openid.ts'
import type { Memory, Run } from './run.ts'

const SHOWN = 40 // findings of one kind mostly have one cause

/** The run as text: a line for each route, the answers, and what was found. */
export function summary(run: Run, database: string): string {
  const { coverage, statuses, findings, requests, seed, seconds, busy, before, after } = run
  const answers = [...statuses].sort().map(([status, many]) => `${status}×${many}`)
  return [
    `${'Route'.padEnd(62)}  Sent  Past  Deep  Answers`,
    ...coverage.lines(),
    '',
    `${requests} requests with seed ${seed} on ${database} in ${Math.round(seconds)} s`,
    `Answers: ${answers.join(' ')}; too busy: ${busy}`,
    `Memory after a quarter: ${inMegabytes(before)}; at the end: ${inMegabytes(after)}`,
    ...findings.slice(0, SHOWN).map(described),
    findings.length === 0
      ? 'Nothing was found.'
      : `${findings.length} findings. Again with: npm run fuzz -- --seed ${seed}`,
  ].join('\n')
}

/** What proxies asked, the answers, and what was found. */
export const gateSummary = ({ requests, statuses, findings }: GateFuzzed): string =>
  whatCameOf(`${requests} requests of proxies`, statuses, findings).join('\n')

/** What was sent to the OpenID provider: a line for each of its addresses, the answers, and what was found. */
export const openidSummary = ({ requests, statuses, coverage, findings }: OpenidFuzzed): string =>
  [...coverage.lines(), ...whatCameOf(`${requests} requests to the OpenID provider`, statuses, findings)].join('\n')

const whatCameOf = (requests: string, statuses: GateFuzzed['statuses'], findings: Finding[]): string[] => [
  `${requests}: ${[...statuses]
    .sort()
    .map(([status, many]) => `${status}×${many}`)
    .join(' ')}`,
  ...findings.slice(0, SHOWN).map(described),
  findings.length === 0 ? 'Nothing was found.' : `${findings.length} findings.`,
]

export const described = ({ number, what, request }: Finding): string =>
  `FOUND, request ${number}: ${what}${request ? `\n  ${request}` : ''}`

const inMegabytes = (memory: Memory | undefined) =>
  memory ? `heap ${megabytes(memory.heapUsed)}, resident ${megabytes(memory.rss)} MB` : 'not told'
const megabytes = (bytes: number) => (bytes / 1024 / 1024).toFixed(1)
