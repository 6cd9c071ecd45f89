import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { programPath } from '../../tools/debian.ts'
import type { TestClient } from '../openid.ts'
import { byHttp } from '../transport.ts'
import type { PeersWorld } from './world.ts'

const PATIENCE = 60_000
const ACCOUNT = 'portal'
const SCOPES = 'openid email profile groups offline_access'

/** oidc-agent, which keeps somebody's command line signed in. It hears of the browser at `port` of this machine. */
export async function startOidcAgent(
  { issuer, authority, folder }: PeersWorld,
  { name, secret }: TestClient,
  port: number,
) {
  const home = mkdtempSync(join(folder, 'oidc-agent-'))
  const encryption = join(home, 'password')
  mkdirSync(join(home, '.config', 'oidc-agent'), { recursive: true, mode: 0o700 })
  writeFileSync(encryption, 'of-the-tests\n')
  const env = { PATH: process.env.PATH ?? '', HOME: home, TMPDIR: home, OIDC_SOCK: join(home, 'socket') }
  const settings = ['--console', `--socket-path=${env.OIDC_SOCK}`, '--no-autoreauthenticate', '--always-allow-idtoken']
  const agent = spawn(programPath('oidc-agent') ?? 'oidc-agent', settings, {
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true, // it starts processes of its own, which end with it as one group
  })
  const kill = () => endGroup(agent)
  process.once('exit', kill)
  let complained = ''
  agent.stderr.on('data', (bytes) => (complained += bytes))
  await answers(agent, env.OIDC_SOCK, () => complained)
  const carry = byHttp(() => port)

  /** One of its programs: what it has said once that matches, and all that it said, or an error with it. */
  function runs(program: string, args: string[]) {
    const child = spawn(programPath(program) ?? program, [...args, ACCOUNT], {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: PATIENCE,
    })
    let printed = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes) => (printed += bytes))
    const ended = once(child, 'close').then(([status]) => {
      if (status !== 0) throw new Error(`${program} ended with ${status}: ${withoutPicture(printed)}`)
      return printed
    })
    ended.catch(() => {})
    return {
      ended,
      async told(what: RegExp): Promise<string[]> {
        for (;;) {
          const [, ...parts] = what.exec(printed) ?? []
          if (parts.length > 0) return parts
          const over = await Promise.race([ended, once(child.stdout, 'data'), once(child.stderr, 'data')])
          if (typeof over === 'string' && !what.test(printed)) throw new Error(`${program} never said ${what}: ${over}`)
        }
      },
    }
  }

  const begins = (flow: 'code' | 'device') =>
    runs('oidc-gen', [
      ...['--manual', `--client-id=${name}`, `--client-secret=${secret}`, `--issuer=${issuer}`, `--scope=${SCOPES}`],
      ...[`--redirect-uri=http://localhost:${port}`, `--flow=${flow}`, '--no-url-call', '--no-scheme'],
      ...[`--cert-path=${authority}`, `--pw-file=${encryption}`, '--prompt=none', '--confirm-yes'],
    ])

  return {
    /** By the flow with a browser: where it sends the person, and how they come back. */
    async asksForCode() {
      const { told, ended } = begins('code')
      const [url = ''] = await told(/(https:\S+\/oauth\/authorize\?\S+)\n/)
      return {
        url,
        async comesBack(to: string) {
          const { host, pathname, search } = new URL(to)
          const answer = await carry(`${pathname}${search}`, { headers: { Host: host } }, '127.0.0.1')
          const text = await answer.text()
          if (!text.includes('Success')) throw new Error(text)
          await ended
        },
      }
    },
    /** By the flow without one: what it shows for the person, and `done` when it has heard of them. */
    async asksByDevice() {
      const { told, ended } = begins('device')
      const [url = '', code = ''] = await told(/visit:\s+(\S+)\s+And enter the code: (\S+)\n/)
      return { url, code, done: ended }
    },
    /** What oidc-token prints with these options. */
    token: async (...options: string[]) => (await runs('oidc-token', options).ended).trim(),
    /** Takes back what the portal gave, and forgets it. */
    forgets: () => runs('oidc-gen', ['--delete', `--pw-file=${encryption}`, '--confirm-yes']).ended,
    async stop() {
      const ended = once(agent, 'exit')
      endGroup(agent)
      await ended
      process.off('exit', kill)
    },
  }
}

/** It shows a device's address as a picture for phones, in colours. */
const withoutPicture = (printed: string) =>
  printed
    .split('\n')
    .filter((line) => !line.startsWith('\u001b'))
    .join('\n')

async function answers(agent: ChildProcess, at: string, complained: () => string) {
  for (;;) {
    if (agent.exitCode !== null) throw new Error(`oidc-agent did not start: ${complained()}`)
    const socket = connect(at)
    const isThere = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    })
    socket.destroy()
    if (isThere) return
    await pause(20)
  }
}

function endGroup({ pid, exitCode, signalCode }: ChildProcess) {
  if (pid && exitCode === null && signalCode === null) process.kill(-pid, 'SIGKILL')
}
