// All tests: types and lint, the unit tests, the tests of whole systems and the browser suite, on SQLite and on PostgreSQL. Ends
// with the total. `tools/test.ts STEP [FILES]` runs one step, or these files of it.
import { execFile, spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join, relative } from 'node:path'
import { promisify } from 'node:util'
import { bundleTests, programs } from './bundled-tests.ts'
import { failuresOfNode, failuresOfPlaywright, type PlaywrightReport } from './failures.ts'
import { reaches } from './imports.ts'
import { type Postgres, startPostgres } from './postgres.ts'

const MINUTE = 60_000
/** What hangs is ended and named: a program of tests, and the whole run before whoever runs it loses patience. */
const PROGRAM_AT_MOST = 12 * MINUTE
const ALL_AT_MOST = 75 * MINUTE

const CORES = availableParallelism()
const total = { passed: 0, failed: 0 }
const failures: string[] = []
const [only, ...named] = process.argv.slice(2)
let running = ''
const isWanted = (...steps: string[]) => !only || steps.includes(only)

const testFiles = ['app', 'views', 'db', 'cli', 'testing', 'tools', 'lab', 'deploy']
  .flatMap((folder) => readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((file) => join(folder, file)))
  .filter((file) => /\.test\.tsx?$/.test(file))
  .filter((file) => named.length === 0 || named.some((name) => relative('.', name) === file))

// Whole programs, side by side: servers, proxies, text browsers. All other test files run in process, many in one.
const isSystem = (file: string) => /\.system\.test\.ts$/.test(file)
// Tests of what only PostgreSQL can do run only there. Tests that open no database don't run there a second time: a test opens
// one through db/, or has one made in testing/, which does, so its imports tell.
const aboutPostgres = (file: string) => /\.postgres\.(system\.)?test\.ts$/.test(file)
const opensDatabase = (name: string) => name.startsWith('db/')
const ON = {
  SQLite: testFiles.filter((file) => !aboutPostgres(file)),
  PostgreSQL: testFiles.filter((file) => aboutPostgres(file) || reaches(file, opensDatabase)),
}
// They ask that nobody waits longer than people would, or than a fifth of a second. Beside others somebody does.
const needsQuiet = (file: string) => /several-processes|workers|waits|faults/.test(file)
// They begin first, or the last of them would run alone.
const isLong = (file: string) => /kills|fuzz|commands|openid-peers|move-to-postgres/.test(file)

setTimeout(() => {
  count(0, 1, [`✖ ${running}: not at its end after ${ALL_AT_MOST / MINUTE} minutes of all tests`])
  end()
}, ALL_AT_MOST).unref()

// Waits for the network most of the time, so it goes beside the steps that need none of it.
const bringing = isWanted('system') ? promisify(execFile)('node', ['--import=tsx', 'e2e/bring-in.ts']) : undefined
bringing?.catch(() => {}) // its own step tells
if (isWanted('check') && named.length === 0)
  await step('types and lint', () => run('npm', ['run', '--silent', 'check']))
if (isWanted('unit', 'system', 'postgres'))
  await step('test files as JavaScript', async () => {
    await bundleTests(testFiles)
    return 0
  })
if (isWanted('unit')) await unitTests('SQLite', { DATABASE_URL: '' })
if (bringing)
  await step('programs of this system', async () => {
    await bringing
    return 0
  })
if (isWanted('system')) await systemTests('SQLite', { DATABASE_URL: '' })
if (isWanted('postgres'))
  await withPostgres(async (environment) => {
    await unitTests('PostgreSQL', environment)
    await systemTests('PostgreSQL', environment)
  })
if (isWanted('e2e')) {
  await step('browser suite on SQLite', () => browsers({ E2E_DATABASE: '' }))
  // In a language with longer words: width on the phone, and what WCAG 2.2 AA asks for.
  const MADE_UP = { E2E_DATABASE: '', E2E_LANGUAGE: 'made-up' }
  await step('pages in a made-up language', () => browsers(MADE_UP, ['pages.spec.ts', '--grep=in order']))
}
if (isWanted('e2e-postgres')) await step('browser suite on PostgreSQL', () => browsers({ E2E_DATABASE: 'postgres' }))

if (only && only !== 'check' && total.passed + total.failed === 0)
  await step(`${process.argv.slice(2)}: nothing is named so`, async () => 1)
end()

