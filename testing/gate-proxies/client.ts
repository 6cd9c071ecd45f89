import type { IncomingHttpHeaders } from 'node:http'
import { type RequestOptions, request } from 'node:https'
import { connect } from 'node:tls'

export type Answered = {
  status: number
  headers: IncomingHttpHeaders
  location: string | undefined
  cookies: string[]
  text: string
}
export type Way = { port: number; authority: string }
type Sent = Omit<RequestOptions, 'headers' | 'path' | 'host' | 'port'> & {
  headers?: Record<string, string | string[]>
  body?: string
}

/** A request from outside, over TLS. The URL says the host; the connection goes to the proxy. Follows no redirect. */
export function askFor({ port, authority }: Way, url: string, { body, headers, ...options }: Sent = {}) {
  const { hostname, host, pathname, search } = new URL(url)
  const path = url.slice(url.indexOf(host) + host.length).split('#')[0] || `${pathname}${search}`
  return new Promise<Answered>((resolve, reject) => {
    const sent = request({
      host: '127.0.0.1',
      port,
      path,
      agent: false,
      servername: hostname,
      ca: authority,
      headers: { Host: host, ...headers },
      ...options,
    })
    const timer = setTimeout(() => sent.destroy(new Error(`no answer to ${url}`)), 15_000)
    sent.once('error', reject).once('upgrade', (answer, socket) => {
      clearTimeout(timer)
      socket.destroy()
      resolve({ status: answer.statusCode ?? 0, headers: answer.headers, location: undefined, cookies: [], text: '' })
    })
    sent.once('response', async (answer) => {
      let text = ''
      for await (const chunk of answer) text += chunk
      clearTimeout(timer)
      const { location, 'set-cookie': cookies = [] } = answer.headers
      resolve({ status: answer.statusCode ?? 0, headers: answer.headers, location, cookies, text })
    })
    sent.end(body)
  })
}

/** Bytes as they are, for what no client would write. The status; 0 if the connection was closed without one. */
export function sendRaw({ port, authority }: Way, servername: string, bytes: string): Promise<number> {
  return new Promise((resolve, reject) => {
    let text = ''
    const socket = connect({ host: '127.0.0.1', port, servername, ca: authority }, () => socket.write(bytes))
    socket.setTimeout(5_000, () => socket.destroy())
    socket.on('data', (chunk) => {
      text += chunk
      if (text.includes('\r\n')) socket.destroy()
    })
    socket.on('error', reject)
    socket.on('close', () => resolve(Number(/^HTTP\/\S+ (\d{3})/.exec(text)?.[1] ?? 0)))
  })
}

/** The headers of a browser that opens a page. */
export const NAVIGATION = {
  Accept: 'text/html,application/xhtml+xml',
  'Sec-Fetch-Mode': 'navigate',
  'Sec-Fetch-Dest': 'document',
  'Sec-Fetch-Site': 'none',
  'User-Agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
}

/** A handshake without its socket (RFC 6455 section 4.1). */
export const HANDSHAKE = {
  Connection: 'Upgrade',
  Upgrade: 'websocket',
  'Sec-WebSocket-Version': '13',
  'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
  'Sec-Fetch-Mode': 'websocket',
}
