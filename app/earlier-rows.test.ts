import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { sql } from 'drizzle-orm'
import { openDatabase } from '#db/client.ts'
import { dialect } from '#db/columns.ts'
import { migrationsOf } from '#db/migrations.ts'
import * as schema from '#db/schema.ts'
import { apiClient } from '#testing/clients/v1.ts'
import { emptyDatabase, latchkey, SESSIONS_PAGE, TOKENS_PAGE, testClock } from '#testing/index.ts'
import { everything } from '#testing/invariants.ts'
import { hashToken, newToken } from './lib/tokens.ts'
import { messageOf } from './mail/mail.ts'

/** As the version before kept it, and what it is now. */
const KEPT = [
  ['Firefox on Linux', 'Firefox', 'Linux'],
  ['Chrome on Chrome OS', 'Chrome', 'Chrome OS'],
  ['curl', 'curl', null],
  ['Unknown browser', 'unknown_browser', null],
  ['Unknown browser on Windows', 'unknown_browser', 'Windows'],
  ['Unknown program', 'unknown_program', null],
  ['Cat on Mat on Linux', 'Cat', 'Mat on Linux'],
] as const
const ACCOUNT = 12_345_678
const clock = testClock()
const atMs = clock.now().getTime()
const at = (ms: number) => (dialect === 'sqlite' ? `${ms}` : `to_timestamp(${ms / 1000})`)
const [now, later] = [at(atMs), at(atMs + 60 * 60_000)]

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

const known = migrationsOf(dialect)
const change = known.findIndex(({ sql: statements }) => statements.some((each) => /ADD .*last_system/.test(each)))
const migrate = async (migrations: typeof known) => {
  for (const { sql: statements } of migrations) for (const each of statements) await run(each)
}
const tokens = { browser: newToken(ACCOUNT), api: newToken(ACCOUNT) }

await migrate(known.slice(0, change))
await run(`insert into accounts (id, uid, email, password_hash, password_changed_at, security_version, created_at)
  values (${ACCOUNT}, 77, 'ada@example.com', 'x', ${now}, 1, ${now})`)
for (const [client, token] of Object.entries(tokens))
  await run(`insert into sessions (id, token_hash, account_id, client, method, started_at, last_seen_at, expires_at, address, browser)
    values ('looking-${client}', '${hashToken(token)}', ${ACCOUNT}, '${client}', 'password', ${now}, ${now}, ${later}, '192.0.2.1', 'curl')`)
for (const [index, [browser]] of KEPT.entries()) {
  const address = `192.0.2.${100 + index}`
  const origin = `'${address}', '${browser}'`
  await run(`insert into sessions (id, token_hash, account_id, client, method, started_at, last_seen_at, expires_at, address, browser)
    values ('session-${index}', 'session-${index}', ${ACCOUNT}, 'browser', 'password', ${now}, ${now}, ${later}, ${origin})`)
  await run(`insert into events (id, account_id, kind, at, address, browser)
    values ('event-${index}', ${ACCOUNT}, 'password_wrong', ${now}, ${origin})`)
  await run(`insert into trusted_browsers (id, token_hash, account_id, security_version, trusted_at, expires_at, address, browser)
    values ('trusted-${index}', 'trusted-${index}', ${ACCOUNT}, 1, ${now}, ${later}, ${origin})`)
  await run(`insert into access_tokens (id, account_id, token_hash, hint, description, scopes, created_at, last_used_at, last_address, last_browser)
    values ('token-${index}', ${ACCOUNT}, 'token-${index}', 'abcd', 'Backup', '', ${now}, ${now}, ${origin})`)
}
await run(`insert into access_tokens (id, account_id, token_hash, hint, description, scopes, created_at)
  values ('token-unused', ${ACCOUNT}, 'unused', 'abcd', 'Never used', '', ${now})`)
await run(`insert into events (id, account_id, kind, at, address, browser)
  values ('event-restored', ${ACCOUNT}, 'restored', ${now}, 'the server', 'Restored from a backup')`)
await run(`insert into mails (id, account_id, sealed, created_at, attempts, next_attempt_at_ms, last_error)
  values ('mail', ${ACCOUNT}, 'b1.x', ${now}, 2, 0, 'the mail server can not be reached')`)
