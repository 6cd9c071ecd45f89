const DAY = 24 * 60 * 60_000

/** A clock that runs `speed` times as fast as real time, from `startedMs` on. Every process of a run has the same one. */
export function fastClock(startedMs: number, speed: number) {
  let ahead = 0
  return {
    now: () => new Date(startedMs + (Date.now() - startedMs) * speed + ahead),
    aDayLater() {
      ahead += DAY
    },
  }
}
