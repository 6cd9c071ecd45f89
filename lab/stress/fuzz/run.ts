import { randomBytes } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { METHODS } from '../../../app/api/jelastic/jelastic.ts'
import { createVault } from '../../../app/lib/vault.ts'
import type { Latchkey } from '../../../testing/index.ts'
import {
  BASE_URL,
  codeOf,
  latchkey,
  PASSWORD,
  type ServerProcess,
  sharedDatabase,
  signedUp,
  startServer,
  withTwoFactor,
} from '../../../testing/index.ts'
import { assertInvariants, assertUnreadable } from '../../../testing/invariants.ts'
import { addClient } from '../../../testing/openid.ts'
import { builtProgram } from '../../../testing/programs.ts'
import { freePort } from '../../../tools/postgres.ts'
import { needNoDisk } from '../faults/world.ts'
import { type Fuzzed, fuzz } from './fuzz.ts'
import { OF_CLIENTS } from './openid.ts'
import { KINDS, METRICS_TOKEN, type Person } from './people.ts'
import { routesOf, withMethods } from './route-table.ts'
import { exchange, headerOf, type Request } from './wire.ts'

export type Memory = { rss: number; heapUsed: number }
export type Run = Fuzzed & { seconds: number; before: Memory | undefined; after: Memory | undefined }

const MEGABYTE = 1024 * 1024
const TEN_SECONDS = 10_000

/** Fuzzes the real server, in its own process and with its own database. `entry` is what to start. */
export async function fuzzServer({
  requests,
  seed,
  entry,
}: {
  requests: number
  seed: number
  entry: string
}): Promise<Run> {
  const database = await sharedDatabase()
  needNoDisk(database)
  const key = randomBytes(32)
  const port = await freePort()
  const server = await startServer({
    program: await builtProgram(entry, { whole: true }),
    environment: {
      DATABASE_URL: database.url,
      LATCHKEY_KEYS: `k1:${key.toString('base64')}`,
      PORT: String(port),
      BASE_URL,
      SIGN_UP: 'open',
      METRICS_TOKEN,
      RATE_LIMIT_PER_ADDRESS: '0',
    },
  })
  const now = () => new Date()
  const product = await latchkey(
    { metricsToken: METRICS_TOKEN },
    { database, vault: createVault([{ id: 'k1', key }]), clock: { now, advance: () => {} } },
  )
  await addClient(product)
  let before: Memory | undefined
  const started = performance.now()
  try {
    const fuzzed = await fuzz({
      product,
      port,
      routes: withMethods(
        routesOf(product.app).filter(({ path }) => !OF_CLIENTS.test(path)), // openid.ts has a world for them
        METHODS,
      ),
      kinds: KINDS,
      requests,
      seed,
      async between(people, quarter) {
        if (quarter === 1) before = await memoryOf(server)
        await assertInvariants(database, secretsOf(people))
      },
    })
    const after = await memoryOf(server)
    fuzzed.findings.push(...(await afterwards({ server, product, port, people: fuzzed.people })))
    return { ...fuzzed, before, after, seconds: (performance.now() - started) / 1000 }
  } finally {
    await server.stop()
    await database.close()
  }
}

/** Whether the server is as good as before. */
async function afterwards(of: { server: ServerProcess; product: Latchkey; port: number; people: Person[] }) {
  const { server, product, port, people } = of
  const wrong: string[] = []
  if (server.child.exitCode !== null) wrong.push('the server has ended')
  if (!(await signsIn(product, port))) wrong.push('nobody can sign in any more')
  for (const line of linesOf(server)) if (line.level === 'error') wrong.push(`the log has ${JSON.stringify(line)}`)
  if (server.err() !== '') wrong.push(`written on standard error: ${server.err().slice(0, 2_000)}`)
  try {
    assertUnreadable(server.out(), secretsOf(people))
  } catch (error) {
    wrong.push(String(error))
  }
  return wrong.map((what) => ({ number: 0, what }))
}

/** A full sign-in over the wire, with and without a second factor. */
async function signsIn(product: Latchkey, port: number): Promise<boolean> {
  const plain = await signedUp(product)
  const first = await exchange(port, signInForm('/sign-in', { email: plain.email, password: PASSWORD }), TEN_SECONDS)
  const { email, key } = await withTwoFactor(product)
  const owing = await exchange(port, signInForm('/sign-in', { email, password: PASSWORD }), TEN_SECONDS)
  const cookie = owing.headers
    .filter(([name]) => name.toLowerCase() === 'set-cookie')
    .map(([, line]) => line.split(';')[0])
  const code = { code: codeOf(key, new Date()) }
  const second = await exchange(port, signInForm('/sign-in/two-factor', code, cookie.join('; ')), TEN_SECONDS)
  return [first, second].every((answer) => headerOf(answer, 'location') === '/')
}

const signInForm = (target: string, fields: Record<string, string>, cookie = 'a=b'): Request => ({
  method: 'POST',
  target,
  headers: [
    ['Host', new URL(BASE_URL).host],
    ['Origin', BASE_URL],
    ['Cookie', cookie],
    ['Content-Type', 'application/x-www-form-urlencoded'],
  ],
  body: Buffer.from(new URLSearchParams(fields).toString()),
})

/** Undefined if the server doesn't tell. */
async function memoryOf(server: ServerProcess): Promise<Memory | undefined> {
  const told = () => linesOf(server).filter(({ msg }) => msg === 'memory')
  const many = told().length
  server.child.kill('SIGUSR2')
  for (let waited = 0; waited < TEN_SECONDS && told().length === many; waited += 50) await pause(50)
  return told()[many] as Memory | undefined
}

/** Twice as much, and some megabytes for the differences between collections, is more than anything harmless explains. */
export function memoryFindings({ before, after }: Pick<Run, 'before' | 'after'>): string[] {
  if (!before || !after) return ['the server did not tell how much memory it uses']
  const grown = (name: keyof Memory, ratio: number, more: number) =>
    after[name] > before[name] * ratio + more * MEGABYTE
      ? [`${name} grew from ${Math.round(before[name] / MEGABYTE)} to ${Math.round(after[name] / MEGABYTE)} MB`]
      : []
  return [...grown('heapUsed', 1.3, 8), ...grown('rss', 1.3, 40)]
}

const linesOf = ({ out }: ServerProcess): Record<string, unknown>[] =>
  out()
    .split('\n')
    .filter((line) => line.startsWith('{') && line.endsWith('}'))
    .map((line) => JSON.parse(line))

const secretsOf = (people: Person[]) => [
  PASSWORD,
  ...people.flatMap(({ bearer, key, codes }) => [bearer, key, ...codes].filter((each) => each !== undefined)),
]