await migrate(known.slice(change))
const product = await latchkey({}, { database, clock })

describe('rows that the version before wrote', () => {
  test('hold no English: a browser is a name and a system, or the word for what has no name', async () => {
    assert.ok(change > 0, 'the migration is found')
    const { sessions, events, trustedBrowsers, mails } = await everything(database)
    const accessTokens = await database.db.select().from(schema.accessTokens)
    const values = <Row extends { id: string }>(rows: Row[], of: (row: Row) => unknown) =>
      rows
        .filter(({ id }) => /-\d$/.test(id))
        .sort((a, b) => (a.id < b.id ? -1 : 1))
        .map(of)
    const expected = KEPT.map(([, browser, system]) => [browser, system])
    for (const rows of [sessions, events, trustedBrowsers])
      assert.deepEqual(
        values<{ id: string; browser: string; system: string | null }>(rows, ({ browser, system }) => [
          browser,
          system,
        ]),
        expected,
      )
    assert.deepEqual(
      values(accessTokens, ({ lastBrowser, lastSystem }) => [lastBrowser, lastSystem]),
      expected,
    )
    const unused = accessTokens.find(({ id }) => id === 'token-unused')
    assert.deepEqual([unused?.lastAddress, unused?.lastBrowser, unused?.lastSystem], [null, null, null])
    const restored = events.find(({ id }) => id === 'event-restored')
    assert.deepEqual([restored?.address, restored?.browser, restored?.system], ['server', 'backup', null])
    assert.deepEqual(
      mails.map(({ attempts, lastError, lastReply }) => [attempts, lastError, lastReply]),
      [[2, null, null]],
    )
  })

  test('read on pages as they did', async () => {
    const browser = product.browser()
    browser.cookies.set('__Host-latchkey', tokens.browser)
    const [activity, sessions, accessTokens] = await Promise.all(
      ['/settings/activity', SESSIONS_PAGE, TOKENS_PAGE].map(async (path) => (await browser.get(path)).text),
    )
    for (const [index, [words]] of KEPT.entries()) {
      const address = `192.0.2.${100 + index}`
      assert.ok(activity?.includes(`${words}, ${address}`), `${words} under Activity`)
      assert.equal(sessions?.split(`${words} ${address}`).length, 3, `${words} as a session and as a trusted browser`)
      assert.ok(accessTokens?.includes(`${words}, ${address}`), `${words} beside an access token`)
    }
    assert.match(activity ?? '', /Restored from a backup, the server/)
  })

  test('are in answers of both APIs as they were, byte for byte', async () => {
    const { call } = apiClient(product, '192.0.2.1')
    const named = KEPT.map(([words], index) => [words, `192.0.2.${100 + index}`])
    const events = (await call('GET', '/events', tokens.api)).text
    for (const [browser, address] of named)
      assert.ok(events.includes(`"address":"${address}","browser":"${browser}"}`), `${browser} in ${events}`)
    assert.ok(events.includes('"address":"the server","browser":"Restored from a backup"}'), events)
    const sessions = (await call('GET', '/sessions', tokens.api)).text
    for (const [browser, address] of named)
      assert.ok(sessions.includes(`"browser":"${browser}","address":"${address}"`), `${browser} in ${sessions}`)
    const listed = await product.browser().post('/1.0/users/authentication/rest/getsessions', { session: tokens.api })
    for (const [browser, address] of named)
      assert.ok(listed.html.includes(`"host":"${address}","userAgent":"${browser}"`), `${browser} in ${listed.html}`)
    const listedTokens = (await call('GET', '/tokens', tokens.api)).text
    for (const [browser, address] of named)
      assert.ok(
        listedTokens.includes(`"last_address":"${address}","last_browser":"${browser}"}`),
        `${browser} in ${listedTokens}`,
      )
    assert.ok(listedTokens.includes('"last_address":null,"last_browser":null}'), listedTokens)
  })

  test('of the queue of mails read in the mail as they did', () => {
    const queued =
      '{"to":"ada@example.com","about":"address_left","values":{"address":"192.0.2.9","browser":"Firefox on Linux"}}'
    const { paragraphs } = messageOf(JSON.parse(queued), product.deps.writeMail)
    assert.match(paragraphs.join(' '), /from Firefox on Linux at the address 192\.0\.2\.9\./)
  })
})
