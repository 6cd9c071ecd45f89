// Everything that is only PostgreSQL's. What is SQLite's is in sqlite.ts.
import { setTimeout as pause } from 'node:timers/promises'
import { drizzle } from 'drizzle-orm/node-postgres'
import { migrate as applyMigrations } from 'drizzle-orm/node-postgres/migrator'
import pg from 'pg'
import { isLoopback, isUntrusted } from '#app/lib/tls.ts'
import { migrationsFolder, migrationsOf, NOTHING_YET, refuseNewer } from './migrations.ts'
import { type Build, type Database, type Db, kept, Must, Undone } from './transaction.ts'

const SECOND = 1000
const TRIES = 3
const FIRST_WAIT = 20 // milliseconds at most before the second try, and three times as many before the third
/** A number that nothing else in the database uses as a lock: the letters "latchkey". */
const MIGRATING = '7809651199139603833'

export type PostgresOptions = {
  /** Connections at most. */
  pool: number
  /** Milliseconds for one statement, and to wait for a connection. */
  timeout: number
  /** Another machine may be reached without encryption. */
  plain?: boolean
}

/**
 * How to reach the database of `url`: another machine over TLS, with a certificate for its name. The driver says what the URL and
 * the environment (PGHOST, PGSSLMODE) amount to. Throws if the URL turns that off and `plain` doesn't allow it.
 */
export function addressOf(url: string, plain = false): { connectionString: string; ssl?: true } {
  const { host, ssl } = new pg.Client({ connectionString: url }) as unknown as { host: string; ssl: false | true | Tls }
  if (plain || host.startsWith('/') || isLoopback(host)) return { connectionString: url } // a path is a socket on this machine
  const isOff = ssl === false && /[?&](ssl|sslmode)=/.test(url)
  const isLax = typeof ssl === 'object' && (ssl.rejectUnauthorized === false || ssl.checkServerIdentity !== undefined)
  if (isOff || isLax)
    throw new Error(
      `DATABASE_URL must reach ${host} encrypted and with a verified certificate: put sslmode=verify-full into it, or set DATABASE_PLAIN=yes where nobody else is on that network.`,
    )
  return ssl ? { connectionString: url } : { connectionString: url, ssl: true }
}

type Tls = { rejectUnauthorized?: boolean; checkServerIdentity?: unknown }

/** `pool` is how the database is reached; `close` ends it. */
export function openPostgres(url: string, options: PostgresOptions, pool = poolOf(url, options)): Database {
  const query = pool.query.bind(pool) as (...of: unknown[]) => Promise<unknown>
  pool.query = ((...of: unknown[]) => again(() => query(...of))) as typeof pool.query
  return {
    db: drizzle(pool) as unknown as Db,
    dialect: 'postgres',
    atomically: (build, { durable } = { durable: true }) => kept(() => again(() => transaction(pool, build, durable))),
    migrate: ({ mayBegin = true } = {}) => migrate(clientOf(url, options), mayBegin),
    close: () => pool.end(),
  }
}

const clientOf = (url: string, { timeout, plain }: PostgresOptions) => ({
  ...addressOf(url, plain),
  application_name: 'latchkey',
  keepAlive: true,
  connectionTimeoutMillis: timeout,
})

/** Connections, which open as they are asked for. */
export function poolOf(url: string, options: PostgresOptions): pg.Pool {
  const { pool: most, timeout } = options
  const pool = new pg.Pool({
    ...clientOf(url, options),
    max: most,
    pipeline: true, // a transaction sends its statements without waiting for each
    // Sent as the connection begins, so no request pays for it. Waiting for a row that another holds ends sooner than the work
    // itself, because one that is stuck must not hold the whole pool.
    statement_timeout: timeout,
    lock_timeout: Math.ceil(timeout / 2),
    idle_in_transaction_session_timeout: timeout,
    // The server ends what is too slow, and says so. If it can't, because the network fell silent, this does.
    query_timeout: timeout + 2 * SECOND,
  })
  pool.on('error', () => {}) // the next query replaces a broken idle connection, and reports what is wrong
  // One that breaks just as the pool hands it over has no other listener yet, and would end the process.
  pool.on('connect', (connection) => connection.on('error', () => {}))
  return pool
}

/**
 * One connection from begin to commit. Sends all statements at once, and the server runs them in order, because waiting for each
 * answer costs more than most of them. If no guard must answer first, the commit goes along, and keeps nothing that failed. The
 * connection goes back to the pool only once it surely has no open transaction.
 */
