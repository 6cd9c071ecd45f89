import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { builtProgram } from '#testing/programs.ts'
import { startPostgres } from '../tools/postgres.ts'
import { isMadeUp } from './language.ts'

const THIRTY_SECONDS = 30_000
const TEN_SECONDS = 10_000

/**
 * Before the tests, starts the product unless `E2E_BASE_URL` names a server that is already there. The worker processes
 * read the address from that variable. Returns what ends it after the tests.
 */
export default async function serverForTheTests(): Promise<() => Promise<void>> {
  if (process.env.E2E_BASE_URL) {
    await answers(process.env.E2E_BASE_URL)
    return async () => {}
  }
  const server = await startServer()
  process.env.E2E_BASE_URL = server.url
  process.env.E2E_MAIL_FOLDER = server.mailFolder
  process.env.E2E_OPERATOR = server.operator
  return async () => {
    delete process.env.E2E_BASE_URL
    delete process.env.E2E_MAIL_FOLDER
    delete process.env.E2E_OPERATOR
    await server.stop()
  }
}

/**
 * Starts the product on a free port, with a fresh database in its own folder, and resolves when it answers.
 * `E2E_SERVER=built` starts what `npm run build` made, anything else the sources with passwords that cost little.
 * `E2E_DATABASE=postgres` gives it its own PostgreSQL, anything else a SQLite file. `environment` is added to its own. Its operator's
 * program runs beside it (`operator-desk.ts`).
 */
export async function startServer(
  environment: Record<string, string> = {},
): Promise<{ url: string; mailFolder: string; operator: string; stop: () => Promise<void> }> {
  const folder = await mkdtemp(path.join(tmpdir(), 'latchkey-e2e-'))
  const database = await freshDatabase(folder)
  const server = await programOfTheServer()
  const desk = await builtProgram('e2e/operator-desk.ts')
  const known = { DATABASE_URL: database.url, DATA_FOLDER: folder }
  const children: ChildProcess[] = []
  const killChildren = () => children.map((child) => child.kill('SIGKILL'))
  process.once('exit', killChildren)
  const stop = async () => {
    process.off('exit', killChildren)
    await Promise.all(children.map(stopped))
    await database.stop()
    await rm(folder, { recursive: true, force: true })
  }
  const started = (program: string, more: Record<string, string>) => {
    const child = startedWith(program, { ...known, ...more })
    children.push(child)
    return addressFrom(child)
  }
  try {
    const url = await started(server, { PORT: '0', RATE_LIMIT_PER_ADDRESS: '0', ...environment })
    await answers(url)
    const operator = await started(desk, { BASE_URL: url })
    return { url, mailFolder: path.join(folder, 'mail'), operator, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

function startedWith(program: string, environment: Record<string, string>): ChildProcess {
  return spawn(process.execPath, [program], {
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    // Only the PATH comes from the tester's environment: a key or an address from there would change what is tested.
    env: { PATH: process.env.PATH, ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
}

async function programOfTheServer() {
  if (process.env.E2E_SERVER === 'built') return 'dist/server.js'
  return builtProgram(isMadeUp ? 'e2e/made-up-server.ts' : 'testing/quick-server.ts')
}

async function freshDatabase(folder: string): Promise<{ url: string; stop: () => Promise<void> }> {
  if (process.env.E2E_DATABASE === 'postgres') return await startPostgres({ fleeting: true })
  return { url: `file:${path.join(folder, 'latchkey.db')}`, stop: async () => {} }
}

/** The address from the line that the server prints once it listens. */
async function addressFrom(child: ChildProcess): Promise<string> {
  let printed = ''
  return new Promise((resolve, reject) => {
    const fail = (what: string) => reject(new Error(`${what}\n${printed}`))
    const timer = setTimeout(fail, THIRTY_SECONDS, 'The server did not say within 30 seconds that it listens.')
    child.once('error', (error) => fail(`The server did not start: ${error.message}`))
    child.once('exit', (status) => fail(`The server ended before it listened, with status ${status}.`))
    child.stdout?.on('data', (chunk: Buffer) => {
      printed += chunk
      const url = /https?:\/\/[^\s/]+/.exec(printed)?.[0]
      if (!url) return
      clearTimeout(timer)
      resolve(url)
    })
  })
}

/** Asks for a page, because our proxies don't pass health checks on. */
async function answers(url: string): Promise<void> {
  const response = await fetch(new URL('/sign-in', url), { signal: AbortSignal.timeout(TEN_SECONDS) }).catch(
    (error) => {
      throw new Error(`Nothing answers at ${url}: ${error.cause?.message ?? error.message}`)
    },
  )
  if (!response.ok) throw new Error(`${url}/sign-in answers ${response.status}.`)
}

async function stopped(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const end = once(child, 'exit')
  child.kill('SIGTERM')
  const patience = setTimeout(() => child.kill('SIGKILL'), TEN_SECONDS)
  await end
  clearTimeout(patience)
}
