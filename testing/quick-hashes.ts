import type { HashCost } from '#app/lib/hash-threads.ts'

/** The least that argon2id takes: microseconds, where the real cost is a twentieth of a second. */
export const QUICK: HashCost = { memoryCost: 8, timeCost: 1, parallelism: 1 }
