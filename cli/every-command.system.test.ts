import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import Sqlite from 'better-sqlite3'
import pg from 'pg'
import { dialect } from '#db/columns.ts'
import { latchkey, withSettings } from '#testing/command-line.ts'
import { emptyDatabase, everyRow, sharedDatabase } from '#testing/index.ts'

/** Each command as an operator types it. One that isn't here fails the first test. */
const TYPED = [
  'account list --search ada',
  'account show ada',
  'account create new@example.com',
  'account suspend ada --reason Left',
  'account resume ada --reason Back',
  'account sign-out ada --yes',
  'account rescue ada --reason Phone',
  'account rescue-approve ada',
  'account delete ada --reason Left --yes',
  'operator add ada',
  'operator remove ada --yes',
  'group list',
  'group create garden',
  'group delete photos --yes',
  'group add photos ada',
  'group remove photos ada',
  'app list',
  'app show wiki',
  'app add wiki --host wiki.example.com',
  'app change wiki --title Wiki',
  'app delete wiki --yes',
  'app apply testing/apps.json --yes',
  'app export',
  'client list',
  'client show wiki',
  'client add wiki --redirect https://wiki.example.com/callback',
  'client change wiki --title Wiki',
  'client remove wiki --yes',
  'client rotate wiki',
  'client end-old-secret wiki',
  'gate explain https://wiki.example.com/',
  'invite guest@example.com',
  'invitation list',
  'invitation revoke 1',
  'token check x',
  'token list',
  'token revoke x --yes',
  'doctor',
  'doctor gate https://wiki.example.com/ --at 127.0.0.1:1',
  'log export',
  'log verify',
  'keys list',
  'keys reseal',
  'keys rotate --yes',
  'import authelia testing/authelia/users_database.yml testing/authelia/totp.txt --write',
  'import accounts testing/authelia/people.jsonl --write',
  'policy show',
  'policy set required',
  'after-restore',
  'move-to-postgres postgres://127.0.0.1:1/none',
  'seed',
  'totp',
]
/** The first looks at a text alone, the next at a site, the third has its own tests, the last makes a database for development. */
const ELSEWHERE = ['token check', 'doctor gate', 'move-to-postgres', 'seed']

let names: string[] = []
const nameOf = (typed: string) => names.filter((name) => `${typed} `.startsWith(`${name} `)).at(-1) ?? ''

const database = await sharedDatabase()
const { folder, url } = database
after(database.close)

const LATCHKEY_KEYS = `k1:${randomBytes(32).toString('base64')}`
const settings = { DATABASE_TIMEOUT_SECONDS: '1', LATCHKEY_KEYS }

async function run(typed: string) {
  const { status, out, err } = await latchkey(...typed.split(' '))
  return { status, said: out + err }
}

/** Holds the whole database as a stuck program does. On SQLite reading goes on. */
async function hold(): Promise<() => Promise<unknown>> {
  if (dialect === 'sqlite') {
    const connection = new Sqlite(url.replace(/^file:/, ''))
    connection.exec('begin exclusive')
    return async () => connection.close()
  }
  const connection = new pg.Client(url)
  await connection.connect()
  const { rows } = await connection.query(`select tablename from pg_tables where schemaname = 'public'`)
  await connection.query(`begin; lock table ${rows.map(({ tablename }) => tablename)} in access exclusive mode`)
  return () => connection.end()
}

function assertInWords({ status, said }: Awaited<ReturnType<typeof run>>, typed: string) {
  assert.ok(status === 0 || status === 1, `${typed}: exit code ${status}`)
  assert.doesNotMatch(said, /\n\s+at |Latchkey failed|undefined|\[object/, typed)
  if (status !== 0) assert.match(said, /\w\.\n$/, `${typed}: a sentence`)
}

describe('every command', () => {
  before(async () => {
    const { said } = await run('help')
    names = [...said.matchAll(/^ {2}([a-z-]+(?: [a-z-]+)?) {2,}/gm)].map(([, name]) => name ?? '')
  })

  test('is known to these tests', () => assert.deepEqual(TYPED.map(nameOf).sort(), [...names].sort()))

  test('ends with 1 and a sentence where there is no database, and makes none', async () => {
    const empty = await emptyDatabase()
    const nowhere = mkdtempSync(join(tmpdir(), 'latchkey-nowhere-'))
    try {
      await withSettings({ ...settings, DATABASE_URL: empty.url, DATA_FOLDER: nowhere }, async () => {
        for (const typed of TYPED.filter((typed) => !ELSEWHERE.includes(nameOf(typed)))) {
          const done = await run(typed)
          assertInWords(done, typed)
          assert.equal(done.status, 1, typed)
          assert.match(done.said, /There is (no database|nothing in the database)/, typed)
        }
      })
      assert.deepEqual([...readdirSync(nowhere), ...readdirSync(empty.folder)], [])
    } finally {
      rmSync(nowhere, { recursive: true, force: true })
      await empty.drop()
    }
  })

  test('ends with a sentence where another program holds the database, and changes nothing', async () => {
    const refused: string[] = []
    await withSettings({ ...settings, DATABASE_URL: url, DATA_FOLDER: folder }, async () => {
      for (const typed of ['operator add grace@example.com', 'operator add ada@example.com', 'group create photos'])
        assert.equal((await run(typed)).status, 0, typed)
      const before = await everyRow({ database })
      const letGo = await hold()
      const all = TYPED.filter((typed) => nameOf(typed) !== 'move-to-postgres').map(async (typed) => ({
        typed,
        done: await run(typed),
      }))
      const answers = await Promise.all(all).finally(letGo)
      for (const { typed, done } of answers) {
        assertInWords(done, typed)
        if (done.status !== 0) refused.push(nameOf(typed))
      }
      assert.deepEqual(await everyRow({ database }), before)
    })
    for (const writes of [
      'account create',
      'account suspend',
      'operator remove',
      'group create',
      'policy set',
      'invite',
    ])
      assert.ok(refused.includes(writes), `${writes} says that it didn't come to it`)
    if (dialect === 'sqlite') assert.ok(!refused.includes('account list'), 'what only reads waits for nobody')
  })
})
