// The process that fills a database. It isn't the one we measure afterwards, so its memory doesn't count.
import Sqlite from 'better-sqlite3'
import { eq } from 'drizzle-orm'
import pg from 'pg'
import { hintOf, newAccessToken } from '../../app/access-tokens/token.ts'
import { newSession } from '../../app/identity/session.ts'
import { createPasswords } from '../../app/lib/passwords.ts'
import { hashToken, newId } from '../../app/lib/tokens.ts'
import { createVault } from '../../app/lib/vault.ts'
import { type Db, openDatabase } from '../../db/client.ts'
import { dialect } from '../../db/columns.ts'
import { accessTokens, accounts, gateSessions, memberships, sessions } from '../../db/schema.ts'
import { PASSWORD } from '../../testing/names.ts'
import { writtenPerson } from '../../testing/written-people.ts'
import { appRows, atGate } from './gate-rows.ts'
import { populate } from './population.ts'
import { KEY, type Order, type People } from './protocol.ts'

const DAY = 24 * 60 * 60_000
const ORIGIN = { address: '192.0.2.7', browser: 'Firefox', system: 'Linux' }
const url = process.env.DATABASE_URL ?? ''
const vault = createVault([KEY])

process.once('message', async (order: Order) => {
  const passwordHash = await createPasswords().hash(PASSWORD, 'local')
  const database = openDatabase(url)
  await database.migrate()
  // First, because the product tries its keys on the first rows when it starts.
  const people: People = {
    signers: [],
    sessions: [],
    tokens: [],
    gates: [],
    operator: await operator(database.db, passwordHash),
  }
  for (const statement of appRows(database.db)) await statement
  const rows = Array.from({ length: order.signers + order.visitors }, (_, index) => person(index))
  await database.atomically((tx) => rows.flatMap(({ write }) => write(tx)))
  for (const { signer, session, token, gate } of rows) {
    if (signer) people.signers.push(signer)
    else if (session && token && gate) {
      people.sessions.push(session)
      people.tokens.push(token)
      people.gates.push(gate)
    }
  }
  await database.close()
  const quick = await (dialect === 'sqlite' ? quickSqlite() : quickPostgres())
  await populate(quick.run, { dialect, accounts: order.accounts, passwordHash, now: Date.now() })
  await quick.end()
  process.send?.(people, () => process.exit(0))

  /** A real person, whose secrets open: one who signs in once, or one who is signed in and has an access token. */
  function person(index: number) {
    const signs = index < order.signers
    const at = new Date()
    const person = writtenPerson({ vault, passwordHash, at, authenticators: 1, uid: 2 ** 30 + index })
    const of = { accountId: person.id, client: 'browser', method: 'authenticator' } as const
    const { token: session, session: row } = newSession(of, ORIGIN, at, DAY)
    const token = newAccessToken()
    const gate = atGate(index, row.id, at)
    const write = (tx: Db) => [
      ...person.write(tx),
      ...(signs
        ? []
        : [
            tx.insert(sessions).values(row),
            tx.insert(accessTokens).values(tokenRow(person.id, token, at)),
            tx
              .insert(memberships)
              .values(gate.groupIds.map((groupId) => ({ groupId, accountId: person.id, addedAt: at }))),
            ...gate.rows.map((one) => tx.insert(gateSessions).values(one)),
          ]),
    ]
    const { email, authenticators } = person
    return signs
      ? { signer: { email, key: authenticators[0]?.key ?? '' }, write }
      : { session, token, gate: gate.shown, write }
  }
})

/** Signed in as whoever runs the site. The proof of the second factor lasts as long as we measure. */
async function operator(db: Db, passwordHash: string): Promise<string> {
  const at = new Date()
  const { id, write } = writtenPerson({ vault, passwordHash, at, authenticators: 1, uid: 2 ** 30 - 1 })
  const { token, session } = newSession({ accountId: id, client: 'browser', method: 'authenticator' }, ORIGIN, at, DAY)
  for (const statement of write(db)) await statement
  await db.update(accounts).set({ role: 'operator' }).where(eq(accounts.id, id))
  await db.insert(sessions).values({ ...session, provedAt: new Date(at.getTime() + DAY) })
  return token
}

const tokenRow = (accountId: number, token: string, at: Date) => ({
  ...{ id: newId(), accountId, tokenHash: hashToken(token), hint: hintOf(token), description: 'bench' },
  // Used a moment ago. That is written at most once a minute, and isn't part of the usual answer.
  ...{
    scopes: 'account:read',
    createdAt: at,
    lastUsedAt: at,
    lastAddress: ORIGIN.address,
    lastBrowser: ORIGIN.browser,
    lastSystem: ORIGIN.system,
  },
})

/** Nobody else uses the database yet, and after a power cut it is simply made again. */
async function quickSqlite() {
  const connection = new Sqlite(url.replace(/^file:/, ''))
  for (const setting of ['synchronous = off', 'cache_size = -100000', 'foreign_keys = off', 'locking_mode = exclusive'])
    connection.pragma(setting)
  return { run: async (statement: string) => connection.exec(statement), end: async () => void connection.close() }
}

async function quickPostgres() {
  const client = new pg.Client(url)
  await client.connect()
  await client.query('set session_replication_role = replica; set synchronous_commit = off') // no lookup for each foreign key
  return {
    run: (statement: string) => client.query(statement),
    async end() {
      await client.query('vacuum analyze')
      await client.query('checkpoint') // the next measurement has the disk for itself
      await client.end()
    },
  }
}
