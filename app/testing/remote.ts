import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { request as httpRequest } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase } from '#db/client.ts'
import { dialect } from '#db/columns.ts'
import type { createApp } from '../app.ts'
import { createVault } from '../lib/vault.ts'
import { browser, type Visitor } from './browser.ts'
import { BASE_URL } from './names.ts'
import { type Latchkey, latchkey, testDatabase } from './product.ts'

const HALF_A_MINUTE = 30_000

type App = ReturnType<typeof createApp>
type Visiting = { incoming: { socket: { remoteAddress: string } } }

/** Whatever answers at a port of this machine. Each request has its own connection. X-Forwarded-For carries the address. */
export const remoteApp = (port: number): App =>
  ({
    request: (path: string, init: RequestInit, { incoming }: Visiting) =>
      new Promise<Response>((resolve, reject) => {
        const body = typeof init.body === 'string' ? init.body : undefined
        const headers = Object.fromEntries(new Headers(init.headers))
        if (body !== undefined) headers['content-length'] = String(Buffer.byteLength(body))
        headers['x-forwarded-for'] = incoming.socket.remoteAddress
        const sent = httpRequest({ host: '127.0.0.1', port, path, method: init.method ?? 'GET', headers, agent: false })
        sent.once('error', reject).once('response', async (answer) => {
          try {
            const chunks: Buffer[] = []
            for await (const chunk of answer) chunks.push(chunk)
            resolve(
              new Response(chunks.length > 0 ? Buffer.concat(chunks) : null, {
                status: answer.statusCode ?? 0,
                headers: pairs(answer.rawHeaders),
              }),
            )
          } catch (error) {
            reject(error)
          }
        })
        sent.end(body)
      }),
  }) as unknown as App

const pairs = (raw: string[]): [string, string][] =>
  raw.flatMap((name, index) => (index % 2 === 0 ? [[name, raw[index + 1] ?? ''] as [string, string]] : []))

/**
 * A database on disk or on the server, with keys, for processes that start with `environment`, and the product over the same
 * database, whose browsers ask whoever listens at `port()`. Its clock is half a minute ahead, so among the codes of stories the
 * previous step's is the present one, which lasts longer than any story.
 */
export async function remoteProduct(port: () => number) {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-processes-'))
  const onServer = dialect === 'postgres' ? await testDatabase() : undefined
  const url = onServer?.url ?? `file:${join(folder, 'latchkey.db')}`
  const database = onServer ?? openDatabase(url)
  if (!onServer) await database.migrate()
  const key = randomBytes(32)
  const local = await latchkey(
    {},
    {
      database,
      vault: createVault([{ id: 't1', key }]),
      clock: { now: () => new Date(Date.now() + HALF_A_MINUTE), advance: () => {} },
    },
  )
  const product: Latchkey = { ...local, browser: (of: Visitor = {}) => browser(remoteApp(port()), of) }
  return {
    product,
    database,
    folder,
    environment: {
      DATABASE_URL: url,
      LATCHKEY_KEYS: `t1:${key.toString('base64')}`,
      BASE_URL,
      TRUST_PROXY: '127.0.0.1',
      RATE_LIMIT_PER_ADDRESS: '0',
      PASSWORD_MIN_LENGTH: '15',
    },
    async close() {
      await database.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
