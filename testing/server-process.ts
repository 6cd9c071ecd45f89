import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Readable } from 'node:stream'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

export type ServerProcess = Awaited<ReturnType<typeof startServer>>
type Started = { environment: Record<string, string>; program?: string }

const ROOT = fileURLToPath(new URL('..', import.meta.url))

/**
 * Starts the product the way an operator does, and resolves when it says where it listens, or has ended. From the tester's own
 * environment it gets only the PATH. `program` is a path from the project's root: the sources, or a file in dist/.
 */
export async function startServer({ environment, program = 'app/process/server.ts' }: Started) {
  const child = spawn(process.execPath, program.endsWith('.ts') ? ['--import', 'tsx', program] : [program], {
    env: { PATH: process.env.PATH ?? '', PORT: '0', ...environment },
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const killChild = () => child.kill('SIGKILL')
  process.once('exit', killChild)
  const out = readingOf(child.stdout)
  const err = readingOf(child.stderr)
  /** Exit code and signal. One of them is null. */
  const ended = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>
  ended.then(() => process.off('exit', killChild))
  while (!out().includes('\n') && !hasEnded(child)) await pause(10)
  /** The address that it printed. Port 0 if it didn't start. */
  const url = /^Latchkey is at (\S+) · /.exec(out())?.[1] ?? 'http://localhost:0'
  return {
    child,
    url,
    port: Number(new URL(url).port),
    /** Everything it printed so far. */
    out,
    err,
    ended,
    /** The way a service manager does. */
    async stop() {
      child.kill('SIGTERM')
      return ended
    },
    /** The way a power cut does. */
    async kill() {
      child.kill('SIGKILL')
      return ended
    },
  }
}

const hasEnded = ({ exitCode, signalCode }: ChildProcess) => exitCode !== null || signalCode !== null

/** Everything that has come so far. */
export function readingOf(stream: Readable) {
  let text = ''
  stream.on('data', (bytes) => {
    text += bytes
  })
  return () => text
}
