// All tests: types and lint, the unit tests and the browser suite, on SQLite and on PostgreSQL. Ends with the total.
import { spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { bundled, bundleTests } from './bundled-tests.ts'
import { bringIn, FOR_THE_TESTS } from './debian.ts'
import { reaches } from './imports.ts'
import { startPostgres } from './postgres.ts'

const total = { passed: 0, failed: 0 }
const only = process.argv[2] // unit, postgres, e2e or e2e-postgres

const testFiles = ['app', 'views', 'db', 'cli', 'testing', 'tools', 'lab', 'deploy'].flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.test\.tsx?$/.test(file))
    .map((file) => join(folder, file)),
)

// Tests of what only PostgreSQL can do run only there. Tests that open no database don't run there a second time. A test opens
// one through db/ or in a process that it starts, so its imports tell.
const aboutPostgres = (file: string) => /\.postgres\.test\.ts$/.test(file)
const opensDatabase = (name: string) => /^(db\/|node:(child_process|cluster|worker_threads)$)/.test(name)
// Several processes want the cores at once: beside other tests they wait longer for each other than people would.
const manyProcesses = (file: string) =>
  /several-processes|server|workers|start-together|text-browsers|proxies/.test(file)
const onSqlite = testFiles.filter((file) => !aboutPostgres(file))
const onPostgres = testFiles.filter((file) => aboutPostgres(file) || reaches(file, opensDatabase))

if (!only) await step('types and lint', () => run('npm', ['run', '--silent', 'check']))
if (!only || only === 'unit' || only === 'postgres') {
  bringIn(FOR_THE_TESTS)
  await bundleTests(testFiles)
}
if (!only || only === 'unit') await step('unit tests on SQLite', () => unit(onSqlite, { DATABASE_URL: '' }))
if (!only || only === 'postgres') await step('unit tests on PostgreSQL', unitOnPostgres)
if (!only || only === 'e2e') {
  await step('browser suite on SQLite', () => browsers({ E2E_DATABASE: '' }))
  // In a language with longer words: width on the phone, and what WCAG 2.2 AA asks for.
  const MADE_UP = { E2E_DATABASE: '', E2E_LANGUAGE: 'made-up' }
  await step('pages in a made-up language', () =>
    browsers(MADE_UP, ['pages.spec.ts', '--grep=in order', '--project=chromium', '--project=phone']),
  )
}
if (!only || only === 'e2e-postgres')
  await step('browser suite on PostgreSQL', () => browsers({ E2E_DATABASE: 'postgres' }))

console.log(`\n${total.passed} passed, ${total.failed} failed`)
// Said explicitly: embedded PostgreSQL ends a process that runs out of work with 0, whatever its exit code was.
process.exit(total.failed > 0 ? 1 : 0)

/** A step that fails without having counted a failure is one. */
async function step(name: string, work: () => Promise<number>) {
  console.log(`\n── ${name}`)
  const started = performance.now()
  const before = total.failed
  const exitCode = await work().catch((error) => {
    console.error(error)
    return 1
  })
  if (exitCode !== 0 && total.failed === before) total.failed++
  console.log(
    `── ${name}: ${exitCode === 0 ? 'good' : 'FAILED'} after ${Math.round((performance.now() - started) / 1000)} s`,
  )
}

async function unit(files: string[], environment: Record<string, string>) {
  const together = await nodeTests(
    files.filter((file) => !manyProcesses(file)),
    availableParallelism(),
    environment,
  )
  return (await nodeTests(files.filter(manyProcesses), 1, environment)) || together
}

async function nodeTests(files: string[], atOnce: number, environment: Record<string, string>) {
  let heard = ''
  const exitCode = await run(
    'node',
    ['--enable-source-maps', '--test', `--test-concurrency=${atOnce}`, '--test-reporter=spec', ...files.map(bundled)],
    environment,
    (text) => {
      heard += text
    },
  )
  const summed = (word: string) => Number(new RegExp(`^ℹ ${word} (\\d+)$`, 'm').exec(heard)?.[1] ?? 0)
  count(summed('pass'), summed('fail') + summed('cancelled'))
  return exitCode
}

async function unitOnPostgres() {
  const postgres = await startPostgres({ fleeting: true })
  try {
    return await unit(onPostgres, { DATABASE_URL: postgres.url })
  } finally {
    await postgres.stop()
  }
}

async function browsers(environment: Record<string, string>, only: string[] = []) {
  const exitCode = await run('npm', ['run', '--silent', 'e2e', '--', ...only], environment)
  const { stats } = JSON.parse(readFileSync('e2e/results.json', 'utf8'))
  count(stats.expected + stats.flaky, stats.unexpected)
  return exitCode
}

function count(passed: number, failed: number) {
  total.passed += passed
  total.failed += failed
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
