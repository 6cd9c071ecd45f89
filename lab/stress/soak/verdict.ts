import type { Sample, Soaked } from './run.ts'

const MEGABYTE = 2 ** 20
/** How much more may be in use at the end than when everything was warm. A leak in every request would be more than that. */
const HEAP_GROWS_AT_MOST = 4 * MEGABYTE
const RESIDENT_GROWS_AT_MOST = 25 * MEGABYTE
const DESCRIPTORS_GROW_AT_MOST = 4
const RESIDENT_AT_MOST = 150 * MEGABYTE
/** A code that misses its step here and there, when the machine is busy. */
const MEANT_AT_LEAST = 0.95

/** Everything that shouldn't be; empty if all held. */
export function verdict({ samples, done, planned, otherwise, problems }: Soaked): string[] {
  const found = [...new Set(problems)]
  if (done < planned * 0.9)
    found.push(`only ${done} of ${planned} things were done: the machine is too slow for this speed`)
  if (otherwise.length > done * (1 - MEANT_AT_LEAST))
    found.push(`${otherwise.length} of ${done} came out otherwise, such as ${otherwise.slice(0, 3).join('; ')}`)
  for (let index = 0; index < (samples[0]?.processes.length ?? 0); index++)
    for (const [what, atMost] of [
      ['heap', HEAP_GROWS_AT_MOST],
      ['rss', RESIDENT_GROWS_AT_MOST],
      ['descriptors', DESCRIPTORS_GROW_AT_MOST],
    ] as const) {
      const values = samples.map(({ processes }) => processes[index]?.[what] ?? 0)
      const growth = growthOf(values)
      if (growth > atMost) found.push(`${what} of process ${index + 1} grew by ${growth}`)
      const usual = median(values)
      if (what === 'rss' && usual > RESIDENT_AT_MOST) found.push(`process ${index + 1} took ${usual} bytes`)
    }
  return found
}

/** From the second quarter, when everything is warm, to the last, each by its median. */
export function growthOf(values: number[]): number {
  const quarter = (which: number) =>
    median(values.slice(Math.floor((values.length * which) / 4), Math.ceil((values.length * (which + 1)) / 4)))
  return quarter(3) - quarter(1)
}

const median = (values: number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0

const TABLES = [
  'sessions',
  'pending_sign_ins',
  'pending_enrolments',
  'limits',
  'mail_links',
  'known_browsers',
  'events',
]

export const HEADINGS = ['s', 'done', 'MB', 'heap', 'files', 'sockets', 'rounds', ...TABLES]

/** A sample as a line of the table. Several processes are written `a+b`. */
export function lineOf({ seconds, doings, processes, rows }: Sample): string {
  const each = (of: (one: Sample['processes'][number]) => number) => processes.map(of).join('+')
  const cells = [
    seconds,
    doings,
    each(({ rss }) => Math.round(rss / MEGABYTE)),
    each(({ heap }) => Math.round((heap / MEGABYTE) * 10) / 10),
    each(({ descriptors }) => descriptors),
    each(({ sockets }) => sockets),
    each(({ rounds }) => rounds),
    ...TABLES.map((table) => rows[table] ?? 0),
  ]
  return cells.map((cell, index) => String(cell).padStart(HEADINGS[index]?.length ?? 0)).join('  ')
}
