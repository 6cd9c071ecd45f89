import { network } from './network.ts'

const LONGEST_WAIT = 5_000 // ms; a newcomer who would wait for longer is told so at once
const GONE = 10_000 // ms; after so long in the queue a person has given up
const FIRST_GUESS = 50 // ms for a turn, until some have been timed
const SHORTEST = 1 // ms; bounds the queue however little a turn seems to take
const WEIGHT = 0.1 // of the newest turn in the moving average: the last ten or twenty count

type Waiting = { since: number; begin(): void; turnAway(seconds: number): void }

export type Turns = ReturnType<typeof createTurns>

/**
 * At most `places` pieces of work at a time. Behind them a queue for each source (an address, an IPv6 /64), and these queues take
 * turns: who sends a hundred waits for their own. `full` is what is thrown at those who are turned away. `clock` is in milliseconds.
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
  /** Told of the seconds that each piece of work took once its turn had come. */
  timed?: (seconds: number) => void
}) {
  let running = 0
  let average = FIRST_GUESS
  let waiting = 0
  /** In the order in which the sources have their next turn; none of them is empty. */
  const queues = new Map<string, Waiting[]>()

  /** In milliseconds, for the last in the queue: one place is left at each of `places` after each average turn. */
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

  /** The last of the longest queue goes, if that is still longer than the newcomer's would become. */
  function makeRoomFor(source: string, seconds: number): boolean {
    const [longest, queue = []] = [...queues].sort(([, one], [, other]) => other.length - one.length)[0] ?? []
    if (longest === undefined || queue.length <= (queues.get(source)?.length ?? 0) + 1) return false
    queue.pop()?.turnAway(seconds)
    waiting--
    return true
  }

  /** Hands the place over to the first of the source whose turn it is. */
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
    /** Does the work when it is the turn of the address, or throws what `full` makes. */
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
