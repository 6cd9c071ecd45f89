import './env-file.ts'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import { createApp } from './app.ts'
import { type Config, ConfigError, readConfig } from './config.ts'
import { open, wire } from './deps.ts'
import { startHousekeeping } from './housekeeping.ts'
import type { AppEnv } from './http/env.ts'
import { type MailLoop, startMailLoop } from './mail/mail-loop.ts'
import { runMailing } from './mail/mailing.ts'
import { createLog } from './watch/log.ts'
import { createMetrics, noMetrics } from './watch/metrics.ts'

const TEN_SECONDS = 10_000
/** For clients that send a byte now and then: after so long, 408 and the connection is closed. */
const PATIENCE = { headersTimeout: TEN_SECONDS, requestTimeout: 2 * TEN_SECONDS, connectionsCheckingInterval: 2_000 }

try {
  await start(readConfig(process.env))
} catch (error) {
  console.error(
    error instanceof ConfigError || error instanceof Error ? `Latchkey did not start: ${error.message}` : error,
  )
  process.exitCode = 1
}

/** Listens first, because only then a port chosen by the system is known; requests wait for the few milliseconds in between. */
async function start(config: Config) {
  const { database, vault } = await open(config)
  let app: ReturnType<typeof createApp> | undefined
  let mailing: MailLoop | undefined
  const server = createAdaptorServer({
    fetch: async (request, env) => {
      const response = await app?.fetch(request, env as AppEnv['Bindings'])
      if (request.method !== 'GET') mailing?.wake() // whatever queues mail is no mere look
      return response
    },
    serverOptions: PATIENCE,
  }) as Server
  try {
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(config.port, config.host, resolve))
  } catch (error) {
    await database.close()
    throw error
  }

  const baseUrl = config.baseUrl ?? `http://localhost:${(server.address() as AddressInfo).port}`
  process.stdout.on('error', () => {}) // a full disk or a reader that is gone ends the lines, not the service
  const log = createLog({ level: config.logLevel })
  process.once('uncaughtException', (error) => {
    log.fault(error) // Node would print its message, and what it quotes
    process.exit(1)
  })
  const metrics = config.metricsToken === undefined ? noMetrics : await createMetrics()
  const deps = wire({ database, vault, settings: { ...config, baseUrl }, now: () => new Date(), log, metrics })
  app = createApp(deps)
  const housekeeping = startHousekeeping(deps, deps.watch.housekeepingFailed)
  mailing = startMailLoop(
    (stopping) => runMailing(deps, { report: console.error, tried: metrics.mail, stopping }),
    console.error,
  )
  console.log(`Latchkey is at ${baseUrl} · open it and create your account · Ctrl+C stops it`)
  log.started(baseUrl)

  /** No new connections; those in work finish, for ten seconds at most; then the database is closed. */
  async function stop() {
    const late = setTimeout(() => server.closeAllConnections(), TEN_SECONDS).unref()
    // A kept-alive connection is closed as soon as its last answer is out.
    const closing = setInterval(() => server.closeIdleConnections(), 50)
    await new Promise((resolve) => server.close(resolve))
    clearTimeout(late)
    clearInterval(closing)
    await Promise.all([mailing?.stop(), housekeeping.stop()])
    await database.close()
    log.stopped()
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop)
}
