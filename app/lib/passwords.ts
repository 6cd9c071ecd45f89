import { availableParallelism } from 'node:os'
import { hash, verify } from '@node-rs/argon2'

// One pass more than the least that the OWASP Password Storage Cheat Sheet asks for at 19 MiB and one lane. Online guesses
// are stopped by the limits; this is for the day the database is stolen.
const SETTINGS = { memoryCost: 19_456, timeCost: 3, parallelism: 1 }
const LONGEST_WAIT = 5_000 // ms; whoever would wait for longer is told so at once
const FIRST_GUESS = 50 // ms for a hash, until some have been timed
const SHORTEST = 1 // ms; bounds the queue however little a hash seems to take
const WEIGHT = 0.1 // of the newest hash in the moving average: the last ten or twenty count

/** In the place of a hash: no password is right, until its owner sets one by a link that was mailed. */
export const NO_PASSWORD = '!'

/** Too many passwords are being checked at this moment. The answer is 503 with `Retry-After`. */
export class HashQueueFull extends Error {
  /** How long the wait would have been, in whole seconds. */
  constructor(readonly retryAfterSeconds = 2) {
    super('Too many passwords are being checked.')
  }
}

/** Told of the seconds that each hash took once its turn had come, and of each that found the queue full. */
export type HashWatch = { hashed(seconds: number): void; refused(): void }

export type Passwords = ReturnType<typeof createPasswords>

/**
 * argon2id (RFC 9106), at most one hash per core at a time. Behind it a queue in which nobody waits for more than five
 * seconds, as far as the last hashes tell. `clock` is in milliseconds.
 */
export function createPasswords({
  cores = availableParallelism(),
  watch,
  argon2 = { hash, verify },
  clock = () => performance.now(),
}: {
  cores?: number
  watch?: HashWatch | undefined
  argon2?: { hash: typeof hash; verify: typeof verify }
  clock?: () => number
} = {}) {
  let running = 0
  let average = FIRST_GUESS
  const waiting: (() => void)[] = []

  /** In milliseconds, for whoever comes now: one place is left by each core after each average hash. */
  const expectedWait = () => (running < cores ? 0 : ((waiting.length + 1) * Math.max(average, SHORTEST)) / cores)

  async function inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const wait = expectedWait()
    if (wait > LONGEST_WAIT) {
      watch?.refused()
      throw new HashQueueFull(Math.ceil(wait / 1000))
    }
    if (running < cores) running++
    else await new Promise<void>((resolve) => waiting.push(resolve)) // the one who leaves hands its place over
    const started = clock()
    try {
      const result = await work()
      const took = clock() - started
      average += (took - average) * WEIGHT
      watch?.hashed(took / 1000)
      return result
    } finally {
      const next = waiting.shift()
      if (next) next()
      else running--
    }
  }

  // Checked against when there is no such account, so that the answer takes as long as for one that exists.
  const nobodys = argon2.hash('nobody has this password', SETTINGS)

  return {
    /** A PHC string. The password is normalised (NFC), so that the same keys on another keyboard give the same bytes. */
    hash: (password: string): Promise<string> => inTurn(() => argon2.hash(password.normalize('NFC'), SETTINGS)),

    /** True when the password is right. Without a stored hash, or where none is right, it does the same work and is false. */
    verify: async (stored: string | undefined, password: string): Promise<boolean> => {
      const isOpen = stored !== undefined && stored !== NO_PASSWORD
      const against = isOpen ? stored : await nobodys
      return (await inTurn(() => argon2.verify(against, password.normalize('NFC')))) && isOpen
    },

    load: () => ({ running, waiting: waiting.length }),

    /** True when the stored hash was made with weaker settings than today's. */
    needsRehash: (stored: string): boolean => {
      const [, memory = 0, time = 0] = (/^\$argon2id\$v=19\$m=(\d+),t=(\d+),/.exec(stored) ?? []).map(Number)
      return memory < SETTINGS.memoryCost || time < SETTINGS.timeCost
    },
  }
}
