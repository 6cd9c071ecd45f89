// Measures the product beside what it is made of, in one run on one machine, so the figures are ratios: on each database,
// with few accounts and with many, in turns. The median of the rounds' ratios counts.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Dialect } from '../../db/columns.ts'
import { bundle } from '../../tools/build.ts'
import { startPostgres } from '../../tools/postgres.ts'
import { shareBehindNginx } from './gate.ts'
import { openidShares } from './openid.ts'
import { readOptions } from './options.ts'
import { passkeysVerified } from './passkeys.ts'
import { median, type Result, report, spread } from './report.ts'
import {
  checksWhileSaturated,
  measureRound,
  pagesWhileSaturated,
  pagesWhileSignedUp,
  type Round,
  signersFor,
  warmUp,
} from './round.ts'
import { searches } from './search.ts'
import { firstAnswer, memoryOfClients } from './start.ts'
import { makeSubject, type Subject } from './subject.ts'
import { weights } from './weight.ts'

const VISITORS = 500 // they look at pages and use tokens, spread over all accounts
const STARTS = 5

const options = readOptions(process.argv.slice(2))
const folder = mkdtempSync(join(tmpdir(), 'latchkey-bench-'))
process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))
const began = performance.now()
const say = (text: string) => console.log(`${((performance.now() - began) / 1000).toFixed(0).padStart(4)} s  ${text}`)

await bundle('app/process/server.ts', 'dist/server.js')
await bundle('lab/bench/server.tsx', 'dist/bench-server.js')
await bundle('lab/bench/app.ts', 'dist/bench-app.js')
await bundle('lab/bench/populate.ts', 'dist/bench-populate.js')

const results: Result[] = []
for (const database of options.databases) results.push(...(await measureOn(database)))

mkdirSync('lab/bench/results', { recursive: true })
const file = `lab/bench/results/${new Date().toISOString().replaceAll(':', '-')}.json`
writeFileSync(file, JSON.stringify({ options, results }, null, 2))
say(`done; every round is in ${file}\n`)
console.log(report(results))
process.exit(0) // embedded PostgreSQL would keep the process alive

async function measureOn(database: Dialect): Promise<Result[]> {
  const postgres = database === 'postgres' ? await startPostgres() : undefined
  const subjects: Subject[] = []
  try {
    for (const accounts of options.accounts) {
      const own = join(folder, `${database}-${accounts}`)
      const url = postgres ? await newDatabase(postgres.url, `bench_${accounts}`) : `file:${join(own, 'bench.db')}`
      mkdirSync(own, { recursive: true })
      const order = { accounts, signers: signersFor(options.rounds) + 64, visitors: Math.min(VISITORS, accounts) }
      const subject = await makeSubject({ url, folder: own, order })
      say(`${database} with ${accounts} accounts: filled in ${subject.filledIn.toFixed(0)} s`)
      subjects.push(subject)
    }
    return await measure(database, subjects)
  } finally {
    for (const subject of subjects) await subject.stop()
    await postgres?.stop()
    for (const subject of subjects) rmSync(subject.folder, { recursive: true, force: true })
  }
}

async function measure(database: Dialect, subjects: Subject[]): Promise<Result[]> {
  for (const subject of subjects) await warmUp(subject)
  const rounds = new Map<Subject, Round[]>(subjects.map((subject) => [subject, []]))
  for (let round = 1; round <= options.rounds; round++)
    for (const subject of subjects) {
      const measured = await measureRound(subject)
      rounds.get(subject)?.push(measured)
      say(`${database} with ${subject.accounts} accounts, round ${round}: ${inWords(measured)}`)
    }
  const results: Result[] = []
  for (const subject of subjects) results.push(await resultOf(database, subject, rounds.get(subject) ?? []))
  return results
}

async function resultOf(database: Dialect, subject: Subject, rounds: Round[]): Promise<Result> {
  const times: Result['times'] = {}
  for (const kind of Object.keys(rounds[0]?.times ?? {}) as (keyof Round['times'])[])
    times[kind] = spread(rounds.flatMap((round) => round.times[kind]))
  times['signed-in page while sign-ins saturate (p99 < 100)'] = spread(await pagesWhileSaturated(subject))
  times['check of the gate while sign-ins saturate (p99 < 10)'] = spread(await checksWhileSaturated(subject))
  times['a page while 20 sign-ups are in flight from one address (p99 < 50)'] = spread(
    await pagesWhileSignedUp(subject),
  )
  for (const [kind, took] of Object.entries(await searches(subject))) times[kind] = spread(took)
  times['main thread for an answer of a passkey (p50 ≤ 3)'] = spread(await passkeysVerified())
  const residentBytes = await subject.ask('memory')
  const starts: number[] = []
  for (let start = 0; start < STARTS; start++) starts.push(await firstAnswer(subject.url, subject.folder))
  say(`${database} with ${subject.accounts} accounts: saturated, started, weighed`)
  return {
    ...{ database, accounts: subject.accounts, filledInSeconds: subject.filledIn, fileBytes: subject.bytes },
    rounds: rounds.map(({ times: _, ...rates }) => rates),
    openid: await openidShares(subject, options.rounds),
    behindNginx: median(await shareBehindNginx(subject, options.rounds)),
    bytesOfClients: await memoryOfClients(subject),
    ...{ times, residentBytes, startSeconds: median(starts), bytesPerPage: await weights(subject) },
  }
}

function inWords({ signIns, hashes, ofProcessorTime, pages, barePages, answers, bareAnswers, ...gate }: Round): string {
  return [
    `${signIns.toFixed(1)} sign-ins/s of ${hashes.toFixed(1)} hashes/s (${ofProcessorTime.toFixed(2)} of processor time)`,
    `${pages.toFixed(0)} signed-in pages/s of ${barePages.toFixed(0)}`,
    `${answers.toFixed(0)} token-checked answers/s of ${bareAnswers.toFixed(0)}`,
    `${gate.checks.toFixed(0)} checks/s of ${gate.bareForChecks.toFixed(0)}`,
  ].join(' · ')
}

async function newDatabase(server: string, name: string): Promise<string> {
  const { default: pg } = await import('pg')
  const client = new pg.Client(server)
  await client.connect()
  await client.query(`create database ${name}`)
  await client.end()
  return Object.assign(new URL(server), { pathname: `/${name}` }).href
}
