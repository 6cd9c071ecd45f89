import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { inTurn, rate } from './load.ts'
import { openidOf } from './openid.ts'
import { median } from './report.ts'
import { ask, cookie } from './requests.ts'
import { PAGE } from './round.ts'
import type { Subject } from './subject.ts'

const PAGES = 2000
const SIGN_INS = 200
const STARTS = 3

/** Seconds from the start of the built server to its first page. `folder` holds its key file. */
export async function firstAnswer(url: string, folder: string): Promise<number> {
  const started = performance.now()
  const { base, stop } = await start(url, folder)
  const { status } = await fetch(`${base}/sign-in`)
  const seconds = (performance.now() - started) / 1000
  if (status !== 200) throw new Error(`The started server answered ${status}.`)
  await stop()
  return seconds
}

/** Bytes of resident memory that a process which has shown pages takes in addition as soon as people sign in to apps. */
export async function memoryOfClients(subject: Subject): Promise<number> {
  const more: number[] = []
  for (let time = 0; time < STARTS; time++) {
    const { base, pid, stop } = await start(subject.url, subject.folder)
    const port = Number(new URL(base).port)
    const { people } = subject
    await rate(inTurn(people.sessions, PAGES), { width: 16, port }, ask(PAGE, cookie))
    const before = residentBytes(pid)
    const { codes, redeemed, lookedAt } = openidOf({ product: port, people })
    const { tokens } = await redeemed(await codes(SIGN_INS))
    await lookedAt(tokens)
    more.push(residentBytes(pid) - before)
    await stop()
  }
  return median(more)
}

async function start(url: string, folder: string) {
  const server = spawn(process.execPath, ['--max-semi-space-size=4', resolve('dist/server.js')], {
    cwd: folder,
    env: { PATH: process.env.PATH ?? '', PORT: '0', DATABASE_URL: url },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = once(server, 'exit')
  const [line] = await Promise.race([once(server.stdout, 'data'), ended])
  if (server.exitCode !== null) throw new Error('The built server did not start.')
  server.stdout.resume()
  return {
    base: /http:[^\s"]+/.exec(String(line))?.[0] ?? '',
    pid: server.pid ?? 0,
    async stop() {
      server.kill('SIGTERM')
      await ended
    },
  }
}

/** As Linux counts it. */
const residentBytes = (pid: number): number =>
  Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024
