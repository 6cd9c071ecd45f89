import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { createAdaptorServer } from '@hono/node-server'
import { createApp } from '../app.ts'
import type { Config } from '../config.ts'
import { wire } from '../deps.ts'
import type { AppEnv } from '../http/env.ts'
import { answerUnreadable } from '../http/unreadable.ts'
import { unlessBusy } from '../lib/database-failures.ts'
import type { HashCost } from '../lib/hash-threads.ts'
import { type MailLoop, startMailLoop } from '../mail/mail-loop.ts'
import { runMailing } from '../mail/mailing.ts'
import { tellSignOuts } from '../openid/sign-outs.ts'
import { firstOperatorLink } from '../operators/first-operator.ts'
import { sealEvents } from '../operators/log/sealing.ts'
import type { Log } from '../watch/log.ts'
import type { Metrics } from '../watch/metrics.ts'
import { startHousekeeping } from './housekeeping.ts'
import { open } from './open.ts'
import { startSealing } from './sealing-loop.ts'

const TEN_SECONDS = 10_000
/** For clients that send a byte now and then: after so long, 408 and the connection is closed. */
const PATIENCE = { headersTimeout: TEN_SECONDS, requestTimeout: 2 * TEN_SECONDS, connectionsCheckingInterval: 2_000 }
/** Longer than proxies keep a connection that rests (nginx: a minute). Whoever closes first sends nothing into a connection that closes. */
const KEPT_ALIVE = 65_000

export type Serving = Awaited<ReturnType<typeof serve>>

/** Where a process has no database open: the first of several serves nothing itself. */
export async function firstOperatorLinkOf(config: Config, baseUrl: string): Promise<string | undefined> {
  const { database, vault } = await open(config)
  try {
    return await firstOperatorLink(wire({ database, vault, settings: { ...config, baseUrl }, now: () => new Date() }))
  } finally {
    await database.close()
  }
}

/**
 * One process that serves: alone, or as one of several that share port and database.
 * Listens first, because only then a port chosen by the system is known; requests wait for the few milliseconds in between.
 */
export async function serve(
  config: Config,
  { log, metrics, passwordCost }: { log: Log; metrics: Metrics; passwordCost?: HashCost },
) {
  const { database, vault } = await open(config)
  let app: ReturnType<typeof createApp> | undefined
  let mailing: MailLoop | undefined
  let tellingSignOuts: MailLoop | undefined
  let stopped: Promise<void> | undefined
  let linking: Promise<string | undefined> | undefined
  const isStopping = () => stopped !== undefined
  const server = createAdaptorServer({
    fetch: async (request, env) => {
      const response = await app?.fetch(request, env as AppEnv['Bindings'])
      if (request.method !== 'GET') {
        mailing?.wake() // whatever queues mail is no mere look
        tellingSignOuts?.wake() // nor is a sign-out
      }
      if (isStopping()) response?.headers.set('Connection', 'close') // so a proxy opens its next one elsewhere
      return response
    },
    hostname: 'localhost', // of a request without Host, as HTTP/1.0 allows and probes make
    serverOptions: { ...PATIENCE, keepAliveTimeout: KEPT_ALIVE },
  }) as Server
  try {
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(config.port, config.host, resolve))
  } catch (error) {
    await database.close()
    throw error
  }

  const { port } = server.address() as AddressInfo
  const url = config.baseUrl ?? `http://localhost:${port}`
  server.on('clientError', answerUnreadable(url))
  const deps = wire({
    database,
    vault,
    settings: { ...config, baseUrl: url },
    now: () => new Date(),
    log,
    metrics,
    passwordCost,
    isStopping,
  })
  app = createApp(deps)
  const housekeeping = startHousekeeping(deps, deps.watch.housekeepingFailed)
  const sealing = startSealing((stopping) => sealEvents(deps, stopping), deps.watch.housekeepingFailed)
  mailing = startMailLoop(
    (stopping) =>
      runMailing(deps, { report: console.error, tried: metrics.mail, failed: deps.watch.mailFailed, stopping }),
    unlessBusy(deps.watch.fault), // what a failing database says quotes the mail that it was given
  )

  tellingSignOuts = startMailLoop((stopping) => tellSignOuts(deps, { stopping }), unlessBusy(deps.watch.fault))

  async function drainAndClose() {
    if (config.drain > 0) await pause(config.drain)
    const late = setTimeout(() => server.closeAllConnections(), TEN_SECONDS).unref()
    // A kept-alive connection is closed as soon as its last answer is out.
    const closing = setInterval(() => server.closeIdleConnections(), 50)
    await new Promise((resolve) => server.close(resolve))
    clearTimeout(late)
    clearInterval(closing)
    await Promise.all([
      mailing?.stop(),
      tellingSignOuts?.stop(),
      housekeeping.stop(),
      sealing.stop(),
      linking?.catch(() => {}),
    ])
    await database.close()
  }

  return {
    url,
    port,
    firstOperatorLink() {
      linking ??= firstOperatorLink(deps)
      return linking
    },
    /**
     * From now on /readyz says no, while requests are taken for as long as `config.drain`. Then no new connections; those in
     * work finish, for ten seconds at most; then the database is closed. Asked again, it is the same stop.
     */
    stop(): Promise<void> {
      stopped ??= drainAndClose()
      return stopped
    },
  }
}
