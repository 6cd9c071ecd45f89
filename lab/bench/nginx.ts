import { spawn } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { bringIn, programPath } from '../../tools/debian.ts'
import { freePort } from '../../tools/postgres.ts'

/** The real proxy with its files in deploy/, without TLS: an app behind the gate, and the same app without it. */
export async function startNginx(place: string, behind: { product: number; app: number }) {
  bringIn({ nginx: 'nginx' })
  const folder = join(place, 'nginx')
  mkdirSync(folder, { recursive: true })
  const ports = { gated: await freePort(), open: await freePort() }
  const read = (name: string) =>
    readFileSync(join('deploy', name), 'utf8')
      .replaceAll('/etc/nginx/latchkey', folder)
      .replaceAll('127.0.0.1:3000', `127.0.0.1:${behind.product}`)
      .replaceAll('127.0.0.1:2342', `127.0.0.1:${behind.app}`)
  for (const name of ['nginx-gate.conf', 'nginx-app.conf']) writeFileSync(join(folder, name), read(`gate/${name}`))
  const [upstream = ''] = read('nginx.conf').match(/^upstream [\s\S]*?^}$/m) ?? []
  const gate = read('gate/nginx.conf')
    .replaceAll(/^ *(listen \[::\]|ssl_|access_log).*\n/gm, '')
    .replace(/listen 443.*;/, `listen 127.0.0.1:${ports.gated};`)
  const block = gate.slice(gate.indexOf('\nserver {'))
  const open = block
    .replace(`127.0.0.1:${ports.gated}`, `127.0.0.1:${ports.open}`)
    .replace('location / {', 'location / {\n        auth_request off;')
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((of) => `${of}_temp_path ${join(folder, of)};`)
  const file = join(folder, 'bench.conf')
  writeFileSync(
    file,
    `${process.getuid?.() === 0 ? 'user root;' : ''} daemon off; pid ${join(folder, 'pid')}; error_log ${join(folder, 'error.log')};
events { worker_connections 1024; }
http { access_log off; keepalive_requests 10000000; ${paths.join(' ')}
${upstream}
${gate}
${open}
}
`,
  )
  const log = join(folder, 'error.log')
  const child = spawn(programPath('nginx') ?? 'nginx', ['-p', folder, '-e', log, '-c', file], { stdio: 'inherit' })
  const kill = () => child.kill('SIGKILL')
  process.once('exit', kill)
  while (!(await listens(ports.open))) {
    if (child.exitCode !== null) throw new Error(`nginx did not start: ${readFileSync(log, 'utf8')}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  return { ports, stop: () => child.kill('SIGTERM') }
}

const listens = (port: number) =>
  new Promise<boolean>((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(true)).once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })
