import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import fc from 'fast-check'
import { latchkey } from '#testing/index.ts'
import { type BudgetRule, DELAY, type DelayRule } from './limits.ts'

const product = await latchkey()
after(() => product.close())
const { limits } = product.deps

const START = Date.UTC(2026, 2, 1)
const HOUR = 60 * 60_000
const DAY = 24 * HOUR

/** The promised delay, written independently: attempts, the moment until which all wait, and the moment when all is forgotten. */
function delayModel({ from, most = Number.POSITIVE_INFINITY, forgottenAfterMs }: DelayRule & { most?: number }) {
  let counted = 0
  let waitsUntil = 0
  let forgottenAt = 0
  return (now: number): number => {
    if (now >= forgottenAt) counted = waitsUntil = 0
    if (counted >= most) return Number.POSITIVE_INFINITY
    if (now < waitsUntil) return waitsUntil - now
    counted++
    if (counted >= from) waitsUntil = now + Math.min(DELAY.first * 2 ** (counted - from), DELAY.most)
    forgottenAt = now + forgottenAfterMs
    return 0
  }
}

function budgetModel({ most, windowMs }: BudgetRule) {
  let counted = 0
  let endsAt = 0
  return (now: number): number => {
    if (now >= endsAt) {
      counted = 0
      endsAt = now + windowMs
    }
    if (counted >= most) return endsAt - now
    counted++
    return 0
  }
}

type Pause = 'to the moment' | 'a millisecond early' | 'a millisecond late' | number

/** How long somebody waits before the next attempt: a while, or until just before, at or after the moment they were told. */
const pause: fc.Arbitrary<Pause> = fc.oneof(
  fc.constantFrom<Pause>('to the moment', 'a millisecond early', 'a millisecond late'),
  fc.constantFrom(0, 1, 1_000, 30_000, HOUR, DAY),
  fc.nat(2 * HOUR),
)
const pauses = fc.array(pause, { minLength: 1, maxLength: 30 })

let run = 0 // each has its own key

/** Plays the attempts on the store and on the model, which must answer the same. */
async function play(waits: Pause[], onStore: (now: number) => Promise<number>, onModel: (now: number) => number) {
  let now = START
  let told = 0
  for (const wait of waits) {
    const finite = Number.isFinite(told) ? told : 0
    if (typeof wait === 'number') now += wait
    else now += Math.max(0, finite + { 'to the moment': 0, 'a millisecond early': -1, 'a millisecond late': 1 }[wait])
    told = await onStore(now)
    assert.equal(told, onModel(now), `at ${new Date(now).toISOString()}`)
  }
}

describe('limits, over any attempts at any times', () => {
  test('the growing delay is what is promised', async () => {
    const rules = fc.record({
      from: fc.integer({ min: 2, max: 12 }),
      most: fc.option(fc.integer({ min: 2, max: 20 }), { nil: undefined }),
      forgottenAfterMs: fc.constantFrom(DAY, HOUR, Number.MAX_SAFE_INTEGER),
    })
    await fc.assert(
      fc.asyncProperty(rules, pauses, async ({ most, ...rest }, waits) => {
        const delay = { key: `model:${run++}`, ...rest, ...(most !== undefined && { most }) }
        await play(waits, (now) => limits.charge({ delay }, now), delayModel(delay))
      }),
      { numRuns: 60 },
    )
  })

  test('a budget is what is promised', async () => {
    const rules = fc.record({ most: fc.integer({ min: 1, max: 10 }), windowMs: fc.constantFrom(1_000, HOUR, DAY) })
    await fc.assert(
      fc.asyncProperty(rules, pauses, async (rule, waits) => {
        const budget = { key: `model:${run++}`, ...rule }
        await play(waits, (now) => limits.charge({ budget }, now), budgetModel(budget))
      }),
      { numRuns: 60 },
    )
  })

  test('both together count an attempt for both, or for neither', async () => {
    await fc.assert(
      fc.asyncProperty(pauses, fc.integer({ min: 1, max: 8 }), async (waits, most) => {
        const delay = { key: `model:${run++}`, from: 3, forgottenAfterMs: DAY }
        const budget = { key: `model:${run++}`, most, windowMs: HOUR }
        let counted = 0
        let now = START
        for (const wait of waits) {
          now += typeof wait === 'number' ? Math.min(wait, 60_000) : 10_000
          if (now >= START + HOUR) break
          if ((await limits.charge({ budget, delay }, now)) === 0) counted++
          assert.deepEqual([await limits.count(budget.key), await limits.count(delay.key)], [counted, counted])
        }
      }),
      { numRuns: 25 },
    )
  })
})
