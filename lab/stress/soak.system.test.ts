import assert from 'node:assert/strict'
import { test } from 'node:test'
import { soak } from './soak/run.ts'
import { growthOf } from './soak/verdict.ts'

test('mixed traffic over two processes: no fault, no wrong answer, and nothing that has ended is left', async () => {
  const { samples, done, otherwise, problems } = await soak({
    minutes: 0.07,
    speed: 6,
    processes: 2,
    people: 3,
    every: 2_000,
    look: 400,
  })
  assert.deepEqual(problems, [])
  assert.ok(done > 0 && otherwise.length <= done / 4, otherwise.join('\n')) // a busy machine now and then misses a code's step
  const rounds = samples.at(-1)?.processes.map((each) => each.rounds) ?? []
  assert.ok(rounds.length === 2 && rounds.some((many) => many > 0), 'the job has run')
  assert.ok((samples.at(-1)?.rows.sessions ?? 0) > 0)
})

test('what leaks is seen, and what goes up and down is not', () => {
  const upAndDown = Array.from({ length: 40 }, (_, at) => 100 + 30 * (at % 2))
  assert.ok(Math.abs(growthOf(upAndDown)) <= 30)
  assert.equal(growthOf(Array(40).fill(7)), 0)
  assert.equal(growthOf(Array.from({ length: 40 }, (_, at) => at)), 20)
  assert.equal(growthOf([]), 0)
})
