import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { chmodSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { createVault } from '#app/lib/vault.ts'
import { openDatabase } from '#db/client.ts'
import { dialect } from '#db/columns.ts'
import { recoveryCodes } from '#db/schema.ts'
import { builtProgram, emptyDatabase, runProgram, startServer } from '#testing/index.ts'
import { writtenPerson } from '#testing/written-people.ts'

const key = { id: 'k1', key: randomBytes(32) }
const KEYS = `k1:${key.key.toString('base64')}`
const { url, folder, drop } = await emptyDatabase()
const servers: Server[] = []
let settings: Record<string, string> = {}
let stop = async () => {}

before(async () => {
  const { program, remove } = await builtProgram('app/process/server.ts')
  const port = String(await freePort())
  settings = { DATABASE_URL: url, DATA_FOLDER: folder, LATCHKEY_KEYS: KEYS, PORT: port }
  const server = await startServer({ environment: { ...settings, TRUST_PROXY: '127.0.0.1' }, program })
  const database = openDatabase(url)
  const person = writtenPerson({ vault: createVault([key]), passwordHash: 'x', at: new Date(), authenticators: 1 })
  for (const statement of person.write(database.db)) await statement
  stop = async () => {
    await database.close()
    await server.stop()
    remove()
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
  const server = createServer((_, response) => response.writeHead(status, headers).end())
  servers.push(server.listen(0, '127.0.0.1'))
  await new Promise((resolve) => server.once('listening', resolve))
  return `http://localhost:${(server.address() as AddressInfo).port}`
}

type Line = { check: string; is: string; says: string; todo?: string }
async function doctor(environment: Record<string, string> = {}, ...args: string[]) {
  const given = { environment: { ...settings, ...environment }, args: ['doctor', '--json', ...args] }
  const { status, out, err } = await runProgram('cli/latchkey.ts', given)
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
    const { out } = await runProgram('cli/latchkey.ts', { environment: settings, args: ['doctor'] })
    assert.match(out, /^ok {7}keys: each opens something, and everything opens\.$/m)
  })

  test('compares the clock with the server that is named', async () => {
    const slow = await answering(200, { Date: new Date(Date.now() - 60_000).toUTCString() })
    const { lines } = await doctor({}, '--clock', slow)
    const line = lines.find(({ check }) => check === 'clock')
    assert.equal(line?.is, 'fault')
    assert.match(line?.says ?? '', /^(59|6\d)\.\d seconds ahead of localhost/)
    const { lines: right } = await doctor({}, '--clock', await answering(200))
    assert.equal(right.find(({ check }) => check === 'clock')?.is, 'ok')
  })

  test('sees a proxy that asks for another host, or keeps headers back', async () => {
    const asked = async (site: string) => (await doctor({ BASE_URL: site })).faults
    assert.deepEqual(await asked(await answering(421)), ['BASE_URL: the proxy asks for another host (421)'])
    assert.deepEqual(await asked(await answering(200)), ['headers: no Content-Security-Policy arrives'])
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

  test('names keys that are missing or may go, rows that do not belong together, and files that others can read', async () => {
    const other = `k2:${randomBytes(32).toString('base64')}`
    const { faults } = await doctor({ LATCHKEY_KEYS: other })
    assert.ok(faults.includes('keys: k1 is missing'), faults.join())
    const { lines } = await doctor({ LATCHKEY_KEYS: `${KEYS},${other}` })
    assert.ok(lines.some(({ is, says }) => is === 'warning' && says === 'k2 opens nothing any longer'))
    const database = openDatabase(url)
    await database.db.update(recoveryCodes).set({ usedAt: new Date() })
    await database.close()
    const broken = (await doctor()).faults
    assert.ok(broken.includes('rows: a used recovery code can still be shown, or an unused one not'), broken.join())
    writeFileSync(join(folder, 'latchkey.keys'), KEYS)
    chmodSync(join(folder, 'latchkey.keys'), 0o644)
    chmodSync(folder, 0o755)
    assert.ok((await doctor()).faults.some((says) => says.startsWith('permissions: others can read')))
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
