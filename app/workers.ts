import cluster, { type Worker } from 'node:cluster'
import type { Config } from './config.ts'
import { open } from './process/open.ts'
import type { Log } from './watch/log.ts'
import { collectMetrics } from './watch/metrics-of-all.ts'
import type { FromWorker, ToWorker } from './worker.ts'

const TEN_SECONDS = 10_000
const A_MINUTE = 60_000
/** How long a worker that ended stays away: twice as long each time, until one has lived for a minute. */
const AWAY = { first: 100, most: TEN_SECONDS } as const
const FAILED_STARTS = 5 // in a row, in one place, while no worker serves: more of the same will not help
/** More than a worker takes to stop: ten seconds for its requests, ten for its mail. */
const STOPPED_AFTER = 3 * TEN_SECONDS

/** Told where it is, and on which port of this machine. */
export type Announce = (url: string, port: number) => void

/** A place that always has a worker, except while one is being started again. */
type Place = {
  number: number
  worker?: Worker
  serves: boolean
  since: number
  /** In a row: how often its worker ended within a minute, and how often before it served. */
  ends: number
  failedStarts: number
  again?: NodeJS.Timeout
}

/**
 * The first process: serves nothing itself. Keeps `config.workers` processes running, which share the port, until it is told
 * to stop. `announce` is called once, when all of them serve.
 */
export async function superviseWorkers(
  config: Config,
  { log, announce }: { log: Log; announce: Announce },
): Promise<void> {
  const { database } = await open(config) // tables and key file are there before any worker starts
  await database.close()

  const places = Array.from({ length: config.workers }, (_, index): Place => {
    return { number: index + 1, serves: false, since: 0, ends: 0, failedStarts: 0 }
  })
  const running = () => places.flatMap(({ worker }) => worker ?? [])
  const metrics = config.metricsToken === undefined ? undefined : await collectMetrics(running, send)
  let at: number | undefined
  let isAnnounced = false
  let isStopping = false
  let lastFailure = 'they are killed'

  function begin(place: Place) {
    const worker = cluster.fork()
    Object.assign(place, { worker, serves: false, since: performance.now() })
    closeWhatItLeaves(worker)
    worker.on('message', (message: FromWorker) => heard(place, worker, message))
    worker.once('exit', (code, signal) => ended(place, worker, signal ?? code))
    // Said of a process that could not be started, and of a message to one that is gone; the latter ends by itself.
    worker.on('error', () => worker.process.pid === undefined && ended(place, worker, 'no process'))
  }

  function heard(place: Place, worker: Worker, message: FromWorker) {
    if (message.say === 'serving') serves(place, message)
    if (message.say === 'failed') failed(message.sentence)
    if (message.say === 'counts') metrics?.heard(worker.id, message.counts)
    if (message.say === 'scrape') metrics?.text().then((page) => send(worker, { say: 'scraped', ...page }), log.fault)
  }

  function serves(place: Place, { url, port }: { url: string; port: number }) {
    at ??= port
    if (port !== at) return giveUp(`port ${at} went with the last worker`) // PORT=0: the system has chosen another
    Object.assign(place, { serves: true, failedStarts: 0 })
    if (isAnnounced) tell(place)
    if (isAnnounced || !places.every((each) => each.serves)) return
    isAnnounced = true
    announce(url, port)
    places.forEach(tell)
  }

  const tell = ({ number, worker }: Place) => log.workerServes({ worker: number, pid: worker?.process.pid ?? 0 })

  function failed(sentence: string) {
    lastFailure = sentence
    if (at === undefined) giveUp(sentence) // none has ever served: what is wrong is the same for all
  }

  function ended(place: Place, worker: Worker, how: string | number) {
    if (place.worker !== worker) return
    delete place.worker
    metrics?.ended(worker.id)
    const hasServed = place.serves
    place.serves = false
    if (isStopping) return
    const lived = performance.now() - place.since
    place.ends = lived >= A_MINUTE ? 1 : place.ends + 1
    if (!hasServed && ++place.failedStarts >= FAILED_STARTS && !places.some(({ serves }) => serves))
      return giveUp(`its workers end as soon as they start: ${lastFailure}`)
    const inMs = Math.min(AWAY.most, AWAY.first * 2 ** (place.ends - 1))
    log.workerEnded({ worker: place.number, exit: how, ms: inMs })
    place.again = setTimeout(begin, inMs, place)
  }

  function giveUp(sentence: string) {
    if (isStopping) return
    console.error(`Latchkey ${isAnnounced ? 'stopped' : 'did not start'}: ${sentence}`)
    process.exitCode = 1
    stop()
  }

  /** Ends when the last worker has: nothing else holds the process. */
  function stop() {
    if (isStopping) return
    isStopping = true
    for (const { again } of places) clearTimeout(again)
    for (const worker of running()) send(worker, { say: 'stop' })
    setTimeout(() => {
      for (const worker of running()) worker.process.kill('SIGKILL')
    }, config.drain + STOPPED_AFTER).unref()
  }

  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop)
  process.once('exit', () => isAnnounced && log.stopped())
  for (const place of places) begin(place)
}

function send(worker: Worker, message: ToWorker) {
  if (worker.isConnected()) worker.send(message)
}

/**
 * Connections that a worker was handed and had not yet taken when it was killed: Node keeps them open for good, and whoever is at
 * the other end would wait as long. What is handed over, and the acknowledgement, are messages of Node's own.
 */
function closeWhatItLeaves({ process: child }: Worker) {
  const handed = new Map<number, { close(): void }>()
  const give = child.send.bind(child) as (...args: unknown[]) => boolean
  child.send = (message: { act?: string; seq?: number }, connection?: unknown, ...rest: unknown[]) => {
    if (message.act === 'newconn' && message.seq !== undefined) handed.set(message.seq, connection as { close(): void })
    return give(message, connection, ...rest)
  }
  child.on('internalMessage', ({ ack }: { ack?: number }) => ack !== undefined && handed.delete(ack))
  child.once('exit', () => {
    for (const connection of handed.values()) connection.close()
  })
}
