// npm run fuzz -- [--requests 20000] [--seed N] [--database sqlite|postgres]
import { randomInt } from 'node:crypto'
import { parseArgs } from 'node:util'
import { startPostgres } from '../../../tools/postgres.ts'

const { values } = parseArgs({
  options: {
    requests: { type: 'string', default: '20000' },
    seed: { type: 'string', default: String(randomInt(1_000_000)) },
    database: { type: 'string', default: /^postgres/.test(process.env.DATABASE_URL ?? '') ? 'postgres' : 'sqlite' },
  },
})
const isPostgres = values.database === 'postgres'
const isGiven = /^postgres/.test(process.env.DATABASE_URL ?? '')
const postgres = isPostgres && !isGiven ? await startPostgres() : undefined
if (postgres) process.env.DATABASE_URL = postgres.url
else if (!isPostgres) process.env.DATABASE_URL = ''

// Imported only now, because these modules need to know which database was chosen.
const { fuzzServer, memoryFindings } = await import('./run.ts')
const { fuzzGate } = await import('./gate.ts')
const { fuzzOpenid } = await import('./openid.ts')
const { gateSummary, openidSummary, summary } = await import('./summary.ts')

const entry = 'lab/stress/fuzz/measured-server.ts'
const run = await fuzzServer({ requests: Number(values.requests), seed: Number(values.seed), entry })
run.findings.push(...memoryFindings(run).map((what) => ({ number: 0, what })))
console.log(summary(run, values.database))
const gate = await fuzzGate({ requests: Number(values.requests), seed: Number(values.seed) })
console.log(gateSummary(gate))
const openid = await fuzzOpenid({ requests: Number(values.requests), seed: Number(values.seed) })
console.log(openidSummary(openid))
await postgres?.stop()
process.exit([run, gate, openid].some(({ findings }) => findings.length > 0) ? 1 : 0)
