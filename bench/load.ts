import { connect, type Socket } from 'node:net'

export type Reply = { status: number; cookies: string[] }
export type Send = (method: string, path: string, headers: Record<string, string>, body?: string) => Promise<Reply>

/** One kept-alive connection that speaks just enough HTTP/1.1, so that what is measured is the server and not its client. */
export async function connection(port: number): Promise<{ send: Send; close(): void }> {
  const socket = await new Promise<Socket>((resolve, reject) => {
    const opened = connect({ port, host: '127.0.0.1', noDelay: true }, () => resolve(opened)).once('error', reject)
  })
  let received = ''
  let answer: ((reply: Reply) => void) | undefined
  socket.on('data', (chunk) => {
    received += chunk.toString('latin1')
    const end = received.indexOf('\r\n\r\n')
    if (end < 0) return
    const head = received.slice(0, end)
    // Only redirects come without a length: as a chunked body of nothing.
    const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? '0\r\n\r\n'.length)
    if (received.length < end + 4 + length) return
    received = received.slice(end + 4 + length)
    const cookies = [...head.matchAll(/set-cookie: ([^;\r]+)/gi)].map(([, pair = '']) => pair)
    answer?.({ status: Number(head.slice(9, 12)), cookies })
  })

  const send: Send = (method, path, headers, body = '') =>
    new Promise((resolve) => {
      answer = resolve
      const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
      socket.write(
        `${method} ${path} HTTP/1.1\r\nHost: localhost:${port}\r\nContent-Length: ${body.length}\r\n${lines.join('')}\r\n${body}`,
      )
    })
  return { send, close: () => socket.destroy() }
}

/** Runs `work` for each item, `width` at a time. The rate per second. */
export async function rate<Item>(
  items: Item[],
  width: number,
  port: number,
  work: (send: Send, item: Item) => Promise<void>,
): Promise<number> {
  const connections = await Promise.all(Array.from({ length: width }, () => connection(port)))
  const queue = items.values()
  const started = performance.now()
  await Promise.all(
    connections.map(async ({ send }) => {
      for (const item of queue) await work(send, item)
    }),
  )
  const seconds = (performance.now() - started) / 1000
  for (const { close } of connections) close()
  return items.length / seconds
}
