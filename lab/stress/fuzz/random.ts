export type Random = ReturnType<typeof randomFrom>

/** The same choices for the same seed (mulberry32). Only for tests: a few of them give away the next. */
export function randomFrom(seed: number) {
  let state = seed >>> 0
  function number() {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (most: number) => Math.floor(number() * most)
  function pick<Item>(items: readonly Item[]): Item {
    if (items.length === 0) throw new Error('There is nothing to pick from.')
    return items[below(items.length)] as Item
  }
  return {
    /** From 0 to below 1. */
    number,
    /** A whole number from 0 to below `most`. */
    below,
    chance: (of: number) => number() < of,
    pick,
    hex: (digits: number) => Array.from({ length: digits }, () => below(16).toString(16)).join(''),
    bytes: (many: number) => Buffer.from(Array.from({ length: many }, () => below(256))),
  }
}

/** A seed for the request with that number, so no other request influences it. */
export const seedOf = (seed: number, number: number): number =>
  (Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(number + 1, 0xc2b2ae35)) >>> 0
