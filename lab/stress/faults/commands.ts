import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { readingOf } from '../../../testing/server-process.ts'
import { bundle } from '../../../tools/build.ts'
import { applying } from './applying.ts'
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

const PROGRAM = `dist/faults-command-${process.pid}.js`

let bundling: Promise<void> | undefined
/** Once per process. */
const bundled = () => {
  if (!bundling) {
    bundling = bundle('lab/stress/faults/command.ts', PROGRAM)
    process.once('exit', () => rmSync(PROGRAM, { force: true }))
  }
  return bundling
}

/** Kills the command at each of its points, or at each `step`th. Returns how many it has. */
export async function killedEverywhere(flow: CommandFlow, step = 1): Promise<number> {
  await bundled()
  const world = await makeWorld()
  try {
    const next = await flow.begin(world)
    for (let at = 1; ; at += step) {
      const round = await next()
      const { signal, out, err } = await run(flow, world, round, at)
      if (signal === null) {
        assert.equal(err, '')
        const { points, answered } = readAnswer(out)
        assert.ok(points.length > 0 && points.length < at, `it dies at its points: ${out}`)
        await round.atTheEnd(answered)
        return points.length
      }
      assert.equal(signal, 'SIGKILL', err)
      await round.afterKill()
      const again = await run(flow, world, round, 0)
      assert.equal(again.err, '')
      await round.atTheEnd(readAnswer(again.out).answered)
    }
  } finally {
    await world.end()
  }
}

const readAnswer = (out: string): { points: string[]; answered: unknown } => JSON.parse(out)

async function run({ name }: CommandFlow, world: World, { given = [], settings }: Round, dieAt: number) {
  const child = spawn(process.execPath, [PROGRAM, name, String(dieAt), ...given], {
    env: { PATH: process.env.PATH ?? '', DATABASE_URL: world.url, LATCHKEY_KEYS: world.keys, ...settings },
  })
  const [out, err] = [readingOf(child.stdout), readingOf(child.stderr)]
  const [, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null]
  return { signal, out: out(), err: err().replace(OF_OLD_NODE, '') }
}
