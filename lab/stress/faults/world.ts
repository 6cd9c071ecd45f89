import { randomBytes } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import type Sqlite from 'better-sqlite3'
import { createPasswords } from '../../../app/lib/passwords.ts'
import { createVault } from '../../../app/lib/vault.ts'
import { type Database, type Db, openDatabase } from '../../../db/client.ts'
import { dialect } from '../../../db/columns.ts'
import { type Browser, browser } from '../../../testing/browser.ts'
import { asked, emptyDatabase } from '../../../testing/databases.ts'
import { assertInvariants } from '../../../testing/invariants.ts'
import { BASE_URL, PASSWORD } from '../../../testing/names.ts'
import { builtProgram } from '../../../testing/programs.ts'
import { QUICK } from '../../../testing/quick-hashes.ts'
import { type ServerProcess, startServer } from '../../../testing/server-process.ts'
import { byHttp } from '../../../testing/transport.ts'

export type World = Awaited<ReturnType<typeof makeWorld>>

const PATIENCE = 60_000 // ms for an answer: longer than anything here takes, so a hang shows

/** A database of its own, on disk or on DATABASE_URL's server, its keys, and a server process that we can hurt. */
export async function makeWorld({
  settings = {},
  within,
  postgres,
}: {
  settings?: Record<string, string>
  /** Where to make SQLite's folder. */
  within?: string
  /** The server on which to make PostgreSQL's database. */
  postgres?: string
} = {}) {
  const { url, folder, drop } = await emptyDatabase({ within, server: postgres })
  const key = { id: 'f1', key: randomBytes(32) }
  const keys = `${key.id}:${Buffer.from(key.key).toString('base64')}`
  let server: ServerProcess | undefined
  let connected: Database | undefined
  let clockIsOff = 0

  const world = {
    url,
    folder,
    keys,
    vault: createVault([key]),
    passwordHash: await createPasswords({ cost: QUICK }).hash(PASSWORD, 'local'),
    /** The tester's one connection, the same object across restarts, because it remembers what it saw before. */
    db: forwarding(() => connected?.db),
    get server() {
      if (!server) throw new Error('The server does not run.')
      return server
    },

    /** What the server's clock says. */
    now: () => new Date(Date.now() + clockIsOff),

    /** Starts the server, with `changed` settings for this start only. Throws if it doesn't start. */
    async start(changed: Record<string, string> = {}) {
      clockIsOff = Number(changed.CLOCK_OFF_BY_MS ?? 0)
      server = await startServer({
        environment: {
          DATABASE_URL: url,
          LATCHKEY_KEYS: keys,
          BASE_URL,
          SIGN_UP: 'open',
          RATE_LIMIT_PER_ADDRESS: '0',
          TRUST_PROXY: '127.0.0.1', // the tester asks the gate as a proxy would
          ...settings,
          ...changed,
        },
        program: await builtProgram('lab/stress/faults/server.ts', { whole: true }),
      })
      if (server.port === 0) throw new Error(`The server did not start: ${server.err()}`)
      world.connect()
    },

    connect() {
      connected ??= openDatabase(url)
      needNoDisk(connected)
    },

    /**
     * Waits for a killed or stopped server to end, and starts the next one on the same database. The tester isn't connected
     * meanwhile, so only the product finds and repairs what SQLite leaves behind.
     */
    async restart(changed: Record<string, string> = {}) {
      await world.down()
      await world.start(changed)
    },

    async disconnect() {
      await connected?.close()
      connected = undefined
    },

    async down() {
      await world.disconnect()
      await server?.kill()
      server = undefined
      if (dialect === 'postgres') await nobodyElseIsConnected(url)
    },

    /** Sends a browser's requests over the network to the server that is running now. */
    browser: (): Browser =>
      browser(
        byHttp(() => world.server.port, { patience: PATIENCE }),
        {},
      ),

    assertInvariants: (secrets: string[] = []) => assertInvariants(world, secrets),

    async end() {
      await world.down()
      await drop()
    },
  }

  world.connect()
  await connected?.migrate()
  return world
}

/** The tester's own rows needn't be on the disk before it goes on. */
export function needNoDisk(connected: Database): void {
  if (dialect === 'sqlite') clientOf(connected).pragma('synchronous = OFF')
}

/** SQLite's own connection. */
export const clientOf = ({ db }: Pick<Database, 'db'>): Sqlite.Database =>
  (db as unknown as { $client: Sqlite.Database }).$client

/** A killed client's last statement, perhaps a commit, runs to its end before PostgreSQL notices that the client is gone. */
async function nobodyElseIsConnected(url: string) {
  const others = 'select pid from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()'
  while ((await asked(url, others)).length > 0) await pause(5)
}

const forwarding = (to: () => Db | undefined) =>
  new Proxy({} as Db, {
    get(_, name) {
      const db = to()
      if (!db) throw new Error('The tester is not connected.')
      const value = Reflect.get(db, name)
      return typeof value === 'function' ? value.bind(db) : value
    },
  })
