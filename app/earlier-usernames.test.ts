import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { asc, sql } from 'drizzle-orm'
import { openDatabase } from '#db/client.ts'
import { dialect } from '#db/columns.ts'
import { migrationsOf } from '#db/migrations.ts'
import { accounts, events } from '#db/schema.ts'
import { emptyDatabase } from '#testing/index.ts'
import { lookOf, readUsername } from './lib/username.ts'

/** Addresses of the version before, the oldest account first, and the usernames that their accounts get. */
const ACCOUNTS = [
  ['ada@example.com', 'ada'],
  ['ada@example.org', undefined], // somebody was there before
  ['a.d-a@example.net', undefined], // it looks the same
  ['ada.lovelace@example.com', 'ada.lovelace'],
  ['bob+shop@example.com', undefined],
  ["o'neil@example.com", undefined],
  ['_bob@example.com', undefined],
  ['x@example.com', undefined],
  [`${'a'.repeat(32)}@example.com`, 'a'.repeat(32)],
  [`${'b'.repeat(33)}@example.com`, undefined],
  ['admin@example.com', undefined],
  ['r00t@example.com', undefined],
  ['mailer.daemon@example.com', undefined],
  ['member@example.com', undefined],
  ['member-1003@example.com', undefined], // the number of another account
  ['mernber.1000@example.com', undefined], // what looks like it
  ['member@xn--bcher-kva.example', undefined],
  ['0x_7@example.com', '0x_7'],
] as const

const { url, drop } = await emptyDatabase()
const database = openDatabase(url)
after(async () => {
  await database.close()
  await drop()
})

/** SQL that is the same for both. */
async function run(statement: string) {
  const { db } = database
  const either = db as unknown as { run?(of: unknown): void; execute?(of: unknown): Promise<unknown> }
  if (either.execute) await either.execute(sql.raw(statement))
  else either.run?.(sql.raw(statement))
}

const migrations = migrationsOf(dialect)
const change = migrations.findIndex(({ sql: statements }) =>
  statements.some((each) => /ADD .*username_look/.test(each)),
)
const migrate = async (some: typeof migrations) => {
  for (const { sql: statements } of some) for (const each of statements) await run(each)
}
const at = (ms: number) => (dialect === 'sqlite' ? `${ms}` : `to_timestamp(${ms / 1000})`)

await migrate(migrations.slice(0, change))
for (const [index, [email]] of ACCOUNTS.entries())
  await run(`insert into accounts (id, uid, email, password_hash, password_changed_at, security_version, created_at)
    values (${9000 - index}, ${1000 + index}, '${email.replace("'", "''")}', 'x', ${at(0)}, 1, ${at(1000 * index)})`)
await run(`insert into events (id, account_id, kind, at, address, browser)
  values ('event', 9000, 'signed_up', ${at(0)}, '192.0.2.1', 'curl')`)
await migrate(migrations.slice(change))
const rows = await database.db.select().from(accounts).orderBy(asc(accounts.uid))

describe('accounts that the version before made', () => {
  test('get the local part of their address as a username, or their number where that is no username or not free', () => {
    assert.ok(change > 0, 'the migration is found')
    assert.deepEqual(
      rows.map(({ email, username }) => [email, username]),
      ACCOUNTS.map(([email, username], index) => [email, username ?? `member-${1000 + index}`]),
    )
  })

  test('have usernames by our rules, of which no two look the same', () => {
    for (const { username, usernameLook } of rows) {
      assert.deepEqual(readUsername(username), { ok: true, username })
      assert.equal(usernameLook, lookOf(username))
    }
    assert.equal(new Set(rows.map(({ usernameLook }) => usernameLook)).size, ACCOUNTS.length)
  })

  test('are members without an end, and keep their events', async () => {
    for (const { role, endsAt, displayName } of rows)
      assert.deepEqual([role, endsAt, displayName], ['member', null, null])
    assert.deepEqual(
      (await database.db.select().from(events)).map(({ id, accountId, actor }) => [id, accountId, actor]),
      [['event', 9000, null]],
    )
  })
})
