import { type Agent, type IncomingMessage, request } from 'node:http'
import type { createApp } from '#app/app.ts'

/** Carries a request of somebody at `address` to the product. Follows no redirects. */
export type Transport = (path: string, init: RequestInit, address: string) => Promise<Response>

/** Without a socket in between. */
export const inProcess =
  (app: Pick<ReturnType<typeof createApp>, 'request'>): Transport =>
  async (path, init, address) =>
    await app.request(path, init, {
      incoming: { url: path, socket: { remoteAddress: address }, rawHeaders: [] },
    } as never)

/**
 * To a port of this machine; the address goes by X-Forwarded-For. Each request has a connection of its own where no `agent`
 * keeps them. Rejects when no whole answer comes within `patience` milliseconds.
 */
export const byHttp =
  (port: () => number, { agent, patience = 60_000 }: { agent?: Agent; patience?: number } = {}): Transport =>
  (path, init, address) =>
    new Promise((resolve, reject) => {
      const body = typeof init.body === 'string' ? init.body : undefined
      const headers = Object.fromEntries(new Headers(init.headers))
      if (body !== undefined) headers['content-length'] = String(Buffer.byteLength(body))
      headers['x-forwarded-for'] = address
      const to = { host: '127.0.0.1', port: port(), path, method: init.method ?? 'GET' }
      const asking = request({ ...to, headers, agent: agent ?? false, timeout: patience })
      asking.once('timeout', () => asking.destroy(new Error(`No answer from ${path} within ${patience} ms.`)))
      asking.once('error', reject)
      asking.once('response', (answer) => wholeOf(answer).then(resolve, reject))
      asking.end(body)
    })

async function wholeOf(answer: IncomingMessage): Promise<Response> {
  const chunks: Buffer[] = []
  for await (const chunk of answer) chunks.push(chunk)
  const { statusCode: status = 0, rawHeaders } = answer
  const headers = new Headers()
  for (let at = 0; at < rawHeaders.length; at += 2) headers.append(rawHeaders[at] ?? '', rawHeaders[at + 1] ?? '')
  return new Response(chunks.length > 0 ? Buffer.concat(chunks) : null, { status, headers })
}
