import assert from 'node:assert/strict'
import { type AddressInfo, createServer } from 'node:net'
import { test } from 'node:test'
import { mailTransport } from './transport.ts'

/** A mail server that takes everything; `lines` is what it was sent, as it came over the wire. */
async function listening() {
  const lines: string[] = []
  const server = createServer((socket) => {
    let data = false
    socket.on('error', () => {})
    socket.write('220 here\r\n')
    let rest = ''
    socket.on('data', (chunk) => {
      const read = (rest + chunk).split('\r\n')
      rest = read.pop() ?? ''
      for (const line of read) {
        lines.push(line)
        if (data && line !== '.') continue
        data = line === 'DATA'
        socket.write(data ? '354 go on\r\n' : line === 'QUIT' ? '221 bye\r\n' : '250 taken\r\n')
      }
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { url: `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`, lines, close: () => server.close() }
}

test('a mail to any address that an account may have names it alone, in ASCII, on the envelope and in its header', async (t) => {
  const addresses = [
    'r&d@example.com',
    "o'neil@example.com",
    '{x}`q`%s@example.com',
    "!#$%&'*+/=?^_`{|}~-@example.com",
    '-x@example.com',
    'ada@xn--mller-kva.example',
    'ada@xn--e1afmkfd.xn--p1ai',
  ]
  for (const to of addresses) {
    const server = await listening()
    t.after(server.close)
    const transport = mailTransport({
      issuer: 'Latchkey',
      baseUrl: 'https://accounts.example.com',
      mailFolder: '',
      smtpUrl: server.url,
    })
    const message = { to, subject: 'Hello', paragraphs: ['Hello.'] }
    assert.deepEqual(await transport.deliver({ id: 'mail-1', message, createdAt: new Date(0) }), { ok: true }, to)
    const about = (start: RegExp) => server.lines.filter((line) => start.test(line))
    assert.deepEqual(about(/^RCPT/i), [`RCPT TO:<${to}>`])
    assert.deepEqual(about(/^(to|cc|bcc):/i), [`To: ${to}`])
  }
})
