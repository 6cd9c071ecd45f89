import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { bundle } from '../tools/build.ts'
import { readingOf } from './server-process.ts'

type Whole = { whole?: boolean }
/** What was made, and of which sources: each with its stamp. */
type Made = { program: string; of: Record<string, string> }

const built = new Map<string, Promise<string>>()

/**
 * The path of a program of ours as one file in dist/, which starts in a third of the time. To make one takes longer than to
 * start it, so it stays for the next process of tests, until a source of it changes.
 */
export function builtProgram(entry: string, { whole = false }: Whole = {}): Promise<string> {
  const name = `dist/test-${entry.replaceAll('/', '-').replace(/\.ts$/, '')}${whole ? '-whole' : ''}`
  const building = built.get(name) ?? madeOnce(entry, name, { whole })
  built.set(name, building)
  return building
}

async function madeOnce(entry: string, name: string, options: Whole): Promise<string> {
  const record = `${name}.json`
  const before = readMade(record)
  if (before && isFresh(before)) return before.program
  const program = `${name}-${randomUUID()}.js` // another process may be making the same, or running the one before
  const of = stampsOf([...(await bundle(entry, program, options)), ...ALWAYS])
  writeFileSync(`${program}.json`, JSON.stringify({ program, of } satisfies Made))
  renameSync(`${program}.json`, record)
  if (before) rmSync(before.program, { force: true })
  process.once('exit', () => {
    if (readMade(record)?.program !== program) rmSync(program, { force: true })
  })
  return program
}

/** What is made differently when these change, whatever it is. */
const ALWAYS = ['tools/build.ts', 'package-lock.json', 'tsconfig.json']

const readMade = (record: string): Made | undefined =>
  existsSync(record) ? JSON.parse(readFileSync(record, 'utf8')) : undefined

const isFresh = ({ program, of }: Made) =>
  existsSync(program) && Object.entries(of).every(([source, stamp]) => stampOf(source) === stamp)

const stampsOf = (sources: string[]) => Object.fromEntries(sources.map((source) => [source, stampOf(source)]))

function stampOf(source: string) {
  const { mtimeMs, size } = statSync(source, { throwIfNoEntry: false }) ?? { mtimeMs: 0, size: 0 }
  return `${mtimeMs} ${size}`
}

/** Runs a program of ours to its end, as an operator does. From the tester's own environment it gets only the PATH. */
export async function runProgram(
  entry: string,
  { environment = {}, args = [], folder }: { environment?: Record<string, string>; args?: string[]; folder?: string },
) {
  const program = await builtProgram(entry)
  const child = spawn(process.execPath, [resolve(program), ...args], {
    env: { PATH: process.env.PATH ?? '', ...environment },
    cwd: folder,
  })
  const [out, err] = [readingOf(child.stdout), readingOf(child.stderr)]
  const [status] = await once(child, 'close')
  return { status, out: out(), err: err() }
}
