import cluster, { type Worker } from 'node:cluster'
import { setTimeout as pause } from 'node:timers/promises'
import type { Config } from '../config.ts'
import type { Log } from '../watch/log.ts'
import { answerForAll } from '../watch/metrics-of-all.ts'

const A_MINUTE = 60_000
/** How long a worker that ended stays away: twice as long each time, until one has lived for a minute. */
const AWAY = { first: 100, most: 10_000 } as const
const FAILED_STARTS = 5 // of each worker, in a row, while none serves: more of the same won't help
/** Longer than a worker takes to stop: ten seconds for its requests, ten for its mail. */
const STOPPED_AFTER = 30_000

/** Told where it is, and on which port of this machine. */
export type Announce = (url: string, port: number) => void

/**
 * The first process: serves nothing itself, and keeps `config.workers` processes running that share the port. The first of them
 * starts alone, so that whatever is wrong is said once. `announce` is called when it serves.
 */
export async function superviseWorkers(config: Config, { log, announce }: { log: Log; announce: Announce }) {
  // The kernel hands out connections, and closes what a killed worker had not taken (docs/decisions/workers.md).
  cluster.schedulingPolicy = cluster.SCHED_NONE
  if (config.metricsToken !== undefined) await answerForAll(log.fault)
  const serving = new Set<Worker>()
  const stopping = new AbortController()
  let at: number | undefined
  let failedStarts = 0

  function begin(number: number, earlierEnds = 0) {
    const began = performance.now()
    const worker = cluster.fork()
    worker.once('listening', ({ port }) => serves(number, worker, port))
    worker.once('exit', (code, signal) => ended(signal ?? code))
    // A process that can't be started ends without an exit. A message to one that has ended is no matter.
    worker.on('error', () => worker.process.pid === undefined && ended('no process'))

    function ended(how: string | number) {
      const hasServed = serving.delete(worker)
      if (stopping.signal.aborted) return
      if (at === undefined) return giveUp('did not start', how === 1 ? undefined : `its first worker ended: ${how}.`)
      if (!hasServed && ++failedStarts >= FAILED_STARTS * config.workers && serving.size === 0)
        return giveUp('stopped', 'its workers end as soon as they start.')
      const ends = performance.now() - began < A_MINUTE ? earlierEnds + 1 : 1
      const ms = Math.min(AWAY.most, AWAY.first * 2 ** (ends - 1))
      log.workerEnded({ worker: number, exit: how, ms })
      pause(ms, undefined, { signal: stopping.signal }).then(
        () => begin(number, ends),
        () => {}, // stopped meanwhile
      )
    }
  }

  function serves(number: number, worker: Worker, port: number) {
    const isFirst = at === undefined
    at ??= port
    if (port !== at) return giveUp('stopped', `port ${at} went with its last worker.`) // PORT=0: the system chose another
    serving.add(worker)
    failedStarts = 0
    if (isFirst) announce(config.baseUrl ?? `http://localhost:${port}`, port)
    log.workerServes({ worker: number, pid: worker.process.pid ?? 0 })
    if (isFirst) for (let other = 2; other <= config.workers; other++) begin(other)
  }

  function giveUp(what: string, sentence?: string) {
    if (sentence) console.error(`Latchkey ${what}: ${sentence}`) // else the worker has said it
    process.exitCode = 1
    stop()
  }

  /** Ends when the last worker has: nothing else holds the process. */
  function stop() {
    if (stopping.signal.aborted) return
    stopping.abort()
    tellAll('SIGTERM')
    setTimeout(tellAll, config.drain + STOPPED_AFTER, 'SIGKILL').unref()
  }

  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop)
  process.once('exit', () => at !== undefined && log.stopped())
  begin(1)
}

function tellAll(signal: NodeJS.Signals) {
  for (const worker of Object.values(cluster.workers ?? {})) worker?.process.kill(signal)
}
