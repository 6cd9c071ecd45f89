import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { request as overHttp } from 'node:http'
import { request as overTls, type RequestOptions } from 'node:https'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { programPath } from '../tools/debian.ts'
import { freePort } from '../tools/postgres.ts'
import { AUTHORITY, certificateFiles } from './certificate.ts'

/** The name in the files of deploy/. */
export const SITE = 'accounts.example.com'

export type StartedProxy = Awaited<ReturnType<typeof startProxy>>

type Ports = { http: number; https: number; upstream: number }
type Prepared = { command: string[]; environment?: Record<string, string> }
type Files = ReturnType<typeof certificateFiles>

const PREPARE = { nginx, caddy }

/** A real proxy with its file in deploy/, where only ports, certificate and log folder are replaced. */
export async function startProxy(kind: keyof typeof PREPARE, upstream: number) {
  const folder = mkdtempSync(join(tmpdir(), `latchkey-${kind}-`))
  const files = certificateFiles()
  const ports = { http: await freePort(), https: await freePort(), upstream }
  const { command, environment = {} } = PREPARE[kind](folder, ports, files)
  const [program = '', ...args] = command
  const child = spawn(programPath(program) ?? program, args, {
    env: { PATH: process.env.PATH ?? '', HOME: folder, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let printed = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes) => (printed += bytes))
  const remove = () => {
    child.kill('SIGKILL')
    rmSync(folder, { recursive: true, force: true })
    files.remove()
  }
  process.once('exit', remove)
  await listens(child, ports.https, () => printed)
  return {
    ports,
    /** Everything in its logs so far. */
    logs: () => printed + logsIn(folder),
    async stop() {
      const ended = once(child, 'exit')
      child.kill('SIGTERM')
      await ended
      process.off('exit', remove)
      remove()
    },
  }
}

/** A request from outside, over TLS or not. Doesn't follow redirects. */
export function ask(
  { ports }: Pick<StartedProxy, 'ports'>,
  path: string,
  { scheme = 'https', body, headers, ...options }: RequestOptions & { scheme?: 'http' | 'https'; body?: string } = {},
) {
  return new Promise<{ status: number; location: string | undefined; text: string; cookies: string[] }>(
    (resolve, reject) => {
      const sent = (scheme === 'https' ? overTls : overHttp)({
        host: '127.0.0.1',
        port: ports[scheme],
        path,
        agent: false,
        ...(scheme === 'https' && { servername: SITE, ca: AUTHORITY }),
        headers: { Host: SITE, ...(headers as Record<string, string>) },
        ...options,
      })
      sent.once('error', reject).once('response', async (answer) => {
        let text = ''
        for await (const chunk of answer) text += chunk
        const { location, 'set-cookie': cookies = [] } = answer.headers
        resolve({ status: answer.statusCode ?? 0, location, text, cookies })
      })
      sent.end(body)
    },
  )
}

function nginx(folder: string, { http, https, upstream }: Ports, { certificate, key }: Files): Prepared {
  const site = readFileSync('deploy/nginx.conf', 'utf8')
    .replaceAll(/^ *listen \[::\]:.*\n/gm, '')
    .replace('listen 80;', `listen 127.0.0.1:${http};`)
    .replace('listen 443 ssl', `listen 127.0.0.1:${https} ssl`)
    .replace('127.0.0.1:3000', `127.0.0.1:${upstream}`)
    .replace('/etc/ssl/latchkey/fullchain.pem', certificate)
    .replace('/etc/ssl/latchkey/privkey.pem', key)
    .replaceAll('/var/log/nginx', folder)
  writeFileSync(join(folder, 'site.conf'), site)
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (of) => `${of}_temp_path ${join(folder, of)};`,
  )
  writeFileSync(
    join(folder, 'nginx.conf'),
    `${process.getuid?.() === 0 ? 'user root;' : ''} daemon off; pid ${join(folder, 'pid')}; error_log ${join(folder, 'error.log')};
events {}
http { ${temporary.join(' ')} include ${join(folder, 'site.conf')}; }
`,
  )
  return { command: ['nginx', '-p', folder, '-e', join(folder, 'error.log'), '-c', join(folder, 'nginx.conf')] }
}

function caddy(folder: string, { http, https, upstream }: Ports, { certificate, key }: Files): Prepared {
  const site = readFileSync('deploy/Caddyfile', 'utf8')
    .replace(/^\{$/m, `{\n\tadmin off\n\tskip_install_trust\n\thttp_port ${http}\n\thttps_port ${https}`)
    .replace(/^\{\$SITE.*\} \{$/m, (line) => `${line}\n\ttls ${certificate} ${key}`)
  const file = join(folder, 'Caddyfile')
  writeFileSync(file, site)
  mkdirSync(join(folder, 'data'))
  return {
    command: ['caddy', 'run', '--config', file, '--adapter', 'caddyfile'],
    environment: {
      SITE,
      UPSTREAMS: `127.0.0.1:${upstream}`,
      XDG_DATA_HOME: join(folder, 'data'),
      XDG_CONFIG_HOME: join(folder, 'data'),
    },
  }
}

export const logsIn = (folder: string) =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.log'))
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .join('')

export async function listens(child: ChildProcess, port: number, printed: () => string) {
  for (;;) {
    if (child.exitCode !== null || child.signalCode !== null) throw new Error(`The proxy did not start: ${printed()}`)
    const socket = connect(port, '127.0.0.1')
    const isThere = await Promise.race([
      once(socket, 'connect').then(
        () => true,
        () => false,
      ),
    ])
    socket.destroy()
    if (isThere) return
    await pause(20)
  }
}
