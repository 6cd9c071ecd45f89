import { Agent, request } from 'node:http'
import { BASE_URL, browser, type Latchkey, type Visitor } from '#app/testing.ts'

export type Site = ReturnType<typeof siteOf>

/**
 * The running processes, in turn, behind the one address that people use. To the stories of the unit tests it looks like
 * the product, because they need only a door and a clock.
 */
export function siteOf(ports: number[], clock: { now: () => Date }) {
  const agent = new Agent({ keepAlive: true, maxSockets: 8, timeout: 30_000 })
  const failures: string[] = []
  let asked = 0

  function ask(path: string, init: RequestInit, address: string): Promise<Response> {
    const port = ports[asked++ % ports.length] ?? 0
    const headers = { ...Object.fromEntries(new Headers(init.headers)), 'X-Forwarded-For': address }
    const { host } = new URL(BASE_URL)
    return new Promise((resolve, reject) => {
      const asking = request(
        { agent, port, path, method: init.method ?? 'GET', headers: { ...headers, host }, host: '127.0.0.1' },
        (answer) => {
          const chunks: Buffer[] = []
          answer.on('data', (chunk: Buffer) => chunks.push(chunk))
          answer.on('error', reject)
          answer.on('end', () => {
            const status = answer.statusCode ?? 0
            if (status >= 500) failures.push(`${init.method ?? 'GET'} ${path.split('?')[0]} answered ${status}`)
            const received = new Headers()
            for (let at = 0; at < answer.rawHeaders.length; at += 2)
              received.append(answer.rawHeaders[at] ?? '', answer.rawHeaders[at + 1] ?? '')
            const body = [204, 303, 304].includes(status) ? null : Buffer.concat(chunks)
            resolve(new Response(body, { status, headers: received }))
          })
        },
      )
      asking.on('error', reject)
      asking.end(typeof init.body === 'string' ? init.body : undefined)
    })
  }

  const app = {
    request: (path: string, init: RequestInit, env: { incoming: { socket: { remoteAddress: string } } }) =>
      ask(path, init, env.incoming.socket.remoteAddress),
  } as unknown as Latchkey['app']

  /** A person at an address of their own. */
  const somewhere = () => `10.${byte()}.${byte()}.${byte()}`
  const product = {
    app,
    clock,
    browser: ({ address = somewhere(), ...of }: Visitor = {}) => browser(app, { address, ...of }),
  } as unknown as Latchkey

  return {
    product,
    somewhere,
    /** Answers that were the server's faults. */
    failures,
    requests: () => asked,
    close: () => agent.destroy(),
  }
}

const byte = () => Math.floor(Math.random() * 256)
