import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import Sqlite from 'better-sqlite3'
import { dialect } from '#db/columns.ts'
import { accounts } from '#db/schema.ts'
import { commandLine } from '#testing/command-line.ts'
import { asked, sharedDatabase } from '#testing/index.ts'

const { url, folder, close, db } = await sharedDatabase()
after(close)
const LATCHKEY_KEYS = `k1:${randomBytes(32).toString('base64')}`
const fixture = (name: string) => join(import.meta.dirname, '../testing/authelia', name)
const latchkey = commandLine({ DATABASE_URL: url, DATA_FOLDER: folder, LATCHKEY_KEYS })

/** Statements of somebody else, over a connection of their own. */
async function elsewhere(...statements: string[]) {
  if (dialect === 'postgres') for (const each of statements) await asked(url, each)
  else {
    const other = new Sqlite(url.replace(/^file:/, ''))
    for (const each of statements) other.exec(each)
    other.close()
  }
}

/** From then on the database fails where an account gets this address. */
const failAt = (email: string) =>
  dialect === 'sqlite'
    ? elsewhere(
        `create trigger fail before insert on accounts when new.email = '${email}' begin select raise(abort, 'full'); end`,
      )
    : elsewhere(
        `create function fail() returns trigger language plpgsql as
          $$ begin if new.email = '${email}' then raise exception 'full'; end if; return new; end $$`,
        'create trigger fail before insert on accounts for each row execute function fail()',
      )

const mend = () => elsewhere(`drop trigger fail${dialect === 'sqlite' ? '' : ' on accounts'}`)

describe('from the command line', () => {
  test('Authelia’s files are looked at first, then imported, and are there already the next time', async () => {
    const files = ['import', 'authelia', fixture('users_database.yml'), fixture('totp.txt')]
    const dry = await latchkey(...files)
    assert.deepEqual([dry.status, dry.err], [0, ''])
    assert.match(
      dry.out,
      /^LINE +ACCOUNT\nusers_database\.yml:4 +john +to make: john\.doe@example\.com, with the auth.*, in admins, dev\n/,
    )
    assert.match(
      dry.out,
      /\nIt makes groups: admins, dev\n3 to make, 0 there already, 0 refused\. Nothing was written: .* --write/,
    )
    assert.equal(await db.$count(accounts), 0)
    const done = await latchkey(...files, '--write', '--reason', 'We have moved.')
    assert.deepEqual([done.status, done.err], [0, ''])
    assert.match(
      done.out,
      /:12 +Harry +made: harry.*, suspended\n.*\n\nNew groups: admins, dev\n3 made, 0 there already, 0 refused\.\n$/,
    )
    assert.match((await latchkey('account', 'show', 'john')).out, /signed_up +server +operator +We have moved\./)
    const again = JSON.parse((await latchkey(...files, '--write', '--json')).out)
    assert.deepEqual(again.counts, { made: 0, thereAlready: 3, refused: 0 })
    assert.deepEqual([again.rows[0].outcome, again.rows[0].authenticator], ['there_already', true])
  })

  test('a database that fails on the way ends it with a sentence and nothing secret, and the next run goes on', async () => {
    const passwordHash =
      '$argon2id$v=19$m=64,t=1,p=4$HeslKTTkEgCT7sIBg17iLA$fJN/wkpGOA1DlKhpWXmLaeuFdgfa82MWHOmx7owK7Ss'
    const people = ['ann@example.com', 'ben@example.com', '\u001b[31mcat'].map((email) => ({ email, passwordHash }))
    const file = join(folder, 'people.jsonl')
    writeFileSync(file, people.map((each) => JSON.stringify(each)).join('\n'))
    await failAt('ben@example.com')
    const failed = await latchkey('import', 'accounts', file, '--write')
    assert.deepEqual(
      [failed.status, failed.out, failed.err],
      [1, '', 'full. 1 accounts were made before. Run it again: it goes on where it stopped.\n'],
    )
    await mend()
    const { status, out } = await latchkey('import', 'accounts', file, '--write')
    assert.equal(status, 1, 'one row is refused')
    assert.match(out, /people\.jsonl:1 +ann@example\.com +is there already, and stays as it is\n/)
    assert.match(out, /people\.jsonl:2 +ben@example\.com +made: ben@example\.com, without a second factor\n/)
    assert.match(out, /people\.jsonl:3 +\?\[31mcat +refused: The email isn't an email address\.\n/)
  })
})
