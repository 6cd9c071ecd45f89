import { network } from './network.ts'

const LONGEST_WAIT = 5_000 // ms; a newcomer who would wait longer is told at once
const GONE = 10_000 // ms; by then a person has given up
const FIRST_GUESS = 50 // ms for a turn, until some have been timed
const SHORTEST = 1 // ms; bounds the queue, however short turns seem to be
const WEIGHT = 0.1 // of the newest turn in the moving average: the last ten or twenty count

type Waiting = { since: number; begin(): void; turnAway(seconds: number): void }

export type Turns = ReturnType<typeof createTurns>

/**
 * At most `places` pieces of work at a time. Behind them, each source (an address, an IPv6 /64) has a queue, and the queues take
 * turns: a source that sends a hundred waits for its own. `full` makes what the refused get. `clock` is in milliseconds.
 */
export function createTurns({
  places,
  full,
  clock = () => performance.now(),
  timed = () => {},
}: {
  places: number
  full: (seconds: number) => Error
  clock?: () => number
  /** Hears how many seconds each piece of work took once its turn came. */
  timed?: (seconds: number) => void
}) {
  let running = 0
  let average = FIRST_GUESS
  let waiting = 0
  /** In the order of the sources' next turns. None is empty. */
  const queues = new Map<string, Waiting[]>()

  /** In milliseconds, for the last in the queue: each of the `places` becomes free after an average turn. */
  const expectedWait = () => (running < places ? 0 : ((waiting + 1) * Math.max(average, SHORTEST)) / places)

  function enter(source: string): Promise<void> | undefined {
    const wait = expectedWait()
    if (wait > LONGEST_WAIT && !makeRoomFor(source, Math.ceil(wait / 1000))) throw full(Math.ceil(wait / 1000))
    if (running < places) {
      running++
      return
    }
    return new Promise((begin, reject) => {
      const one = { since: clock(), begin, turnAway: (seconds: number) => reject(full(seconds)) }
      const queue = queues.get(source)
      if (queue) queue.push(one)
      else queues.set(source, [one])
      waiting++
    })
  }

  /** Drops the last of the longest queue, if that is still longer than the newcomer's would become. */
  function makeRoomFor(source: string, seconds: number): boolean {
    const [longest, queue = []] = [...queues].sort(([, one], [, other]) => other.length - one.length)[0] ?? []
    if (longest === undefined || queue.length <= (queues.get(source)?.length ?? 0) + 1) return false
    queue.pop()?.turnAway(seconds)
    waiting--
    return true
  }

  /** Hands the place to the first of the source whose turn it is. */
  function leave() {
    for (const queue of queues.values())
      while (queue[0] && clock() - queue[0].since > GONE) {
        queue.shift()?.turnAway(Math.ceil(GONE / 1000))
        waiting--
      }
    for (const [source, queue] of queues) {
      queues.delete(source)
      const next = queue.shift()
      if (!next) continue
      if (queue.length > 0) queues.set(source, queue)
      waiting--
      return next.begin()
    }
    running--
  }

  return {
    /** Does the work when it's the address's turn, or throws what `full` makes. */
    async inTurn<Result>(address: string, work: () => Promise<Result>): Promise<Result> {
      await enter(network(address))
      const started = clock()
      try {
        const result = await work()
        const took = clock() - started
        average += (took - average) * WEIGHT
        timed(took / 1000)
        return result
      } finally {
        leave()
      }
    },

    load: () => ({ running, waiting }),
  }
}
