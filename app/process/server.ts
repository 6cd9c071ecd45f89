import './env-file.ts'
import cluster from 'node:cluster'
import { type Config, ConfigError, readConfig } from '../config.ts'
import { createLog, type Log } from '../watch/log.ts'
import { createMetrics, noMetrics } from '../watch/metrics.ts'
import { metricsOfAll } from '../watch/metrics-of-all.ts'
import { firstOperatorLinkOf, serve } from './serve.ts'
import { keepHeapSmall } from './small-heap.ts'
import { superviseWorkers } from './workers.ts'

// The process, or the first of them: this file is what runs, alone, as the one that starts the others, and as each of those.
try {
  keepHeapSmall()
  const config = readConfig(process.env)
  process.stdout.on('error', () => {}) // a full disk or a reader that is gone ends the lines, not the service
  const log = createLog({ level: config.logLevel })
  process.once('uncaughtException', (error) => {
    log.fault(error) // Node would print its message, and what it quotes
    process.exit(1)
  })
  const announce = announcing(config, log)
  if (cluster.isPrimary && config.workers > 1)
    await superviseWorkers(config, {
      log,
      announce: (url, port) => announce(url, port, () => firstOperatorLinkOf(config, url)),
    })
  else await serveUntilStopped(config, { log, announce })
} catch (error) {
  console.error(
    error instanceof ConfigError || error instanceof Error ? `Latchkey did not start: ${error.message}` : error,
  )
  process.exitCode = 1
  if (cluster.isWorker) process.exit() // the line to the first process would hold it
}

/** Alone, or as one of several. A worker announces nothing: the first process does. */
async function serveUntilStopped(config: Config, { log, announce }: { log: Log; announce: Announce }) {
  const own = config.metricsToken === undefined ? noMetrics : await createMetrics()
  const { url, port, stop, firstOperatorLink } = await serve(config, {
    log,
    metrics: cluster.isWorker ? metricsOfAll(own) : own,
  })
  // A terminal and some service managers tell each worker besides the first process: it is the same stop, however often it comes.
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    if (cluster.isWorker) process.on(signal, () => stop().then(() => process.exit()))
    else process.once(signal, () => stop().then(log.stopped))
  if (cluster.isPrimary) announce(url, port, firstOperatorLink) // last: anyone who reads it may stop us at once
}

type Announce = ReturnType<typeof announcing>

/** A line for people, and one for programs. While nobody has an account, another for who makes the first. */
function announcing({ smtpUrl, mailFolder, signUps }: Config, log: Log) {
  const next = signUps === 'open' ? ' · open it and create your account' : ''
  return (url: string, port: number, firstOperatorLink: () => Promise<string | undefined>) => {
    console.log(`Latchkey is at ${url}${next} · Ctrl+C stops it`)
    log.started(url, port)
    if (smtpUrl === undefined && url.startsWith('https:'))
      log.noMailServer({ reason: `SMTP_URL is not set: mail reaches nobody, and is written into ${mailFolder}` })
    firstOperatorLink().then(
      (link) =>
        link && console.log(`Nobody has an account yet. The first operator's is made here, within 24 hours: ${link}`),
      log.fault,
    )
  }
}
