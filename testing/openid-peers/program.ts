import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { programPath } from '../../tools/debian.ts'
import type { TestClient } from '../openid.ts'
import type { PeersWorld } from './world.ts'

const BUILT_WITHIN = 120_000

/** Libraries of other languages, each as a small program beside this file, and run by the interpreter that Debian's packages are for. */
export const LIBRARIES = {
  Authlib: () => ['/usr/bin/python3', source('with_authlib.py')],
  'the gem openid_connect': () => ['/usr/bin/ruby', source('with_openid_connect.rb')],
  'go-oidc': () => [built(source('go-oidc.go'))],
}

type Answer = {
  url?: string
  claims?: Record<string, unknown>
  userinfo?: Record<string, unknown>
  /** The `error` of OAuth 2.0. */
  error?: string
}

/** `begin`: where to send the person. `callback URL`: what was heard of them. `refresh`: the same by new tokens. `sign-out`: where that is. */
export async function startLibrary(
  kind: keyof typeof LIBRARIES,
  world: PeersWorld,
  { name, secret, redirect }: TestClient,
) {
  const { issuer, authority } = world
  const [program = '', ...args] = LIBRARIES[kind]()
  const child = spawn(programPath(program) ?? program, args, {
    env: {
      PATH: process.env.PATH ?? '',
      ...{ ISSUER: issuer, CLIENT: name, SECRET: secret, REDIRECT: redirect },
      ...{ AUTHORITY: authority, SSL_CERT_FILE: authority, REQUESTS_CA_BUNDLE: authority },
    },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  let printed = ''
  child.stderr.on('data', (bytes) => (printed += bytes))
  const kill = () => child.kill('SIGKILL')
  process.once('exit', kill)
  const ended = once(child, 'exit')
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]()
  return {
    async asks(order: string): Promise<Answer> {
      child.stdin.write(`${order}\n`)
      const { value, done } = await lines.next()
      if (done) throw new Error(`${kind} ended at ${order}: ${printed}`)
      return JSON.parse(value)
    },
    async stop() {
      child.stdin.end()
      await ended
      process.off('exit', kill)
    },
  }
}

const source = (name: string) => resolve('testing/openid-peers', name)

/** With the libraries that Debian has, and no others. It takes ten seconds, so what was made stays until its source changes. */
function built(file: string): string {
  const program = resolve(`dist/go-oidc-${statSync(file).mtimeMs}`)
  if (existsSync(program)) return program
  mkdirSync('dist', { recursive: true })
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-go-'))
  const env = {
    ...{ PATH: process.env.PATH ?? '', HOME: folder, GOCACHE: join(folder, 'go-cache'), GOFLAGS: '' },
    ...{ GO111MODULE: 'off', GOPATH: '/usr/share/gocode', CGO_ENABLED: '0' },
  }
  try {
    execFileSync('/usr/bin/go', ['build', '-o', `${program}-unfinished`, file], {
      env,
      timeout: BUILT_WITHIN,
      stdio: ['ignore', 'inherit', 'inherit'],
    })
    renameSync(`${program}-unfinished`, program)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  return program
}
