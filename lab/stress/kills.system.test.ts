import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { FLOWS } from './faults/flows.ts'
import { GATE_FLOWS } from './faults/gate-flows.ts'
import {
  failedAt,
  isOfTransaction,
  type Kill,
  killedAt,
  killedAtRandom,
  type Outcome,
  pointsOf,
  randomFrom,
  someOf,
} from './faults/kills.ts'
import { OPENID_FLOWS } from './faults/openid-flows.ts'
import { makeWorld, type World } from './faults/world.ts'

const SEED = 1
const KILLS_AT_RANDOM = 3
const AT_ONCE = 2 // servers: while one of them starts, the other is killed

const right = ({ wrong }: Outcome, point?: string) => assert.equal(wrong, undefined, point && `${point}: ${wrong}`)

/** The points on both sides of the commit that counts, where most can be lost. `npm run faults` covers the others. */
function aroundTheCommit(points: Kill[]): Kill[] {
  const last = points.findLastIndex(({ point }) => point.startsWith('before the commit'))
  return points.slice(last, last + 2)
}

describe('a server that is killed', { concurrency: AT_ONCE }, () => {
  const free: World[] = []
  before(async () => {
    for (let world = 0; world < AT_ONCE; world++) free.push(await makeWorld())
    for (const world of free) await world.start()
  })
  after(() => Promise.all(free.map((world) => world.end())))

  async function inOne(work: (world: World) => Promise<void>) {
    const world = free.pop()
    assert.ok(world, 'there is one for each test at a time')
    await work(world).finally(() => free.push(world))
  }

  for (const flow of FLOWS.filter((flow) => ![...GATE_FLOWS, ...OPENID_FLOWS].includes(flow)))
    test(`just before and just after the commit of "${flow.name}" has done it wholly or not at all (A67)`, () =>
      inOne(async (world) => {
        const [before, after] = aroundTheCommit(await pointsOf(world, flow))
        assert.ok(before && after, 'the request has both points')
        const undone = await killedAt(world, before)
        right(undone)
        assert.equal(undone.happened, false)
        const done = await killedAt(world, after)
        right(done)
        assert.equal(done.happened, true)
      }))

  for (const flow of GATE_FLOWS)
    test(`at each point of "${flow.name}" leaves no half session: whole from the commit on, and nothing before it (G17)`, () =>
      inOne(async (world) => {
        const points = await pointsOf(world, flow)
        const commit = points.findIndex(({ point }) => point.startsWith('after transaction'))
        assert.equal(points.length, 7, points.map(({ point }) => point).join(', '))
        for (const [index, kill] of points.entries()) {
          const outcome = await killedAt(world, kill)
          right(outcome)
          assert.equal(outcome.happened, index >= commit, kill.point)
        }
      }))

  for (const flow of OPENID_FLOWS)
    test(`at each point of "${flow.name}", or whose database fails there, leaves nothing that works and should not, and nobody who can't go on (O03)`, () =>
      inOne(async (world) => {
        const points = await pointsOf(world, flow)
        const place = (name: string) => points.findIndex(({ point }) => point.startsWith(name))
        const { transaction = 1 } = flow
        const [first, commit] = [
          place(`before the commit of transaction ${transaction}`),
          place(`after transaction ${transaction}`),
        ]
        assert.ok(first > 0 && commit > first, points.map(({ point }) => point).join(', '))
        for (const [index, kill] of points.entries()) {
          const outcome = await killedAt(world, kill)
          right(outcome, kill.point)
          if (index < first || index >= commit) assert.equal(outcome.happened, index >= commit, kill.point)
        }
        for (const kill of points.filter(isOfTransaction)) right(await failedAt(world, kill), `failing ${kill.point}`)
      }))

  test('at any moment, three people in work, loses nothing that was answered (A67)', () =>
    inOne(async (world) => {
      const random = randomFrom(SEED)
      for (let kill = 0; kill < KILLS_AT_RANDOM; kill++)
        for (const outcome of await killedAtRandom(world, someOf(random, 3), random)) right(outcome)
    }))
})
