// npm run soak -- --minutes 10 --database sqlite|postgres --processes 1: an hour's worth of traffic in ten minutes.
import { parseArgs } from 'node:util'
import { startPostgres } from '../../../tools/postgres.ts'
import type { Sample } from './run.ts'

const SPEED = 6
const EVERY = 5_000 // milliseconds
const A_MINUTE_OF_THE_PRODUCT = 60_000 / SPEED

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    database: { type: 'string', default: 'sqlite' },
    processes: { type: 'string', default: '1' },
  },
})
const [minutes, processes] = [Number(values.minutes), Number(values.processes)]
if (
  !(minutes > 0 && minutes <= 60 && processes >= 1 && processes <= 8 && /^(sqlite|postgres)$/.test(values.database))
) {
  console.error('npm run soak -- [--minutes up to 60] [--database sqlite|postgres] [--processes up to 8]')
  process.exit(2)
}

const postgres = values.database === 'postgres' ? await startPostgres() : undefined
process.env.DATABASE_URL = postgres?.url ?? '' // before the schema is imported
const { soak } = await import('./run.ts')
const { HEADINGS, lineOf, verdict } = await import('./verdict.ts')

console.log(HEADINGS.join('  '))
let told = 0
const soaked = await soak({
  minutes,
  speed: SPEED,
  processes,
  people: 40,
  every: EVERY,
  look: A_MINUTE_OF_THE_PRODUCT,
  told: (sample: Sample) => {
    if (told++ % 6 === 0) console.log(lineOf(sample))
  },
})
await postgres?.stop()

const { done, planned, requests, otherwise } = soaked
const last = soaked.samples.at(-1)
if (last) console.log(lineOf(last))
console.log(`\n${done} of ${planned} things done, ${otherwise.length} came out otherwise, ${requests} requests`)
for (const [what, many] of tally(otherwise)) console.log(`  ${many} × ${what}`)
const found = verdict(soaked)
console.log(found.length === 0 ? 'It held.' : `It did not hold:\n${found.map((line) => `- ${line}`).join('\n')}`)
process.exit(found.length === 0 ? 0 : 1)

function tally(lines: string[]) {
  const counts = new Map<string, number>()
  for (const line of lines) counts.set(line, (counts.get(line) ?? 0) + 1)
  return [...counts].sort(([, a], [, b]) => b - a).slice(0, 10)
}