function end(): never {
  for (const failure of failures) console.log(`\n${failure}`)
  console.log(`\n${total.passed} passed, ${total.failed} failed`)
  // Said explicitly: embedded PostgreSQL ends a process that runs out of work with 0, whatever its exit code was.
  process.exit(total.failed > 0 ? 1 : 0)
}

/** A step that fails without having counted a failure is one. */
async function step(name: string, work: () => Promise<number>) {
  console.log(`\n── ${name}`)
  running = name
  const started = performance.now()
  const before = total.failed
  const exitCode = await work().catch((error) => {
    console.error(error)
    return 1
  })
  if (exitCode !== 0 && total.failed === before) {
    total.failed++
    failures.push(`✖ ${name}: exit code ${exitCode}, and no test that failed`)
  }
  console.log(
    `── ${name}: ${exitCode === 0 ? 'good' : 'FAILED'} after ${Math.round((performance.now() - started) / 1000)} s`,
  )
}

function unitTests(database: keyof typeof ON, environment: Record<string, string>) {
  const files = ON[database].filter((file) => !isSystem(file))
  const all = programs(dealt(files))
  return step(`unit tests on ${database}`, () => nodeTests(all, all.length, environment))
}

function systemTests(database: keyof typeof ON, environment: Record<string, string>) {
  const all = ON[database].filter(isSystem)
  const files = [...all.filter(isLong), ...all.filter((file) => !isLong(file))]
  const alone = (file: string) => [file]
  return step(`tests of whole systems on ${database}`, async () => {
    const side = await nodeTests(programs(files.filter((file) => !needsQuiet(file)).map(alone)), CORES, environment)
    return (await nodeTests(programs(files.filter(needsQuiet).map(alone)), 1, environment)) || side
  })
}

/**
 * The tests by properties in one program, because what makes their texts takes a second to begin. The others in one more than
 * there are cores, because a test waits now and then. All run side by side, so none waits for a program before it.
 */
function dealt(files: string[]): string[][] {
  const isProperty = (file: string) => /\.property\.test\.ts$/.test(file)
  const others = files.filter((file) => !isProperty(file))
  const many = CORES + 1
  return [
    files.filter(isProperty),
    ...Array.from({ length: many }, (_, at) => others.filter((_, index) => index % many === at)),
  ].filter((group) => group.length > 0)
}

async function nodeTests(files: string[], atOnce: number, environment: Record<string, string>) {
  if (files.length === 0) return 0
  let heard = ''
  const exitCode = await run(
    'node',
    [
      '--enable-source-maps',
      '--max-semi-space-size=32',
      '--single-threaded-gc', // threads that help to collect wait for each other, and there are more processes than cores
      '--test',
      `--test-concurrency=${atOnce}`,
      `--test-timeout=${PROGRAM_AT_MOST}`,
      '--test-reporter=spec',
      ...files,
    ],
    environment,
    (text) => {
      heard += text
    },
  )
  const summed = (word: string) => Number(new RegExp(`^ℹ ${word} (\\d+)$`, 'm').exec(heard)?.[1] ?? 0)
  count(summed('pass'), summed('fail') + summed('cancelled'), failuresOfNode(heard))
  return exitCode
}

async function withPostgres(work: (environment: Record<string, string>) => Promise<void>) {
  let postgres: Postgres | undefined
  try {
    postgres = await startPostgres({ fleeting: true })
    await work({ DATABASE_URL: postgres.url })
  } catch (error) {
    console.error(error)
    count(0, 1, [`✖ PostgreSQL: ${error}`])
  } finally {
    await postgres?.stop()
  }
}

async function browsers(environment: Record<string, string>, only: string[] = []) {
  const exitCode = await run('npm', ['run', '--silent', 'e2e', '--', ...only], environment)
  const report: PlaywrightReport = JSON.parse(readFileSync('e2e/results.json', 'utf8'))
  const { expected, flaky, unexpected } = report.stats
  count(expected, unexpected + flaky, failuresOfPlaywright(report))
  return exitCode
}

function count(passed: number, failed: number, told: string[]) {
  total.passed += passed
  total.failed += failed
  failures.push(...told)
}

function run(
  command: string,
  args: string[],
  environment: Record<string, string> = {},
  heard: (text: string) => void = () => {},
) {
  return new Promise<number>((resolve, reject) => {
    const child = spawn(command, args, {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, ...environment },
    })
    child.stdout.on('data', (data) => {
      process.stdout.write(data)
      heard(String(data))
    })
    child.once('error', reject).once('close', (code) => resolve(code ?? 1))
  })
}
