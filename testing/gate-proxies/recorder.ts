import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { Duplex } from 'node:stream'

/** A request as it reached an app. */
export type Reached = { method: string; url: string; headers: IncomingHttpHeaders; body: string; upgraded: boolean }
export type Recorder = Awaited<ReturnType<typeof startRecorder>>

/** An app that protects nothing itself: it answers everybody, and writes down what reached it. */
export async function startRecorder(title: string) {
  const reached: Reached[] = []
  const sockets: Duplex[] = []
  const server = createServer(async (request, response) => {
    const { method = '', url = '', headers } = request
    let body = ''
    for await (const chunk of request) body += chunk
    reached.push({ method, url, headers, body, upgraded: false })
    response.setHeader('Content-Type', 'text/html; charset=utf-8')
    response.end(
      `<!doctype html><html lang="en"><title>${title}</title><link rel="icon" href="data:,"><h1>${title}</h1>
<form method="post" action="/posted"><button>Post</button></form></html>`,
    )
  })
  server.on('upgrade', ({ method = '', url = '', headers }, socket) => {
    reached.push({ method, url, headers, body: '', upgraded: true })
    const accept = createHash('sha1')
      .update(`${headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`) // RFC 6455 section 1.3
      .digest('base64')
    sockets.push(socket.on('error', () => {}))
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
    )
    socket.write(Buffer.from([0x81, 5, ...Buffer.from('hello')])) // a text frame
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return {
    title,
    port: typeof address === 'object' && address ? address.port : 0,
    reached,
    /** What has reached it since the last look. */
    taken: () => reached.splice(0),
    async stop() {
      for (const socket of sockets) socket.destroy()
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
