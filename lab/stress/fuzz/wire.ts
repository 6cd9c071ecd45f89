import { connect } from 'node:net'

/** A request as it goes onto the wire. Text is one byte a character (latin1); `body` goes out as it is. */
export type Request = {
  method: string
  target: string
  headers: [name: string, value: string][]
  body?: Buffer | undefined
  /** What Content-Length says, if it isn't the truth. Undefined leaves it out. */
  length?: { told: string | undefined }
  /** Stops sending and says so, though the server may wait for more. */
  ends?: boolean
}

export type Answer = {
  /** `hung`: no whole answer in time. `closed`: the connection closed before a whole head arrived. */
  outcome: 'answered' | 'closed' | 'hung'
  status: number
  headers: [name: string, value: string][]
  body: Buffer
  ms: number
}

export const headerOf = ({ headers }: Pick<Answer, 'headers'>, name: string): string | undefined =>
  headers.find(([each]) => each.toLowerCase() === name)?.[1]

export function bytesOf({ method, target, headers, body, length }: Request): Buffer {
  const told = length ? length.told : body && String(body.length)
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`)
  if (told !== undefined) lines.push(`Content-Length: ${told}\r\n`)
  return Buffer.concat([
    Buffer.from(`${method} ${target} HTTP/1.1\r\n${lines.join('')}\r\n`, 'latin1'),
    body ?? Buffer.alloc(0),
  ])
}

/** Sends a request over its own connection, and takes the first whole answer. Never rejects. */
export function exchange(port: number, request: Request, patienceMs: number): Promise<Answer> {
  const started = performance.now()
  return new Promise((resolve) => {
    let received = Buffer.alloc(0)
    const socket = connect({ port, host: '127.0.0.1', noDelay: true })
    const late = setTimeout(() => end('hung'), patienceMs)

    function end(outcome: 'closed' | 'hung') {
      clearTimeout(late)
      socket.destroy()
      const answer = answerIn(received, request.method, outcome === 'closed')
      const nothing = { outcome, status: 0, headers: [], body: Buffer.alloc(0) }
      resolve({ ...(answer ? { ...answer, outcome: 'answered' as const } : nothing), ms: performance.now() - started })
    }
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk])
      if (answerIn(received, request.method, false)) end('closed')
    })
    socket.on('error', () => {}) // `close` follows
    socket.on('close', () => end('closed'))
    socket.write(bytesOf(request))
    if (request.ends) socket.end()
  })
}

/** The first answer in these bytes that isn't an interim one; undefined while it isn't whole. */
function answerIn(
  bytes: Buffer,
  method: string,
  isOver: boolean,
): Pick<Answer, 'status' | 'headers' | 'body'> | undefined {
  const end = bytes.indexOf('\r\n\r\n')
  if (end < 0) return undefined
  const [first = '', ...lines] = bytes.toString('latin1', 0, end).split('\r\n')
  const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(first)?.[1] ?? 0)
  const rest = bytes.subarray(end + 4)
  if (status < 200) return answerIn(rest, method, isOver)
  const headers = lines.map((line): [string, string] => {
    const colon = line.indexOf(':')
    return [line.slice(0, colon), line.slice(colon + 1).trim()]
  })
  const body = bodyIn(rest, { headers, hasNone: method === 'HEAD' || [204, 304].includes(status), isOver })
  return body && { status, headers, body }
}

function bodyIn(
  rest: Buffer,
  { headers, hasNone, isOver }: { headers: Answer['headers']; hasNone: boolean; isOver: boolean },
): Buffer | undefined {
  if (hasNone) return Buffer.alloc(0)
  if (headerOf({ headers }, 'transfer-encoding') === 'chunked') return unchunked(rest)
  const length = headerOf({ headers }, 'content-length')
  if (length === undefined) return isOver ? rest : undefined
  return rest.length >= Number(length) ? rest.subarray(0, Number(length)) : undefined
}

function unchunked(rest: Buffer): Buffer | undefined {
  const chunks: Buffer[] = []
  for (let at = 0; ; ) {
    const line = rest.indexOf('\r\n', at)
    if (line < 0) return undefined
    const size = Number.parseInt(rest.toString('latin1', at, line), 16)
    if (!(size > 0)) return rest.indexOf('\r\n\r\n', at) < 0 ? undefined : Buffer.concat(chunks)
    if (rest.length < line + 2 + size) return undefined
    chunks.push(rest.subarray(line + 2, line + 2 + size))
    at = line + 2 + size + 2
  }
}
