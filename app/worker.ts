import type { Config } from './config.ts'
import { type Serving, serve } from './serve.ts'
import type { Log } from './watch/log.ts'
import { type Counts, createMetrics, type Metrics, noMetrics } from './watch/metrics.ts'

/** What a worker tells the process that started it. */
export type FromWorker =
  | { say: 'serving'; url: string; port: number }
  | { say: 'failed'; sentence: string }
  | { say: 'counts'; counts: Counts }
  | { say: 'scrape' }

/** What it is told. */
export type ToWorker = { say: 'stop' } | { say: 'count' } | { say: 'scraped'; type: string; body: string }

const THREE_SECONDS = 3000

/** One of several processes: serves like one that is alone, and is started, asked and stopped by the first of them. */
export async function work(config: Config, log: Log): Promise<void> {
  let serving: Serving | undefined
  const own = config.metricsToken === undefined ? noMetrics : await createMetrics()
  const { metrics, scraped } = scrapedThroughFirst(own)

  async function stop() {
    await serving?.stop()
    process.exit(0) // the line to the first process would hold it
  }
  process.on('message', async (message: ToWorker) => {
    if (message.say === 'stop') await stop()
    if (message.say === 'count') tell({ say: 'counts', counts: await own.counts() })
    if (message.say === 'scraped') scraped(message)
  })
  // A terminal and some service managers send the signal to each process besides; it is the same stop, however often it comes.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, stop)
  try {
    serving = await serve(config, { log, metrics })
    tell({ say: 'serving', url: serving.url, port: serving.port })
  } catch (error) {
    tell({ say: 'failed', sentence: error instanceof Error ? error.message : String(error) }, () => process.exit(1))
  }
}

/** A page of metrics is of all workers, so it is asked of the first process. */
function scrapedThroughFirst(own: Metrics) {
  const waiting = new Set<(page: { type: string; body: string }) => void>()
  const text = () =>
    new Promise<{ type: string; body: string }>((resolve, reject) => {
      const late = setTimeout(() => {
        waiting.delete(answer)
        reject(new Error('The first process does not answer.'))
      }, THREE_SECONDS)
      const answer = (page: { type: string; body: string }) => {
        clearTimeout(late)
        resolve(page)
      }
      waiting.add(answer)
      tell({ say: 'scrape' })
    })
  return {
    metrics: { ...own, text },
    scraped({ type, body }: { type: string; body: string }) {
      for (const answer of waiting) answer({ type, body })
      waiting.clear()
    },
  }
}

function tell(message: FromWorker, then: () => void = () => {}) {
  if (process.connected) process.send?.(message, undefined, undefined, then)
  else then()
}
