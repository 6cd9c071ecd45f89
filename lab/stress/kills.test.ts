import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { FLOWS } from './faults/flows.ts'
import { type Kill, killedAt, killedAtRandom, type Outcome, pointsOf, randomFrom, someOf } from './faults/kills.ts'
import { makeWorld, type World } from './faults/world.ts'

const SEED = 1
const KILLS_AT_RANDOM = 3

const right = ({ wrong }: Outcome) => assert.equal(wrong, undefined)

/** The points on both sides of the commit that counts, where most can be lost. `npm run faults` covers the others. */
function aroundTheCommit(points: Kill[]): Kill[] {
  const last = points.findLastIndex(({ point }) => point.startsWith('before the commit'))
  return points.slice(last, last + 2)
}

describe('a server that is killed', () => {
  let world: World
  before(async () => {
    world = await makeWorld()
    await world.start()
  })
  after(() => world.end())

  for (const flow of FLOWS)
    test(`just before and just after the commit of "${flow.name}" has done it wholly or not at all (A67)`, async () => {
      const [before, after] = aroundTheCommit(await pointsOf(world, flow))
      assert.ok(before && after)
      const undone = await killedAt(world, before)
      right(undone)
      assert.equal(undone.happened, false)
      const done = await killedAt(world, after)
      right(done)
      assert.equal(done.happened, true)
    })

  test('at any moment, three people in work, loses nothing that was answered (A67)', async () => {
    const random = randomFrom(SEED)
    for (let kill = 0; kill < KILLS_AT_RANDOM; kill++)
      for (const outcome of await killedAtRandom(world, someOf(random, 3), random)) right(outcome)
  })
})
