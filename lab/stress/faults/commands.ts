import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { builtProgram } from '../../../testing/programs.ts'
import { readingOf } from '../../../testing/server-process.ts'
import { applying } from './applying.ts'
import type { Done, Told } from './command.ts'
import type { CommandFlow, Round } from './command-flow.ts'
import { DELETIONS } from './deletions.ts'
import { importing } from './importing.ts'
import { OPERATORS } from './operators.ts'
import { resealing } from './resealing.ts'
import { telling } from './telling.ts'
import { makeWorld, type World } from './world.ts'

export const COMMANDS: CommandFlow[] = [
  { name: 'reseal', begin: resealing },
  { name: 'import', begin: importing },
  ...OPERATORS,
  ...DELETIONS,
  { name: 'apply a file of apps', begin: applying },
  { name: 'tell apps of sign-outs', begin: telling },
]

const OF_OLD_NODE = /^oidc-provider WARNING: Unsupported runtime.*\n/gm // what the OpenID provider says below Node 22

/** Kills the command at each of its points, or at each `step`th. Returns how many it has. */
export async function killedEverywhere(flow: CommandFlow, step = 1): Promise<number> {
  const world = await makeWorld()
  let running = await startCommands(world)
  try {
    const next = await flow.begin(world)
    for (let at = 1; ; at += step) {
      const round = await next()
      const done = await running.run(flow, round, at)
      if (done) {
        await running.end()
        const { points, answered } = done
        assert.ok(points.length > 0 && points.length < at, `it dies at its points: ${points}`)
        await round.atTheEnd(answered)
        return points.length
      }
      await round.afterKill()
      running = await startCommands(world)
      const again = await running.run(flow, round, 0)
      assert.ok(again, 'the next one runs to its end')
      await round.atTheEnd(again.answered)
    }
  } finally {
    running.kill()
    await world.end()
  }
}

/** A process that runs commands one after the other: it finishes what the one before it left, and dies in the next. */
async function startCommands(world: World) {
  const program = await builtProgram('lab/stress/faults/command.ts', { whole: true })
  const child = spawn(process.execPath, [program], {
    env: { PATH: process.env.PATH ?? '', DATABASE_URL: world.url, LATCHKEY_KEYS: world.keys },
  })
  child.stdin.on('error', () => {}) // how it ended says why
  const answers = createInterface(child.stdout)[Symbol.asyncIterator]()
  const err = readingOf(child.stderr)
  const closed = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>
  async function assertEnded(wanted: NodeJS.Signals | null) {
    const [, signal] = await closed
    const said = err().replace(OF_OLD_NODE, '')
    assert.deepEqual([signal, said], [wanted, ''])
  }
  return {
    /** What it answered; undefined if it was killed. */
    async run({ name }: CommandFlow, { given = [], settings }: Round, dieAt: number): Promise<Done | undefined> {
      child.stdin.write(`${JSON.stringify({ name, dieAt, given, settings } satisfies Told)}\n`)
      const answer = await answers.next()
      if (!answer.done) return JSON.parse(answer.value)
      await assertEnded('SIGKILL')
      return undefined
    },
    async end() {
      child.stdin.end()
      await assertEnded(null)
    },
    kill: () => child.kill('SIGKILL'),
  }
}
