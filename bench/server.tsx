// The child process that is measured: the product, and beside it the bare things it is compared with.
import { mkdtempSync, rmSync } from 'node:fs'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { createAdaptorServer } from '@hono/node-server'
import { Hono } from 'hono'
import { createApp } from '#app/app.ts'
import { wire } from '#app/deps.ts'
import { createPasswords } from '#app/lib/passwords.ts'
import { createVault } from '#app/lib/vault.ts'
import { openDatabase } from '#db/client.ts'
import { AccountPage } from '#views/settings/account-page.tsx'
import { makeAccounts, makeToken } from './accounts.ts'
import { PASSWORD, type Question } from './protocol.ts'

const folder = mkdtempSync(join(tmpdir(), 'latchkey-bench-'))
const database = openDatabase(`file:${join(folder, 'bench.db')}`)
await database.migrate()
const vault = createVault([{ id: 'b1', key: new Uint8Array(32) }])
const passwords = createPasswords()
const passwordHash = await passwords.hash(PASSWORD)

let product: ReturnType<typeof createApp> | undefined
const listen = async (fetch: (request: Request, env: unknown) => unknown) => {
  const server = createAdaptorServer({ fetch }) as Server
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}
const port = await listen((request, env) => product?.fetch(request, env as never))
const settings = {
  baseUrl: `http://localhost:${port}`,
  issuer: 'Latchkey',
  passwordMinLength: 15,
  allowEndlessTokens: false,
  attemptsPerAddress: 0,
  sessionIdle: 3_600_000,
  sessionLifetime: 86_400_000,
  trustedProxies: [],
  smtpUrl: undefined,
  mailFolder: 'mail',
}
product = createApp(wire({ database, vault, settings, now: () => new Date() }))

const at = new Date()
const bare = new Hono().get('/', (c) =>
  c.html(
    `<!doctype html>${<AccountPage viewer={{ email: '1@example.com' }} secondFactorSince={at} recoveryCodes={{ left: 12, of: 12 }} passwordChangedAt={at} />}`,
  ),
)
const barePort = await listen((request, env) => bare.fetch(request, env as never))

const bareApi = new Hono().get('/', (c) => c.json({ id: 1, email: '1@example.com', two_factor: true }))
const bareApiPort = await listen((request, env) => bareApi.fetch(request, env as never))

process.on('message', async (question: Question) => {
  if (question.ask === 'accounts') process.send?.(await makeAccounts(database, vault, passwordHash, question.amount))
  if (question.ask === 'hashes') process.send?.(await hashesPerSecond(question.amount))
  if (question.ask === 'token') process.send?.(await makeToken(database))
  if (question.ask === 'cpu') process.send?.(process.cpuUsage())
  if (question.ask === 'memory') process.send?.(process.memoryUsage().rss)
  if (question.ask === 'stop') {
    await database.close()
    rmSync(folder, { recursive: true, force: true })
    process.exit(0)
  }
})
process.send?.({ port, barePort, bareApiPort })

async function hashesPerSecond(amount: number) {
  const queue = Array.from({ length: amount }).values()
  const started = performance.now()
  await Promise.all(
    Array.from({ length: availableParallelism() }, async () => {
      for (const _ of queue) await passwords.verify(passwordHash, PASSWORD)
    }),
  )
  return (amount * 1000) / (performance.now() - started)
}
