// The product as app/process/server.ts wires it, with a faster clock, and ready to answer the process that measures it.
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import { createApp } from '../../../app/app.ts'
import { readConfig } from '../../../app/config.ts'
import { wire } from '../../../app/deps.ts'
import type { AppEnv } from '../../../app/http/env.ts'
import { startMailLoop } from '../../../app/mail/mail-loop.ts'
import { runMailing } from '../../../app/mail/mailing.ts'
import { sealEvents } from '../../../app/operators/log/sealing.ts'
import { startHousekeeping } from '../../../app/process/housekeeping.ts'
import { open } from '../../../app/process/open.ts'
import { startSealing } from '../../../app/process/sealing-loop.ts'
import { keepHeapSmall } from '../../../app/process/small-heap.ts'
import { createLog } from '../../../app/watch/log.ts'
import { fastClock } from './clock.ts'
import type { Answer, Question } from './protocol.ts'

keepHeapSmall()
const speed = Number(process.env.SOAK_SPEED)
const clock = fastClock(Number(process.env.SOAK_STARTED_MS), speed)
const config = readConfig(process.env)
const { database, vault } = await open(config)
const settings = {
  ...config,
  baseUrl: config.baseUrl ?? '',
  mailFolder: process.env.SOAK_MAIL_FOLDER ?? config.mailFolder,
}
const deps = wire({ database, vault, settings, now: clock.now, log: createLog({ level: config.logLevel }) })
const app = createApp(deps)
const STOPS_WITHIN = 20_000 // milliseconds
const report = (what: unknown) => console.error(what)

let rounds = 0
const { takeLease } = deps.housekeeping
deps.housekeeping.takeLease = async (of) => {
  const isMine = await takeLease(of)
  if (isMine) rounds++
  return isMine
}
const look = Number(process.env.SOAK_LOOK_MS)
const housekeeping = startHousekeeping(deps, report, { soon: look / 10, look, random: Math.random })
const sealing = startSealing((stopping) => sealEvents(deps, stopping), report, look / 2)
const mailing = startMailLoop((stopping) => runMailing(deps, { report, stopping }), report)

const server = createAdaptorServer({
  async fetch(request, env) {
    const response = await app.fetch(request, env as AppEnv['Bindings'])
    if (request.method !== 'GET') mailing.wake()
    return response
  },
}) as Server
server.listen(0, '127.0.0.1', () => tell({ port: (server.address() as AddressInfo).port }))

const tell = (answer: Answer) => process.send?.(answer)

process.on('message', async (question: Question) => {
  if (question === 'sample') {
    globalThis.gc?.()
    const { rss, heapUsed, external } = process.memoryUsage()
    tell({ rss, heap: heapUsed + external, rounds })
  }
  if (question === 'a day later') {
    clock.aDayLater()
    tell('done')
  }
  if (question === 'stop') {
    setTimeout(() => report(`Still open: ${process.getActiveResourcesInfo().join(', ')}`), STOPS_WITHIN).unref()
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
    await Promise.all([housekeeping.stop(), sealing.stop(), mailing.stop()])
    await database.close()
    process.disconnect()
  }
})
