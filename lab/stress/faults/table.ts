import { dialect } from '../../../db/columns.ts'
import { CLOCK } from './clock.ts'
import type { CommandFlow } from './command-flow.ts'
import { COMMANDS, killedEverywhere } from './commands.ts'
import { CUTS } from './cut.ts'
import { DISK } from './disk.ts'
import type { Bed, Fault } from './fault.ts'
import { FLOWS } from './flows.ts'
import { KEYS } from './keys.ts'
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
} from './kills.ts'
import { LOCK } from './lock.ts'
import { OPENID_FLOWS } from './openid-flows.ts'
import { makeWorld, type World } from './world.ts'

export type Row = { fault: string; expected: string; seen: string; ok: boolean }
type Said = (row: Row) => void

export const FAULTS: Fault[] = [...DISK, ...LOCK, ...CUTS, ...CLOCK, ...KEYS].filter(({ on }) => on.includes(dialect))

const AT_ONCE = 3 // people in work when the process is killed from outside
const LEAST_AT_RANDOM = 40 // kills
const WHOLLY = 'done or not done, and wholly so; what was answered is there; used codes stay used; invariants hold'

const COMMAND_WHOLLY = 'nothing is half done or lost, and the same command finishes it'

/** Every named point of every flow once, then kills at random moments until there were `least` in all. */
export async function killTable(least: number, seed: number, said: Said): Promise<void> {
  const world = await makeWorld()
  try {
    await world.start()
    let kills = 0
    for (const flow of FLOWS) {
      const points = await pointsOf(world, flow)
      kills += points.length
      said(await killRow(world, flow.name, points))
      if (OPENID_FLOWS.includes(flow)) said(await failRow(world, flow.name, points.filter(isOfTransaction)))
    }
    for (const flow of COMMANDS) said(await commandRow(flow))
    said(await randomRow(world, Math.max(least - kills, LEAST_AT_RANDOM), seed))
  } finally {
    await world.end()
  }
}

async function killRow(world: World, name: string, points: Kill[]): Promise<Row> {
  const outcomes: Outcome[] = []
  for (const kill of points) outcomes.push(labelled(kill.point, await killedAt(world, kill)))
  return row(`SIGKILL at each of the ${points.length} points of: ${name}`, points.length, outcomes)
}

async function failRow(world: World, name: string, points: Kill[]): Promise<Row> {
  const wrong: string[] = []
  for (const kill of points) {
    const outcome = labelled(kill.point, await failedAt(world, kill))
    if (outcome.wrong !== undefined) wrong.push(outcome.wrong)
  }
  const seen = `${points.length} times 503, ${wrong.length} wrong`
  const fault = `the database fails at each of the ${points.length} points of: ${name}`
  return { fault, expected: WHOLLY, seen: [seen, ...wrong].join('; '), ok: wrong.length === 0 }
}

async function commandRow(flow: CommandFlow): Promise<Row> {
  const [seen, ok] = await killedEverywhere(flow).then(
    (points): [string, boolean] => [`${points} kills, and nothing wrong after any of them`, true],
    (error): [string, boolean] => [String(error?.message ?? error), false],
  )
  return { fault: `SIGKILL at each point of the command: ${flow.name}`, expected: COMMAND_WHOLLY, seen, ok }
}

async function randomRow(world: World, kills: number, seed: number): Promise<Row> {
  const random = randomFrom(seed)
  const outcomes: Outcome[] = []
  for (let kill = 1; kill <= kills; kill++) {
    const flows = someOf(random, AT_ONCE)
    const seen = await killedAtRandom(world, flows, random)
    outcomes.push(...seen.map((outcome, index) => labelled(`kill ${kill}, ${flows[index]?.name}`, outcome)))
  }
  return row(`SIGKILL from outside at random (seed ${seed}), ${AT_ONCE} people in work`, kills, outcomes)
}

const labelled = (where: string, outcome: Outcome): Outcome =>
  outcome.wrong === undefined ? outcome : { ...outcome, wrong: `${where}: ${outcome.wrong}` }

function row(fault: string, kills: number, outcomes: Outcome[]): Row {
  const wrong = outcomes.flatMap((outcome) => outcome.wrong ?? [])
  const done = outcomes.filter(({ happened }) => happened).length
  const answered = outcomes.filter((outcome) => outcome.answered).length
  const seen = `${kills} kills: ${done} done (${answered} answered), ${outcomes.length - done} not done, ${wrong.length} wrong`
  return { fault, expected: WHOLLY, seen: [seen, ...wrong].join('; '), ok: wrong.length === 0 }
}

export async function faultTable(bed: Bed, said: Said): Promise<void> {
  for (const { name, attack, expected, run } of FAULTS) {
    const [seen, ok] = await run(bed).then(
      (seen): [string, boolean] => [seen, true],
      (error): [string, boolean] => [String(error?.message ?? error), false],
    )
    said({ fault: `${name} (${attack})`, expected, seen, ok })
  }
}
