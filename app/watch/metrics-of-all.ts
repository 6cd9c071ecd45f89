import cluster, { type Worker } from 'node:cluster'
import { setTimeout as pause } from 'node:timers/promises'
import type { Counts, Metrics } from './metrics.ts'

const TWO_SECONDS = 2000
const SOON = 5 // milliseconds: a worker answers in one or two

type Page = { type: string; body: string }
/** A worker asks for a page; the first process asks all workers for their counts, adds them up, and answers. */
type FromWorker = { asks: true } | { counts: Counts; question: number }
type ToWorker = { question: number } | { page: Page }

/**
 * In the first process: counts are added up, and what can't be (such as the lag of an event loop) is averaged. A worker that is
 * gone, or too busy to answer, stays in with what it last told: Prometheus takes a counter that falls for a restart.
 */
export async function answerForAll(failed: (error: unknown) => void): Promise<void> {
  const { AggregatorRegistry } = await import('prom-client')
  const latest = new Map<Worker, { counts: Counts; question: number }>()
  let gone: Promise<Counts> = Promise.resolve([])
  let questions = 0

  cluster.on('message', (worker, message: FromWorker) => {
    if ('asks' in message) page().then((page) => send(worker, { page }), failed)
    else if (!worker.isDead()) latest.set(worker, message)
  })
  cluster.on('exit', (worker) => {
    const counted = latest.get(worker)?.counts.filter(({ type }) => ['counter', 'histogram'].includes(String(type)))
    latest.delete(worker)
    if (counted) gone = gone.then((before) => AggregatorRegistry.aggregate([before, counted]).getMetricsAsJSON())
  })

  async function page(): Promise<Page> {
    const question = ++questions
    const asked = Object.values(cluster.workers ?? {}).filter((worker) => worker !== undefined)
    for (const worker of asked) send(worker, { question })
    const waits = (worker: Worker) => !worker.isDead() && (latest.get(worker)?.question ?? 0) < question
    for (let waited = 0; waited < TWO_SECONDS && asked.some(waits); waited += SOON) await pause(SOON)
    const all = AggregatorRegistry.aggregate([...[...latest.values()].map(({ counts }) => counts), await gone])
    return { type: all.contentType, body: await all.metrics() }
  }
}

/** In a worker: the page is asked of the first process, which asks this one among the others. */
export function metricsOfAll(own: Metrics): Metrics {
  const waiting = new Set<(page: Page) => void>()
  process.on('message', async (message: ToWorker) => {
    if ('question' in message) return tell({ counts: await own.counts(), question: message.question })
    for (const answer of waiting) answer(message.page)
    waiting.clear()
  })
  const text = () =>
    new Promise<Page>((resolve, reject) => {
      waiting.add(resolve)
      setTimeout(reject, 2 * TWO_SECONDS, new Error('The first process does not answer.')).unref()
      tell({ asks: true })
    })
  return { ...own, text }
}

const send = (worker: Worker, message: ToWorker) => worker.isConnected() && worker.send(message)
const tell = (message: FromWorker) => process.connected && process.send?.(message)
