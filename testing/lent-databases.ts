import { getTableName } from 'drizzle-orm'
import type pg from 'pg'
import type { Database } from '#db/client.ts'
import { openPostgres, poolOf } from '#db/postgres.ts'
import * as schema from '#db/schema.ts'

// A new database on a PostgreSQL server, and the first time that each of its connections runs each statement, takes most of a
// test. So the tests of one process take turns with a database and its connections, and each finds all tables and no rows.

type Drop = () => Promise<unknown>
type Owned = { url: string; pool: pg.Pool; shape: string; drop: Drop }

const OPTIONS = { pool: 10, timeout: 10_000, plain: false }
const free: Owned[] = []

/** `close` gives it back: whoever still asks is refused, as by a pool that has ended. `make` makes another where none is free. */
export async function lentDatabase(
  make: () => Promise<{ url: string; drop: Drop }>,
): Promise<Database & { url: string }> {
  const owned = free.pop() ?? (await owning(await make()))
  const { url, pool } = owned
  return {
    ...openPostgres(
      url,
      OPTIONS,
      lent(pool, () => takenBack(owned)),
    ),
    url,
  }
}

async function owning({ url, drop }: { url: string; drop: Drop }): Promise<Owned> {
  const pool = poolOf(url, OPTIONS)
  pool.options.allowExitOnIdle = true
  return { url, pool, drop, shape: await shapeOf(pool) }
}

/** Somebody's own pool, as it looks, over the connections of another. */
function lent(pool: pg.Pool, giveBack: () => Promise<void>): pg.Pool {
  const running = new Set<Promise<unknown>>()
  let isOver = false
  const refuseAfterEnd = () => {
    if (isOver) throw new Error('Cannot use a pool after calling end on the pool')
  }
  const untilDone = <Done>(work: Promise<Done>): Promise<Done> => {
    const done: Promise<unknown> = work.catch(() => {}).then(() => running.delete(done))
    running.add(done)
    return work
  }
  const query = pool.query.bind(pool) as (...of: unknown[]) => Promise<unknown>
  return Object.assign(Object.create(pool) as pg.Pool, {
    async query(...of: unknown[]) {
      refuseAfterEnd()
      return await untilDone(query(...of))
    },
    async connect() {
      refuseAfterEnd()
      const client = await untilDone(pool.connect())
      const { release } = client
      untilDone(
        new Promise<void>((resolve) => {
          client.release = (broken) => {
            release(broken)
            resolve()
          }
        }),
      )
      return client
    },
    async end() {
      refuseAfterEnd()
      isOver = true
      while (running.size > 0) await Promise.all(running)
      await giveBack()
    },
  })
}

/** What a test has changed beside rows, or holds locked, goes with the database. */
async function takenBack(owned: Owned): Promise<void> {
  try {
    await owned.pool.query(EMPTIED)
    if ((await shapeOf(owned.pool)) !== owned.shape) throw new Error('It has other tables than it had.')
    free.push(owned)
  } catch {
    await dropped(owned)
  }
}

async function dropped({ pool, drop }: Owned): Promise<void> {
  await Promise.all([pool.end(), drop()])
}

/** Without its triggers and references, which would write, and ask for an order. Identifiers begin anew. */
const EMPTIED = [
  'begin',
  "set local lock_timeout = '1s'",
  'set local session_replication_role = replica',
  ...Object.values(schema).map((table) => `delete from "${getTableName(table)}"`),
  'select setval(seqrelid, seqstart, false) from pg_sequence',
  'commit',
].join(';')

/** Differs after any change of a table, a column, a constraint, a trigger or a function. What is PostgreSQL's own has smaller numbers. */
async function shapeOf(pool: pg.Pool): Promise<string> {
  const changes = [
    ['pg_class', 'oid'],
    ['pg_attribute', 'attrelid'],
    ['pg_constraint', 'oid'],
    ['pg_trigger', 'oid'],
    ['pg_proc', 'oid'],
  ].map(
    ([catalog, number]) =>
      `(select count(*) || ' ' || sum(xmin::text::bigint) from ${catalog} where ${number} >= ${FIRST_OF_USERS})`,
  )
  const { rows } = await pool.query({ text: `select concat_ws(',', ${changes})`, rowMode: 'array' })
  return String(rows[0])
}
const FIRST_OF_USERS = 16384 // FirstNormalObjectId

process.on('beforeExit', async () => {
  await Promise.all(free.splice(0).map(dropped))
})
