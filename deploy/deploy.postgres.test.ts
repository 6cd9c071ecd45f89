import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import pg from 'pg'
import { openDatabase } from '#db/client.ts'

const SERVER = process.env.DATABASE_URL ?? ''

async function asking(url: string, statements: string[]) {
  const client = new pg.Client(url)
  await client.connect()
  try {
    let rows: Record<string, unknown>[] = []
    for (const statement of statements) ({ rows } = await client.query(statement))
    return rows
  } finally {
    await client.end()
  }
}

test('the role that compose.yaml gives Latchkey is no superuser, and is enough for all tables; the superuser has no password', async (t) => {
  const role = `latchkey_${randomUUID().replaceAll('-', '')}`
  const superuser = `super_${role}`
  t.after(() => asking(SERVER, [`drop database ${role} with (force)`, `drop role ${role}`, `drop role ${superuser}`]))
  // The way psql runs the file, but with this test's names, because the server is shared.
  const statements = readFileSync('deploy/postgres-role.sql', 'utf8')
    .replace(/^\\getenv password POSTGRES_LATCHKEY_PASSWORD\n/m, '')
    .replaceAll(/^--.*\n/gm, '')
    .replaceAll(":'password'", "'a password'")
    .replaceAll(/\blatchkey\b/g, role)
    .replaceAll(/\bpostgres\b/g, superuser)
    .split(/;\n/)
    .filter((statement) => statement.trim() !== '')
  await asking(SERVER, [`create role ${superuser} login superuser password 'x'`, ...statements])

  const url = Object.assign(new URL(SERVER), { username: role, password: 'a password', pathname: `/${role}` }).href
  const database = openDatabase(url, { pool: 1, timeout: 10_000 })
  t.after(() => database.close())
  await database.migrate()
  const [own] = await asking(url, [
    `select rolsuper, rolcreaterole, rolcreatedb from pg_roles where rolname = current_user`,
  ])
  assert.deepEqual(own, { rolsuper: false, rolcreaterole: false, rolcreatedb: false })
  const [other] = await asking(SERVER, [`select rolpassword from pg_authid where rolname = '${superuser}'`])
  assert.deepEqual(other, { rolpassword: null })
})

test('compose.yaml runs that file with the password of the role, and Latchkey comes as nobody else', () => {
  const compose = readFileSync('deploy/compose.yaml', 'utf8')
  assert.match(compose, /\.\/postgres-role\.sql:\/docker-entrypoint-initdb\.d\/\S+\.sql:ro/)
  assert.match(compose, /POSTGRES_LATCHKEY_PASSWORD: \$\{POSTGRES_PASSWORD:\?\}/)
  assert.match(compose, /DATABASE_URL: postgres:\/\/latchkey:\$\{POSTGRES_PASSWORD:\?\}@postgres\/latchkey/)
  assert.doesNotMatch(compose, /POSTGRES_USER/)
})
