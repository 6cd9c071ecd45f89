import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { resolve } from 'node:path'
import { bundle } from '../tools/build.ts'
import { readingOf } from './server-process.ts'

/** A program of ours as one file in dist/, which starts in a third of the time. */
export async function builtProgram(entry: string) {
  const program = `dist/test-${randomUUID()}.js`
  await bundle(entry, program)
  return { program, remove: () => rmSync(program, { force: true }) }
}

const built = new Map<string, ReturnType<typeof builtProgram>>()

function builtOnce(entry: string) {
  const building = built.get(entry) ?? builtProgram(entry)
  if (!built.has(entry)) building.then(({ remove }) => process.once('exit', remove))
  built.set(entry, building)
  return building
}

/** Runs a program of ours to its end, as an operator does. From the tester's own environment it gets only the PATH. */
export async function runProgram(
  entry: string,
  { environment = {}, args = [], folder }: { environment?: Record<string, string>; args?: string[]; folder?: string },
) {
  const { program } = await builtOnce(entry)
  const child = spawn(process.execPath, [resolve(program), ...args], {
    env: { PATH: process.env.PATH ?? '', ...environment },
    cwd: folder,
  })
  const [out, err] = [readingOf(child.stdout), readingOf(child.stderr)]
  const [status] = await once(child, 'close')
  return { status, out: out(), err: err() }
}
