import assert from 'node:assert/strict'
import { setTimeout as pause } from 'node:timers/promises'
import { stateOf } from '../../../testing/invariants.ts'
import { PASSWORD } from '../../../testing/names.ts'
import type { Answer, Begun, Flow, Rows } from './flow.ts'
import { FLOWS } from './flows.ts'
import { tokensOf } from './tries.ts'
import type { World } from './world.ts'

/** Where in the request of a flow the process dies. */
export type Kill = { flow: Flow; at: number; point: string }
/** `wrong` says what didn't hold. */
export type Outcome = { happened: boolean; answered: boolean; wrong?: string }

const MOMENTS = 250 // ms: about as long as the slowest of the requests takes

/** What a person has, as rows, to check that nothing changed. */
async function rowsOf(world: World, { person, rows }: Pick<Begun, 'person' | 'rows'>): Promise<Rows> {
  if (rows) return rows()
  const state = await stateOf(world, person.email)
  const { account, sessions, factors, recoveryCodes, recoveries, rescues, trustedBrowsers, mailLinks, count } = state
  const tokens = await tokensOf(world, person)
  return {
    count,
    kept: { account, sessions, factors, recoveryCodes, recoveries, rescues, trustedBrowsers, mailLinks, tokens },
  }
}

export type Watched = { flow: Flow; begun: Begun; rows: Rows }

export async function beginning(world: World, flow: Flow): Promise<Watched> {
  const begun = await flow.begin(world)
  return { flow, begun, rows: await rowsOf(world, begun) }
}

/** The points of every flow's request, in order. Runs each once, without a kill. */
export async function pointsOf(world: World, flow: Flow): Promise<Kill[]> {
  const { begun } = await beginning(world, flow)
  const answer = await begun.send({ 'fault-at': '0' })
  assert.equal(answer.location, begun.leadsTo, `${flow.name}: answered ${answer.status}`)
  const points = (answer.headers.get('fault-points') ?? '').split(', ')
  return points.map((point, index) => ({ flow, point, at: index + 1 }))
}

/** Kills at a named point, restarts, and asks the person and the database. */
export async function killedAt(world: World, { flow, at, point }: Kill): Promise<Outcome> {
  const watched = await beginning(world, flow)
  await world.disconnect()
  const answer = await watched.begun.send({ 'fault-at': String(at) }).catch(() => undefined)
  const [, signal] = await world.server.ended
  await world.restart()
  const outcome = await judged(world, watched, answer)
  if (signal !== 'SIGKILL') return { ...outcome, wrong: `the process ended by ${signal}` }
  const isAnswered = point === 'after the answer'
  return outcome.answered === isAnswered
    ? outcome
    : { ...outcome, wrong: `answered: ${outcome.answered} ${outcome.wrong}` }
}

/** Lets the database fail at a point of a transaction, as on a full disk, and asks the same. The process goes on. */
export async function failedAt(world: World, { flow, at }: Kill): Promise<Outcome> {
  const watched = await beginning(world, flow)
  const { status, headers } = await watched.begun.send({ 'fails-at': String(at) })
  const outcome = await judged(world, watched, undefined)
  const isSaid = status === 503 && /^\d+$/.test(headers.get('retry-after') ?? '')
  return isSaid ? outcome : { ...outcome, wrong: `it answered ${status} ${outcome.wrong ?? ''}` }
}

export const isOfTransaction = ({ point }: Kill): boolean => !point.endsWith('the answer')

/** Several people at once, and a kill from outside at some moment. */
export async function killedAtRandom(world: World, flows: Flow[], random: () => number): Promise<Outcome[]> {
  const all = []
  for (const flow of flows) all.push(await beginning(world, flow))
  await world.disconnect()
  const answers = all.map(({ begun }) => begun.send().catch(() => undefined))
  await pause(random() * MOMENTS)
  await world.server.kill()
  const answered = await Promise.all(answers)
  await world.restart()
  const outcomes = []
  for (const [index, watched] of all.entries()) outcomes.push(await judged(world, watched, answered[index]))
  return outcomes
}

/** Whole or not at all, and whole if it was answered. */
export async function judged(
  world: World,
  { flow, begun, rows }: Watched,
  answer: Answer | undefined,
): Promise<Outcome> {
  const answered = answer !== undefined
  const { count, kept } = await rowsOf(world, begun)
  const happened = count(flow.event) > rows.count(flow.event)
  try {
    if (answered) assert.equal(answer.location, begun.leadsTo, `answered ${answer.status}`)
    if (answered) assert.ok(answer.status < 400, `answered ${answer.status}`)
    if (answered) assert.ok(happened, 'what was answered is done')
    await world.assertInvariants()
    if (happened) {
      assert.equal(count(flow.event), rows.count(flow.event) + 1, 'done once')
      await begun.after(answered)
    } else {
      assert.deepEqual(kept, rows.kept, 'not done: nothing is changed')
      await begun.before()
    }
    const { codes, authenticators } = begun.person
    await world.assertInvariants([PASSWORD, ...codes.slice(0, 1), ...authenticators.map(({ key }) => key)])
    return { happened, answered }
  } catch (error) {
    return { happened, answered, wrong: (error as Error).message }
  }
}

/** Numbers from 0 to 1, the same for the same seed (mulberry32), so a run can be repeated. */
export function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

export const someOf = (random: () => number, amount: number): Flow[] =>
  Array.from({ length: amount }, () => FLOWS[Math.floor(random() * FLOWS.length)]).filter((flow) => flow !== undefined)
