import { fork } from 'node:child_process'
import { once } from 'node:events'
import { inTurn, rate, type Send } from './load.ts'
import { startNginx } from './nginx.ts'
import type { AtGate } from './protocol.ts'
import { ask, besideBare } from './requests.ts'
import type { Subject } from './subject.ts'

const CHECKS = 20_000
const THROUGH = 6_000
const CALLERS = 64 // connections

/** What a proxy asks about a request of a script at one of the apps. */
export const askCheck = async (send: Send, { host, cookie }: AtGate) => {
  const told = `X-Original-URL: http://${host}/photos/7\r\nX-Original-Method: GET\r\nCookie: latchkey-gate=${cookie}\r\n`
  const { status } = await send('GET /gate/haproxy', told)
  if (status !== 200) throw new Error(`The check answered ${status}.`)
}

/** Checks in a second, beside bare answers. */
export async function checks({ people, ports }: Subject, times: number[]) {
  const { bare, ours } = await besideBare(
    { bare: ports.bareAnswer, product: ports.product },
    { items: people.gates, many: CHECKS, width: CALLERS, times },
    askCheck,
  )
  return { bareForChecks: bare, checks: ours }
}

/** An app's answers in a second through nginx, behind the gate, as a share of those without it. One for each round. */
export async function shareBehindNginx({ people, ports, folder }: Subject, rounds: number): Promise<number[]> {
  const app = fork('dist/bench-app.js')
  const [at]: { port: number }[] = await once(app, 'message')
  const nginx = await startNginx(folder, { product: ports.product, app: at?.port ?? 0 })
  const behind = ask('/', (cookie) => `Cookie: latchkey-gate=${cookie}\r\n`)
  const cookies = people.gates.map(({ cookieAtNginx }) => cookieAtNginx)
  const measured = (port: number) => rate(inTurn(cookies, THROUGH), { width: CALLERS, port }, behind)
  const shares: number[] = []
  await measured(nginx.ports.gated) // a running proxy is warm
  for (let round = 0; round < rounds; round++) {
    const without = await measured(nginx.ports.open)
    shares.push((await measured(nginx.ports.gated)) / without)
  }
  nginx.stop()
  app.kill()
  return shares
}
