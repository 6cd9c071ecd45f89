const HALF_A_MINUTE = 30_000

/** Runs `seal` about twice a minute, so an event is sealed within a minute. `stop` waits for the batch that is at work. */
export function startSealing(
  seal: (stopping: () => boolean) => Promise<unknown>,
  report: (error: unknown) => void,
  every = HALF_A_MINUTE,
): { stop(): Promise<void> } {
  let isStopping = false
  let running: Promise<unknown> | undefined
  let timer: NodeJS.Timeout | undefined

  /** Up to half of it longer or shorter, so processes that started together don't meet each time. */
  function plan() {
    if (!isStopping) timer = setTimeout(begin, every * (0.5 + Math.random())).unref()
  }
  function begin() {
    running = seal(() => isStopping)
      .catch(report)
      .finally(plan)
  }
  plan()

  return {
    async stop() {
      isStopping = true
      clearTimeout(timer)
      await running
    },
  }
}
