import { connect, type Socket } from 'node:net'

export type Reply = { status: number; cookies: string[]; head: string; body: string }
/** `head` is the lines between the request line and the empty line, each with its line break. */
export type Send = (line: string, head: string, body?: string) => Promise<Reply>
export type Connection = { send: Send; close(): void }

/** One kept-alive connection that speaks just enough HTTP/1.1, so we measure the server and not its client. */
export async function connection(port: number): Promise<Connection> {
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
    // Only redirects come without a length, with an empty chunked body.
    const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? '0\r\n\r\n'.length)
    if (received.length < end + 4 + length) return
    const body = received.slice(end + 4, end + 4 + length)
    received = received.slice(end + 4 + length)
    const cookies = [...head.matchAll(/set-cookie: ([^;\r]+)/gi)].map(([, pair = '']) => pair)
    answer?.({ status: Number(head.slice(9, 12)), cookies, head, body })
  })
  const send: Send = (line, head, body = '') =>
    new Promise((resolve) => {
      answer = resolve
      const length = body === '' ? '' : `Content-Length: ${body.length}\r\n`
      socket.write(`${line} HTTP/1.1\r\nHost: localhost:${port}\r\n${length}${head}\r\n${body}`, 'latin1')
    })
  return { send, close: () => socket.destroy() }
}

/** Runs `work` for each item, `width` at a time, and puts each one's milliseconds into `times`. Returns the rate per second. */
export async function rate<Item>(
  items: Iterable<Item>,
  { width, port, times = [] }: { width: number; port: number; times?: number[] },
  work: (send: Send, item: Item) => Promise<unknown>,
): Promise<number> {
  const connections = await Promise.all(Array.from({ length: width }, () => connection(port)))
  const queue = items[Symbol.iterator]()
  let done = 0
  const started = performance.now()
  await Promise.all(
    connections.map(async ({ send }) => {
      for (let next = queue.next(); !next.done; next = queue.next()) {
        const began = performance.now()
        await work(send, next.value)
        times.push(performance.now() - began)
        done++
      }
    }),
  )
  const seconds = (performance.now() - started) / 1000
  for (const { close } of connections) close()
  return done / seconds
}

/** This many items, taken in turn from a list. */
export function* inTurn<Item>(list: Item[], many: number): Generator<Item> {
  for (let index = 0; index < many; index++) yield list[index % list.length] as Item
}
