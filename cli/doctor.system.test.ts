import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { chmodSync, writeFileSync } from 'node:fs'
import { createServer, type RequestListener, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { and, eq } from 'drizzle-orm'
import { createVault } from '#app/lib/vault.ts'
import { openDatabase } from '#db/client.ts'
import { column, dialect } from '#db/columns.ts'
import { factors, mails, pendingSignIns, recoveryCodes } from '#db/schema.ts'
import { commandLine } from '#testing/command-line.ts'
import {
  builtProgram,
  CERTIFICATE,
  CERTIFICATE_KEY,
  certificateFiles,
  emptyDatabase,
  runProgram,
  startServer,
} from '#testing/index.ts'
import { writtenPerson } from '#testing/written-people.ts'

const key = { id: 'k1', key: randomBytes(32) }
const KEYS = `k1:${key.key.toString('base64')}`
const { url, folder, drop } = await emptyDatabase()
const servers: Server[] = []
const newPerson = () =>
  writtenPerson({ vault: createVault([key]), passwordHash: 'x', at: new Date(), authenticators: 1 })
const person = newPerson()
let settings: Record<string, string> = {}
let stop = async () => {}

before(async () => {
  const program = await builtProgram('app/process/server.ts')
  const port = String(await freePort())
  settings = { DATABASE_URL: url, DATA_FOLDER: folder, LATCHKEY_KEYS: KEYS, PORT: port }
  const server = await startServer({ environment: { ...settings, TRUST_PROXY: '127.0.0.1' }, program })
  const database = openDatabase(url)
  for (const statement of person.write(database.db)) await statement
  stop = async () => {
    await database.close()
    await server.stop()
    await drop()
    for (const each of servers) each.close()
  }
})
after(() => stop())

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** A site that answers everything with these headers. */
async function answering(status: number, headers: Record<string, string> = {}) {
  return `http://localhost:${await listening(createServer(answer(status, headers)))}`
}
const answeringOverTls = async (status: number, headers: Record<string, string | string[]> = {}) =>
  `https://localhost:${await listening(createTlsServer({ cert: CERTIFICATE, key: CERTIFICATE_KEY }, answer(status, headers)))}`

const answer =
  (status: number, headers: Record<string, string | string[]>): RequestListener =>
  (_, response) =>
    response.writeHead(status, headers).end()

async function listening(server: Server): Promise<number> {
  servers.push(server.listen(0, '127.0.0.1'))
  await new Promise((resolve) => server.once('listening', resolve))
  return (server.address() as AddressInfo).port
}

type Line = { check: string; is: string; says: string; todo?: string }
async function doctor(more: Record<string, string> = {}, ...options: string[]) {
  const [environment, args] = [{ ...settings, ...more }, ['doctor', '--json', ...options]]
  // Whom Node trusts is settled when a process starts.
  const { status, out, err } = await ('NODE_EXTRA_CA_CERTS' in more
    ? runProgram('cli/latchkey.ts', { environment, args })
    : commandLine(environment)(...args))
  assert.equal(err, '')
  const lines = (JSON.parse(out) as { checks: Line[] }).checks
  return {
    status,
    lines,
    faults: lines.filter(({ is }) => is === 'fault').map(({ check, says }) => `${check}: ${says}`),
  }
}

describe('the doctor', () => {
  test('has a line for each thing, and finds that a forged address is believed', async () => {
    const { lines, faults, status } = await doctor()
    assert.deepEqual(faults, ['TRUST_PROXY: a visitor can choose the address that they seem to come from'])
    assert.equal(status, 1)
    const checks = ['BASE_URL', 'TRUST_PROXY', 'clock', 'database', 'disk', 'headers', 'keys', 'mail', 'migrations']
    assert.deepEqual([...new Set(lines.map(({ check }) => check))].sort(), [...checks, 'permissions', 'rows'])
    const { out } = await commandLine(settings)('doctor')
    assert.match(out, /^ok {7}keys: each opens something, and everything opens\.$/m)
  })

  test('compares the clock with the server that is named', async () => {
    for (const [seconds, is, says] of [
      [60, 'fault', /^(59|6\d)\.\d seconds ahead of localhost/],
      [15, 'warning', /^(14|1[5-9])\.\d seconds ahead of localhost/],
    ] as const) {
      const slow = await answering(200, { Date: new Date(Date.now() - seconds * 1000).toUTCString() })
      const line = (await doctor({}, '--clock', slow)).lines.find(({ check }) => check === 'clock')
      assert.equal(line?.is, is)
      assert.match(line?.says ?? '', says)
    }
    const { lines: right } = await doctor({}, '--clock', await answering(200))
    assert.equal(right.find(({ check }) => check === 'clock')?.is, 'ok')
  })

  test('sees a proxy that asks for another host, or keeps headers back', async () => {
    const asked = async (site: string) => (await doctor({ BASE_URL: site })).faults
    assert.deepEqual(await asked(await answering(421)), ['BASE_URL: the proxy asks for another host (421)'])
    assert.deepEqual(await asked(await answering(200)), ['headers: no Content-Security-Policy arrives'])
    const broken = await answering(500)
    assert.deepEqual(await asked(broken), [`BASE_URL: ${broken}/sign-in answers 500`])
  })

  test('sees where people come over TLS what a proxy spoils, and what isn’t set for them', async () => {
    const policy = { 'Content-Security-Policy': 'default-src none', 'Set-Cookie': ['probe=1; Secure', '__Host-x=1'] }
    const files = certificateFiles()
    const site = { BASE_URL: await answeringOverTls(200, policy), NODE_EXTRA_CA_CERTS: files.authority }
    const { lines, faults } = await doctor(site)
    assert.deepEqual(faults.toSorted(), [
      'HSTS: it does not arrive',
      'cookies: __Host-x is not Secure, or lost __Host-',
      'cookies: probe is not Secure, or lost __Host-',
    ])
    const warned = lines.filter(({ is }) => is === 'warning').map(({ check, says }) => `${check}: ${says}`)
    assert.deepEqual(warned, [
      'proxy: /readyz is open to all',
      'TRUST_PROXY: it is unset: everybody seems to come from the proxy',
    ])
    const wide = (await doctor({ ...site, TRUST_PROXY: '10.0.0.0/7' })).faults
    assert.ok(wide.includes('TRUST_PROXY: 10.0.0.0/7 is too wide'), wide.join())
    files.remove()
    const elsewhere = (await doctor({ BASE_URL: 'https://latchkey.invalid' })).faults
    assert.ok(elsewhere.includes(`mail: mails become files in ${join(folder, 'mail')}`), elsewhere.join())
  })

  test('sends a mail, or says why it was not taken', async () => {
    assert.ok(
      (await doctor({}, '--mail', 'ada@example.com')).lines.some(({ says }) => says.startsWith('one is on its way')),
    )
    const closed = `smtp://127.0.0.1:${await freePort()}`
    const { faults } = await doctor({ SMTP_URL: closed }, '--mail', 'ada@example.com')
    assert.ok(
      faults.some((says) => says.startsWith('mail: not taken')),
      faults.join(),
    )
  })

  test('names keys that are missing or may go, rows that don’t belong together or aren’t there, and files that others can read', async () => {
    const other = `k2:${randomBytes(32).toString('base64')}`
    const { faults } = await doctor({ LATCHKEY_KEYS: other })
    assert.ok(faults.includes('keys: k1 is missing'), faults.join())
    const { lines } = await doctor({ LATCHKEY_KEYS: `${KEYS},${other}` })
    assert.ok(lines.some(({ is, says }) => is === 'warning' && says === 'k2 opens nothing any longer'))
    const database = openDatabase(url)
    const { db } = database
    const [another, now] = [newPerson(), new Date()]
    for (const statement of another.write(db)) await statement
    await db.delete(factors).where(eq(factors.accountId, another.id))
    await db.delete(recoveryCodes).where(and(eq(recoveryCodes.accountId, person.id), eq(recoveryCodes.position, 12)))
    await db.update(recoveryCodes).set({ usedAt: now }).where(eq(recoveryCodes.accountId, person.id))
    const pending = { tokenHash: 'x', accountId: person.id, securityVersion: 9, attemptsLeft: 5, expiresAt: now }
    await db.insert(pendingSignIns).values(pending)
    const later = now.getTime() + 60 * 60_000
    const mail = { id: 'x', sealed: 'k1.x', createdAt: now, attempts: 1, nextAttemptAtMs: later, lastError: 'refused' }
    await db.insert(mails).values(mail)
    await db.delete(column.migratorsTable('__drizzle_migrations', {}))
    await database.close()
    const after = await doctor()
    assert.deepEqual(
      after.faults.filter((says) => /^(rows|keys|migrations)/.test(says)),
      [
        'migrations: some are missing',
        'keys: 1 values open with none of the keys',
        'rows: an account with a second factor has not exactly twelve recovery codes',
        'rows: an account without a second factor has recovery codes',
        'rows: a used recovery code can still be shown, or an unused one not',
        'rows: a sign-in waits for the code of an account that has changed since',
      ],
    )
    assert.ok(
      after.lines.some(({ says }) => says === 'mails wait after a failed try: refused'),
      'it says which mails wait',
    )
    writeFileSync(join(folder, 'latchkey.keys'), KEYS)
    chmodSync(join(folder, 'latchkey.keys'), 0o640)
    const open = async () => (await doctor()).faults.filter((says) => says.startsWith('permissions'))
    assert.deepEqual(await open(), [], 'others may not enter the folder')
    chmodSync(folder, 0o755)
    assert.deepEqual(await open(), [`permissions: others can read ${join(folder, 'latchkey.keys')}`])
  })

  test('goes on without a database, settings or keys, and says so in a line each', async () => {
    const none = dialect === 'postgres' ? url.replace(/\/test_\w+/, '/none') : `file:${join(folder, 'none.db')}`
    const { faults, status } = await doctor({ DATABASE_URL: none })
    assert.ok(status === 1 && faults.some((says) => /^(database|migrations): /.test(says)), faults.join())
    const wrong = await doctor({ PORT: 'x' })
    assert.deepEqual(
      wrong.lines.map(({ check }) => check),
      ['settings'],
    )
    assert.ok((await doctor({ LATCHKEY_KEYS: 'k1:short' })).faults.some((says) => says.startsWith('keys: ')))
  })
})
