import type { Duplex } from 'node:stream'
import { headersOf } from './headers.ts'

type Answering = Duplex & { _httpMessage?: { headersSent: boolean } | null }

/** Answers what Node can't read as a request, and closes. Repeats nothing of it. As Node itself does, but in words. */
export function answerUnreadable(baseUrl: string) {
  const headers = [...headersOf(baseUrl), ['Connection', 'close'], ['Content-Type', 'text/plain; charset=utf-8']]
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')
  return (error: Error & { code?: string }, socket: Answering): void => {
    if (socket.writable && !socket._httpMessage?.headersSent) {
      const { status, words = '' } = ANSWERS[error.code ?? ''] ?? { status: '400 Bad Request' }
      socket.write(`HTTP/1.1 ${status}\r\n${lines}Content-Length: ${words.length}\r\n\r\n${words}`)
    }
    socket.destroy()
  }
}

const LINE_END = {
  status: '400 Bad Request',
  words:
    'A header has a line break or another character in it that no header can have. ' +
    'A token read from a file that was saved on Windows brings a carriage return along: remove it, with tr -d "\\r" for one.\n',
}

const ANSWERS: Record<string, { status: string; words?: string }> = {
  HPE_CR_EXPECTED: LINE_END,
  HPE_LF_EXPECTED: LINE_END,
  HPE_INVALID_HEADER_TOKEN: LINE_END,
  HPE_HEADER_OVERFLOW: { status: '431 Request Header Fields Too Large' },
  HPE_CHUNK_EXTENSIONS_OVERFLOW: { status: '413 Payload Too Large' },
  ERR_HTTP_REQUEST_TIMEOUT: { status: '408 Request Timeout' },
}
