import { availableParallelism } from 'node:os'
import { hash, verify } from '@node-rs/argon2'
import { type HashCost, hashThreads } from './hash-threads.ts'
import { createTurns } from './turns.ts'

// One pass more than the OWASP Password Storage Cheat Sheet's minimum at 19 MiB and one lane. Limits stop online guesses;
// this is for the day somebody steals the database.
const COST: HashCost = { memoryCost: 19_456, timeCost: 3, parallelism: 1 }

/** In place of a hash: no password is right until its owner sets one with a mailed link. */
export const NO_PASSWORD = '!'

/** Too many passwords are waiting to be estimated or hashed. The answer is 503 with `Retry-After`. */
export class HashQueueFull extends Error {
  /** How long the wait would have been, in whole seconds. */
  constructor(readonly retryAfterSeconds = 2) {
    super('Too many passwords are being checked.')
  }
}

/** Hears how many seconds each hash took once its turn came, and about each that found the queue full. */
export type HashWatch = { hashed(seconds: number): void; refused(): void }

/** `hash` makes a PHC string. */
export type Argon2 = {
  hash(password: string, cost: HashCost): Promise<string>
  verify(stored: string, password: string): Promise<boolean>
}

export type Passwords = ReturnType<typeof createPasswords>

/**
 * argon2id (RFC 9106), at most one hash per core at a time. In the queue behind it, addresses take turns, and nobody waits
 * longer than five seconds as far as the last hashes tell. `clock` is in milliseconds. Only tests pass a `cost`.
 */
export function createPasswords({
  cores = availableParallelism(),
  watch,
  cost = COST,
  argon2 = cost === COST ? hashThreads(cores) : { hash, verify }, // a quick one isn't worth the way to another thread
  clock = () => performance.now(),
}: {
  cores?: number
  watch?: HashWatch | undefined
  cost?: HashCost | undefined
  argon2?: Argon2
  clock?: () => number
} = {}) {
  const turns = createTurns({
    places: cores,
    clock,
    timed: (seconds) => watch?.hashed(seconds),
    full(seconds) {
      watch?.refused()
      return new HashQueueFull(seconds)
    },
  })

  // Checked when there is no such account, so the answer takes as long as for one that exists. Made without a thread, which starts with
  // the first password that somebody types.
  const nobodys = hash('nobody has this password', cost)

  const today = `$argon2id$v=19$m=${cost.memoryCost},t=${cost.timeCost},p=${cost.parallelism}$`

  return {
    /** A PHC string. The password is normalised (NFC), so the same keys on another keyboard give the same bytes. */
    hash: (password: string, address: string): Promise<string> =>
      turns.inTurn(address, () => argon2.hash(password.normalize('NFC'), cost)),

    /** True if the password is right. Without a stored hash, or if no password is right, it does the same work and is false. */
    verify: async (stored: string | undefined, password: string, address: string): Promise<boolean> => {
      const isOpen = stored !== undefined && stored !== NO_PASSWORD
      const against = isOpen ? stored : await nobodys
      const right = await turns.inTurn(address, () => argon2.verify(against, password.normalize('NFC')))
      return right && isOpen
    },

    load: turns.load,

    /** True if the stored hash has other settings than today's: weaker ones, or those of the program that it came from. */
    needsRehash: (stored: string): boolean => !stored.startsWith(today),
  }
}
