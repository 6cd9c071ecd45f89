import { fork } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readlinkSync } from 'node:fs'
import type { Readable } from 'node:stream'
import { readingOf } from '../../../testing/index.ts'
import type { Memory, Question } from './protocol.ts'

export type Measured = Awaited<ReturnType<typeof startMeasured>>
export type ProcessSample = Memory & { descriptors: number; sockets: number }

const STOPS_WITHIN = 30_000 // milliseconds

/** One process of the product, bundled as in production, that we can ask how it is. */
export async function startMeasured(program: string, environment: Record<string, string>) {
  const child = fork(program, {
    execArgv: ['--expose-gc', '--max-semi-space-size=4'],
    env: { PATH: process.env.PATH ?? '', ...environment },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  const killChild = () => child.kill('SIGKILL')
  process.once('exit', killChild)
  const ended = once(child, 'exit')
  ended.then(() => process.off('exit', killChild))
  const late: string[] = []
  const out = readingOf(child.stdout as Readable)
  const err = readingOf(child.stderr as Readable)

  const next = async () => {
    const [answer] = await Promise.race([
      once(child, 'message'),
      ended.then(() => Promise.reject(new Error(`The server has ended:\n${err()}`))),
    ])
    return answer
  }
  const { port } = (await next()) as { port: number }
  const ask = (question: Question) => {
    const answer = next()
    child.send(question)
    return answer
  }

  return {
    port,
    async sample(): Promise<ProcessSample> {
      const memory = (await ask('sample')) as Memory
      return { ...memory, ...openFiles(child.pid ?? 0) }
    },
    aDayLater: () => ask('a day later'),
    async stop() {
      child.send('stop')
      const tooLong = setTimeout(() => {
        late.push(`A server that was asked to stop was still there after ${STOPS_WITHIN / 1000} s.`)
        killChild()
      }, STOPS_WITHIN)
      await ended
      clearTimeout(tooLong)
    },
    /** Log lines about a fault, and everything on standard error. */
    complaints: () => [
      ...late,
      ...[...out().split('\n'), ...err().split('\n')].filter((line) => line && !/"level":"(info|warn)"/.test(line)),
    ],
  }
}

/** As the system lists them; zero if it has no such list. */
function openFiles(pid: number) {
  const folder = `/proc/${pid}/fd`
  if (!existsSync(folder)) return { descriptors: 0, sockets: 0 }
  const names = readdirSync(folder)
  return {
    descriptors: names.length,
    sockets: names.filter((name) => pointsTo(`${folder}/${name}`).startsWith('socket:')).length,
  }
}

function pointsTo(link: string) {
  try {
    return readlinkSync(link)
  } catch {
    return '' // closed since it was listed
  }
}
