import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { programPath } from '../../tools/debian.ts'
import { freePort } from '../../tools/postgres.ts'
import { listens, logsIn } from '../proxy.ts'
import type { Authority } from './authority.ts'
import { PREPARE, type ProxyKind, type Spoil } from './files.ts'

export type GateProxy = Awaited<ReturnType<typeof startGateProxy>>

type Behind = { portal: number; photos: number; notes: number }

/** A real proxy in front of the portal and two apps. */
export async function startGateProxy(
  kind: ProxyKind,
  {
    folder,
    behind,
    authority,
    spoil = (text) => text,
  }: { folder: string; behind: Behind; authority: Authority; spoil?: Spoil },
) {
  const ports = { http: await freePort(), https: await freePort(), ...behind }
  const own = join(folder, `${kind}-${ports.https}`)
  mkdirSync(own)
  const { command, environment = {} } = { environment: {}, ...PREPARE[kind](own, ports, authority.files, spoil) }
  const [program = '', ...args] = command
  const child = spawn(programPath(program) ?? program, args, {
    env: { PATH: process.env.PATH ?? '', HOME: own, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let printed = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes) => (printed += bytes))
  const kill = () => child.kill('SIGKILL')
  process.once('exit', kill)
  await listens(child, ports.https, () => printed)
  return {
    kind,
    port: ports.https,
    /** Everything in its logs so far. */
    logs: () => printed + logsIn(own),
    async stop() {
      const ended = once(child, 'exit')
      child.kill('SIGTERM')
      await ended
      process.off('exit', kill)
    },
  }
}