async function transaction(pool: pg.Pool, build: Build, durable: boolean): Promise<void> {
  const connection = await pool.connect()
  let broken: Error | undefined
  const breaks = (error: Error) => {
    broken ??= error
  }
  connection.on('error', breaks) // without a listener, a connection that breaks between two statements would end the process
  let endsItself = false
  try {
    const steps = build(drizzle(connection) as unknown as Db)
    endsItself = steps.length === 1 || !steps.some((step) => step instanceof Must)
    // "local" ends with the transaction: the next one on this connection waits for the disk again.
    const sent: Promise<unknown>[] = [connection.query(durable ? 'begin' : 'begin; set local synchronous_commit = off')]
    sent.push(...steps.map(send))
    if (endsItself) sent.push(connection.query('commit'))
    const answers = await Promise.allSettled(sent)
    // In order: the first failure or guard is what happened, and everything after it follows from that.
    for (const [index, answer] of answers.entries()) {
      if (answer.status === 'rejected') throw answer.reason
      const step = steps[index - 1]
      if (step instanceof Must) step.answeredBy(answer.value as unknown[])
    }
    if (!endsItself) await connection.query('commit')
  } catch (error) {
    if (error instanceof Undone || isRefusal(error)) {
      const isOver = endsItself && error instanceof Undone
      if (!isOver) await connection.query('rollback').catch(breaks)
      throw error
    }
    breaks(error as Error) // the connection's state is unknown, and closing it undoes what isn't committed
    throw broken
  } finally {
    connection.off('error', breaks)
    connection.release(broken)
  }
}

/** Drizzle sends a statement when something asks for its answer. */
const send = (step: PromiseLike<unknown> | Must): Promise<unknown> =>
  new Promise((resolve, reject) => (step instanceof Must ? step.rows : step).then(resolve, reject))

/** Whether the server answered, and so goes on. */
const isRefusal = (error: unknown) => beneath(error) instanceof pg.DatabaseError

/** What the driver said, without Drizzle's words around it. */
function beneath(error: unknown): unknown {
  const { cause } = error as { cause?: unknown }
  return cause instanceof Error && !(error instanceof pg.DatabaseError) ? beneath(cause) : error
}

/**
 * Serialization failure, deadlock: the server undid the work and asks to try again. Foreign key: what a row belongs to was being
 * deleted while a statement read that it is there. The next try reads that it's gone.
 */
const ASKS_AGAIN = new Set(['40001', '40P01', '23503'])

/** Tries three times at most, with short random waits, so the same two don't meet again. */
async function again<Result>(work: () => Promise<Result>): Promise<Result> {
  for (let tries = 1; ; tries++) {
    try {
      return await work()
    } catch (error) {
      const code = codeOf(error)
      if (tries === TRIES || code === undefined || !ASKS_AGAIN.has(code)) throw error
      await pause(Math.random() * FIRST_WAIT * 3 ** (tries - 1))
    }
  }
}

/** The driver's own errors have only words, or an ambiguous code. The log shows the code, and answers depend on it. */
const NAMELESS: [RegExp, string][] = [
  [/^timeout exceeded when trying to connect/, 'NO_FREE_CONNECTION'],
  [/^Query read timeout/, 'NO_ANSWER'],
  [/^(Connection terminated|timeout expired|Client (has encountered|was closed)|Cannot use a pool)/, 'CONNECTION_LOST'],
  [/^The server does not support SSL/, 'NO_TLS'],
  [/^connect ENOENT/, 'CONNECTION_LOST'], // its socket is a file, which went with it
]

function codeOf(error: unknown): string | undefined {
  const driver = beneath(error) as { code?: string; message?: string }
  if (!(driver instanceof pg.DatabaseError)) {
    const name = NAMELESS.find(([words]) => words.test(driver.message ?? ''))?.[1]
    if (name !== undefined) driver.code = name
  }
  return driver.code
}

/** One process after the other, each on its own connection, so no time limit ends a long migration halfway. */
async function migrate(address: pg.ClientConfig, mayBegin: boolean): Promise<void> {
  const connection = new pg.Client(address)
  connection.on('error', () => {}) // the statement that breaks reports it
  await connection.connect().catch((error) => {
    throw new Error(whyNoConnection(error, `${connection.host}:${connection.port}`), { cause: error })
  })
  try {
    await connection.query('set statement_timeout = 0; set lock_timeout = 0')
    await connection.query(`select pg_advisory_lock(${MIGRATING})`) // released when the connection ends, however it ends
    const before = await applied(connection)
    if (before.length === 0 && !mayBegin) throw new Error(`There is nothing in the database. ${NOTHING_YET}`)
    refuseNewer(before, migrationsOf('postgres'))
    await applyMigrations(drizzle(connection), { migrationsFolder: migrationsFolder('postgres') })
  } finally {
    await connection.end()
  }
}

/** For the operator, at the start. */
function whyNoConnection(error: Error, where: string): string {
  const code = codeOf(error)
  if (beneath(error) instanceof pg.DatabaseError)
    return `PostgreSQL at ${where} refuses what DATABASE_URL says: ${error.message} (${code}).`
  if (isUntrusted(code))
    return `The certificate of PostgreSQL at ${where} is not trusted (${code}): name who signed it with sslrootcert=FILE in DATABASE_URL.`
  if (code === 'NO_TLS')
    return `PostgreSQL at ${where} offers no encryption: turn ssl on there, or set DATABASE_PLAIN=yes where nobody else is on that network.`
  return `PostgreSQL does not answer at ${where} (${code ?? error.message}), which is where DATABASE_URL says it is.`
}

/** When each migration in the database was made. */
async function applied(connection: pg.Client): Promise<number[]> {
  const { rows } = await connection.query(`select to_regclass('drizzle.__drizzle_migrations') as journal`)
  if (rows[0].journal === null) return []
  const journal = await connection.query('select created_at from drizzle.__drizzle_migrations')
  return journal.rows.map(({ created_at }) => Number(created_at))
}
