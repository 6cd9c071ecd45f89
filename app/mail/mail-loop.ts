const HALF_A_MINUTE = 30_000
const SOON = 200 // milliseconds: long enough to take a few together, and nobody waits for it
const TEN_SECONDS = 10_000

export type MailLoop = {
  /** Something may have been queued. */
  wake(): void
  /** Begins nothing new, and waits at most ten seconds for mail on its way. Anything unsent stays in the queue. */
  stop(): Promise<void>
}

/** Runs `run` now, soon after each `wake`, and twice a minute for what other processes queued. Never two at once. */
export function startMailLoop(
  run: (stopping: () => boolean) => Promise<void>,
  report: (error: unknown) => void,
  { every, soon }: { every: number; soon: number } = { every: HALF_A_MINUTE, soon: SOON },
): MailLoop {
  let isStopping = false
  let running: Promise<void> | undefined
  let isWanted = false
  let timer: NodeJS.Timeout | undefined

  const plan = (inMs: number) => {
    clearTimeout(timer)
    if (!isStopping) timer = setTimeout(begin, inMs).unref()
  }
  function begin() {
    isWanted = false
    running = run(() => isStopping)
      .catch(report)
      .finally(() => {
        running = undefined
        plan(isWanted ? soon : every)
      })
  }
  begin()

  return {
    wake() {
      if (isWanted) return
      isWanted = true
      if (!running) plan(soon)
    },
    async stop() {
      isStopping = true
      clearTimeout(timer)
      let late: NodeJS.Timeout | undefined
      await Promise.race([running, new Promise((resolve) => (late = setTimeout(resolve, TEN_SECONDS)))])
      clearTimeout(late)
    },
  }
}
