import { availableParallelism } from 'node:os'
import { hash, verify } from '@node-rs/argon2'

// One pass more than the least that the OWASP Password Storage Cheat Sheet asks for at 19 MiB and one lane. Online guesses
// are stopped by the limits; this is for the day the database is stolen.
const SETTINGS = { memoryCost: 19_456, timeCost: 3, parallelism: 1 }
const WAITING_AT_MOST = 64 // per core; beyond it a person would wait for seconds, and is told so instead

/** Too many passwords are being checked at this moment. The answer is 503 with `Retry-After`. */
export class HashQueueFull extends Error {
  readonly retryAfterSeconds = 2
}

/** Told of the seconds that each hash took once its turn had come, and of each that found the queue full. */
export type HashWatch = { hashed(seconds: number): void; refused(): void }

export type Passwords = ReturnType<typeof createPasswords>

/** argon2id (RFC 9106), at most one hash per core at a time, with a bounded queue behind it. */
export function createPasswords({
  cores = availableParallelism(),
  watch,
}: {
  cores?: number
  watch?: HashWatch | undefined
} = {}) {
  let running = 0
  const waiting: (() => void)[] = []

  async function inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    if (running < cores) running++
    else {
      if (waiting.length >= cores * WAITING_AT_MOST) {
        watch?.refused()
        throw new HashQueueFull()
      }
      await new Promise<void>((resolve) => waiting.push(resolve)) // the one who leaves hands its place over
    }
    const started = watch && performance.now()
    try {
      return await work()
    } finally {
      if (started !== undefined) watch?.hashed((performance.now() - started) / 1000)
      const next = waiting.shift()
      if (next) next()
      else running--
    }
  }

  // Checked against when there is no such account, so that the answer takes as long as for one that exists.
  const nobodys = hash('nobody has this password', SETTINGS)

  return {
    /** A PHC string. The password is normalised (NFC), so that the same keys on another keyboard give the same bytes. */
    hash: (password: string): Promise<string> => inTurn(() => hash(password.normalize('NFC'), SETTINGS)),

    /** True when the password is right. Without a stored hash it does the same work and is false. */
    verify: async (stored: string | undefined, password: string): Promise<boolean> => {
      const against = stored ?? (await nobodys)
      return (await inTurn(() => verify(against, password.normalize('NFC')))) && stored !== undefined
    },

    load: () => ({ running, waiting: waiting.length }),

    /** True when the stored hash was made with weaker settings than today's. */
    needsRehash: (stored: string): boolean => {
      const [, memory = 0, time = 0] = (/^\$argon2id\$v=19\$m=(\d+),t=(\d+),/.exec(stored) ?? []).map(Number)
      return memory < SETTINGS.memoryCost || time < SETTINGS.timeCost
    },
  }
}
