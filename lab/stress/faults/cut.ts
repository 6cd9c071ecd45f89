import assert from 'node:assert/strict'
import { setTimeout as pause } from 'node:timers/promises'
import { asked } from '../../../testing/databases.ts'
import { assertTryLater } from './disk.ts'
import type { Fault } from './fault.ts'
import { isDone } from './flow.ts'
import { beginning, judged, randomFrom, someOf, type Watched } from './kills.ts'
import { makeWorld, type World } from './world.ts'

const AT_ONCE = 4 // requests of different people
const ROUNDS = 6
const SEED = 5

const CUT = `select pg_terminate_backend(pid) from pg_stat_activity
  where datname = current_database() and pid <> pg_backend_pid() and application_name = 'latchkey'`

export const CUTS: Fault[] = [
  {
    name: 'PostgreSQL ends every connection, again and again, while requests are in work',
    attack: 'A70',
    expected: 'answered or 503, either done or not and wholly so; goes on without a restart',
    on: ['postgres'],
    run: () =>
      within(async (world) => {
        const random = randomFrom(SEED)
        const seen = { answered: 0, refused: 0 }
        for (let round = 0; round < ROUNDS; round++) {
          const traffic = await inWork(world, random)
          for (let cut = 0; cut < 10; cut++) {
            await asked(world.url, CUT)
            await pause(random() * 40)
          }
          const { answered, refused } = await traffic.judged()
          seen.answered += answered
          seen.refused += refused
        }
        return `${ROUNDS * 10} cuts: ${seen.answered} requests answered, ${seen.refused} told 503; none half done`
      }),
  },
  {
    name: 'PostgreSQL is stopped and started again while requests are in work',
    attack: 'A70',
    expected: '503 while it is down; goes on by itself when it is back; nothing half done',
    on: ['postgres'],
    long: true,
    run: ({ postgres }) =>
      within(async (world) => {
        assert.ok(postgres, 'a server that may be stopped')
        const random = randomFrom(SEED)
        const before = await inWork(world, random)
        const during: number[] = []
        await world.disconnect()
        await postgres.restart(async () => {
          for (let request = 0; request < 5; request++) {
            const answer = await world
              .browser()
              .post('/sign-in', { email: 'ada@example.com', password: 'x'.repeat(20) })
            assertTryLater(answer)
            during.push(answer.status)
          }
        })
        world.connect()
        const { answered, refused } = await before.judged()
        const after = await inWork(world, random)
        const later = await after.judged()
        assert.equal(later.refused, 0, 'it goes on by itself')
        return `${during.length} told 503 while it was down; of those in work ${answered} answered, ${refused} told 503; ${later.answered} of ${AT_ONCE} done afterwards`
      }),
  },
]

async function within(run: (world: World) => Promise<string>) {
  const world = await makeWorld({ settings: { DATABASE_TIMEOUT_SECONDS: '2' } })
  try {
    await world.start()
    return await run(world)
  } catch (error) {
    throw new Error(`${(error as Error).message} ${diedOf(world)}`, { cause: error })
  } finally {
    await world.end()
  }
}

/** Requests on their way. `judged` waits for every answer and looks at it; a connection must never just end. */
async function inWork(world: World, random: () => number) {
  const all: Watched[] = []
  for (const flow of someOf(random, AT_ONCE)) all.push(await beginning(world, flow))
  const answers = all.map(({ begun }) => begun.send().catch((error: Error) => error))
  return {
    async judged() {
      const seen = { answered: 0, refused: 0 }
      for (const [index, watched] of all.entries()) {
        const answer = await answers[index]
        if (!answer || answer instanceof Error) throw new Error(`${watched.flow.name}: ${answer} ${world.server.err()}`)
        const done = isDone(answer, watched.begun)
        if (!done) assertTryLater(answer)
        const { wrong } = await judged(world, watched, done ? answer : undefined)
        assert.equal(wrong, undefined, watched.flow.name)
        seen[done ? 'answered' : 'refused']++
      }
      return seen
    },
  }
}

/** What the server said last, if it has ended. */
const diedOf = ({ server }: World) =>
  server.child.exitCode === null && server.child.signalCode === null
    ? ''
    : `The server ended: ${server.err().slice(-2000)}`
