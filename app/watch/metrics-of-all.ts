import type { Worker } from 'node:cluster'
import type { Counts } from './metrics.ts'

const TWO_SECONDS = 2000

/**
 * The metrics of several processes as one page: counts are added up, and what can't be (such as an event loop's lag) is
 * averaged. A process that is gone or too busy to answer stays in the sum with its last counts, because Prometheus reads a
 * falling counter as a restart.
 */
export async function collectMetrics(
  running: () => Worker[],
  ask: (worker: Worker, message: { say: 'count' }) => void,
) {
  const { AggregatorRegistry } = await import('prom-client')
  const latest = new Map<number, Counts>()
  let gone: Promise<Counts> = Promise.resolve([])
  let asked: Promise<void> | undefined
  let awaited = new Set<number>()
  let allAnswered = () => {}

  function answered(id: number) {
    awaited.delete(id)
    if (awaited.size === 0) allAnswered()
  }

  /** Scrapes at the same time share one question. */
  async function askAll() {
    const workers = running()
    awaited = new Set(workers.map(({ id }) => id))
    let late: NodeJS.Timeout | undefined
    await new Promise<void>((resolve) => {
      allAnswered = resolve
      late = setTimeout(resolve, TWO_SECONDS)
      for (const worker of workers) ask(worker, { say: 'count' })
      if (awaited.size === 0) resolve()
    })
    clearTimeout(late)
    asked = undefined
  }

  return {
    heard(id: number, counts: Counts) {
      if (running().some((worker) => worker.id === id)) latest.set(id, counts)
      answered(id)
    },
    ended(id: number) {
      const last = latest.get(id)
      latest.delete(id)
      answered(id)
      if (!last) return
      const grown = last.filter(({ type }) => isCount(type))
      gone = gone.then((before) => AggregatorRegistry.aggregate([before, grown]).getMetricsAsJSON())
    },
    async text() {
      asked ??= askAll()
      await asked
      const all = AggregatorRegistry.aggregate([...latest.values(), await gone])
      return { type: all.contentType, body: await all.metrics() }
    },
  }
}

const isCount = (type: unknown) => ['counter', 'histogram'].includes(String(type))
