// The process we measure: the product, and beside it the bare things we compare it with.
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { availableParallelism } from 'node:os'
import { createAdaptorServer } from '@hono/node-server'
import { Hono } from 'hono'
import { createApp } from '../../app/app.ts'
import { readConfig } from '../../app/config.ts'
import { wire } from '../../app/deps.ts'
import { createPasswords } from '../../app/lib/passwords.ts'
import { createVault } from '../../app/lib/vault.ts'
import { keepHeapSmall } from '../../app/process/small-heap.ts'
import { openDatabase } from '../../db/client.ts'
import { PASSWORD } from '../../testing/names.ts'
import { AccountPage } from '../../views/account/account-page.tsx'
import { bareProvider } from './bare-provider.ts'
import { KEY, type Ports, type Questions } from './protocol.ts'

keepHeapSmall() // as the server does
const database = openDatabase(process.env.DATABASE_URL ?? '')
const passwords = createPasswords()
const passwordHash = await passwords.hash(PASSWORD, 'local')

let app: ReturnType<typeof createApp> | undefined
const listen = async (fetch: (request: Request, env: unknown) => unknown) => {
  const server = createAdaptorServer({ fetch }) as Server
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}
const product = await listen((request, env) => app?.fetch(request, env as never))
const trustedProxies = [{ address: '127.0.0.1', prefix: 32, family: 'ipv4' as const }]
const settings = { ...readConfig({}), trustedProxies, baseUrl: `http://localhost:${product}`, attemptsPerAddress: 0 }
app = createApp(wire({ database, vault: createVault([KEY]), settings, now: () => new Date() }))

const at = new Date()
const barePages = new Hono().get('/', (c) =>
  c.html(
    `<!doctype html>${<AccountPage visitor={{ account: { email: '1@example.com', role: 'member', recoveryOpensAt: null, username: 'ada', displayName: null, secondFactorSince: at, phishingResistantSince: null, passwordChangedAt: at } }} usernamesStay={false} recoveryCodes={{ left: 12, of: 12, areFew: false }} needsSecondFactor={false} />}`,
  ),
)
const bareAnswers = new Hono().get('/', (c) => c.json({ id: 1, email: '1@example.com', two_factor: true }))
const provider = await bareProvider()
const ports: Ports = {
  product,
  barePage: await listen((request, env) => barePages.fetch(request, env as never)),
  bareAnswer: await listen((request, env) => bareAnswers.fetch(request, env as never)),
  bareProvider: provider.port,
}

let most = 0
setInterval(() => {
  most = Math.max(most, process.memoryUsage.rss())
}, 100).unref()

const answers: { [Ask in keyof Questions]: (amount: number) => Promise<Questions[Ask]['answer']> } = {
  hashes: hashesPerSecond,
  async cpu() {
    const { user, system } = process.cpuUsage()
    return (user + system) / 1000
  },
  async memory() {
    const bytes = most
    most = 0
    return bytes
  },
  codes: provider.codes,
  async stop() {
    await database.close()
    setImmediate(() => process.exit(0))
    return true
  },
}
process.on('message', async ({ ask, amount = 0 }: { ask: keyof Questions; amount?: number }) => {
  process.send?.(await answers[ask](amount))
})
process.send?.(ports)

async function hashesPerSecond(amount: number) {
  const queue = Array.from({ length: amount }).values()
  const started = performance.now()
  await Promise.all(
    Array.from({ length: availableParallelism() }, async () => {
      for (const _ of queue) await passwords.verify(passwordHash, PASSWORD, 'local')
    }),
  )
  return (amount * 1000) / (performance.now() - started)
}
