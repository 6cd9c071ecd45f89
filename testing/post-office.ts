import type { AddressInfo } from 'node:net'
import { SMTPServer } from 'smtp-server'
import type { Message } from '#app/mail/mail.ts'
import { writeNotices } from '#app/mail/mailing.ts'
import { CERTIFICATE, CERTIFICATE_KEY } from './certificate.ts'
import { mailsTo } from './mails.ts'
import { BASE_URL } from './names.ts'
import type { Latchkey } from './product.ts'

/** `ehlo` is the name that the sender gave. */
export type ReceivedMail = { to: string[]; raw: string; ehlo: string; encrypted: boolean }

/** What the server does with a mail to an address: how many milliseconds it waits, and what it answers, 250 by default. */
export type Manners = { rcpt?: number; data?: number; thinks?: number }

/**
 * A real SMTP server on this machine, which keeps the mails it takes. With `login`, it wants this password first. With
 * `encryption`, it offers STARTTLS or speaks TLS from the first byte, with the tests' certificate.
 */
export async function smtpServer(
  of: (address: string) => Manners = () => ({}),
  login?: string,
  encryption?: 'starttls' | 'tls',
) {
  const received: ReceivedMail[] = []
  const answer = (code: number | undefined) =>
    code === undefined ? null : Object.assign(new Error('Ada does not live here'), { responseCode: code })
  const server = new SMTPServer({
    authOptional: login === undefined,
    disabledCommands: encryption === 'starttls' ? [] : ['STARTTLS'],
    secure: encryption === 'tls',
    cert: CERTIFICATE,
    key: CERTIFICATE_KEY,
    allowInsecureAuth: true,
    onAuth: ({ password }, _session, callback) =>
      password === login ? callback(null, { user: 'latchkey' }) : callback(new Error('Not you')),
    onRcptTo: ({ address }, _session, callback) => callback(answer(of(address).rcpt)),
    onData(stream, session, callback) {
      const ehlo = String(session.hostNameAppearsAs)
      const to = session.envelope.rcptTo.map(({ address }) => address)
      const { data, thinks = 0 } = of(to[0] ?? '')
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () =>
        setTimeout(() => {
          if (data === undefined)
            received.push({ to, raw: Buffer.concat(chunks).toString(), ehlo, encrypted: session.secure })
          callback(answer(data))
        }, thinks),
      )
    },
  })
  server.on('error', () => {}) // tests also give connections up
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.server.address() as AddressInfo
  return {
    url: `${encryption === 'tls' ? 'smtps' : 'smtp'}://127.0.0.1:${port}`,
    port,
    received,
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  }
}

/** The header's value, unfolded, or ''. */
export const headerOf = (raw: string, name: string): string =>
  new RegExp(`^${name}: (.*(?:\\r?\\n[ \\t].*)*)`, 'im')
    .exec(raw.split(/\r?\n\r?\n/)[0] ?? '')?.[1]
    ?.replaceAll(/\r?\n[ \t]/g, ' ') ?? ''

/** The text of one of the two parts, decoded (RFC 2045 section 6.7). */
export function partOf(raw: string, type: 'text/plain' | 'text/html'): string {
  const part = raw.split(/\r?\n--/).find((each) => each.toLowerCase().includes(`content-type: ${type}`)) ?? ''
  const body = part.slice(part.search(/\r?\n\r?\n/)).replaceAll('\r\n', '\n')
  if (!/quoted-printable/i.test(part)) return body
  const bytes = body
    .replaceAll('=\n', '')
    .replaceAll(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)))
  return Buffer.from(bytes, 'latin1').toString()
}

/** What is queued for an address, oldest first, once the mails about events are written. */
export async function queuedFor(product: Latchkey, email: string): Promise<Message[]> {
  await writeNotices(product.deps)
  return mailsTo(product, email)
}

/** The path that a mail's link leads to. */
export const pathIn = ({ link }: Message): string => link?.href.slice(BASE_URL.length) ?? ''
