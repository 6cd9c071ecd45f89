import { mkdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { SendMailOptions, Transporter } from 'nodemailer'
import { isLoopback, isUntrusted } from '../lib/tls.ts'
import type { MailFailure } from './failures.ts'
import type { Message } from './mail.ts'

/** A mail on its way. The row's id names it, so receivers recognize a second copy. */
export type Outgoing = { id: string; message: Message; createdAt: Date }

/** `permanent`: the server won't take mail for this address, now or later. */
export type Delivery = { ok: true } | NotTaken
type NotTaken = { ok: false; permanent: boolean } & MailFailure

export type MailTransport = { deliver(mail: Outgoing): Promise<Delivery> }

export type TransportSettings = {
  /** Undefined: mails go into `mailFolder`, as files that mail programs open. */
  smtpUrl?: string | undefined
  /** Mail and a password may go to any server without encryption. */
  smtpPlain?: boolean
  /** Undefined: the issuer, at the site's own host. */
  mailFrom?: string | undefined
  mailFolder: string
  issuer: string
  baseUrl: string
}

const TEN_SECONDS = 10_000
/** Milliseconds that a server may keep us waiting: to connect, to greet, and between any two answers. */
const PATIENCE = { connectionTimeout: TEN_SECONDS, greetingTimeout: TEN_SECONDS, socketTimeout: 2 * TEN_SECONDS }
/** Milliseconds for a whole mail, even if a lively server never finishes. */
export const DELIVERY_AT_MOST = 60_000

/** Nothing in a mail is a file or an address to fetch. */
const CLOSED = { disableFileAccess: true, disableUrlAccess: true }

type Patience = typeof PATIENCE & { atMost: number }
type Compose = (mail: Outgoing) => SendMailOptions

/**
 * Hands mails to the SMTP server of `smtpUrl`, or writes each as `.eml` (RFC 5322) into the folder. Never throws because of what a
 * server says or does. A server that takes a mail but can't say so within `patience` gets it twice.
 */
export function mailTransport(
  settings: TransportSettings,
  patience: Patience = { ...PATIENCE, atMost: DELIVERY_AT_MOST },
): MailTransport {
  const { smtpUrl, smtpPlain = false, mailFolder, baseUrl } = settings
  const compose: Compose = (mail) => composed(mail, settings)
  if (smtpUrl === undefined) return toFolder(mailFolder, compose)
  const name = new URL(baseUrl).hostname // for EHLO, because the machine's name may mean nothing to the server
  return toServer({ url: smtpUrl, name, ...encryptionFor(smtpUrl, smtpPlain) }, patience, compose)
}

/** A password, or mail to another machine, goes encrypted to a server that proves its name, or not at all. */
export function encryptionFor(smtpUrl: string, mayBePlain: boolean) {
  const requireTLS = mustEncrypt(smtpUrl) && !mayBePlain
  // If plain is good enough, so is a certificate that nobody signed. smtps: asks for more.
  return requireTLS || smtpUrl.startsWith('smtps:')
    ? { requireTLS }
    : { requireTLS, tls: { rejectUnauthorized: false } }
}

/** Whether the server is another machine, or gets a password. */
function mustEncrypt(smtpUrl: string): boolean {
  const { hostname, password, searchParams } = new URL(smtpUrl)
  return password !== '' || !isLoopback(hostname) || searchParams.has('service') // which names another host
}

type Server = { url: string; name: string; requireTLS: boolean; tls?: { rejectUnauthorized: boolean } }

function toServer(server: Server, { atMost, ...patience }: Patience, compose: Compose): MailTransport {
  let made: Promise<Transporter> | undefined
  return {
    async deliver(mail) {
      if (!isAddress(mail.message.to)) return NOT_AN_ADDRESS
      // Loaded with the first mail, so a server without mail starts without it.
      made ??= import('nodemailer').then(({ createTransport }) =>
        createTransport({ ...server, ...patience, ...CLOSED }),
      )
      const ended = new AbortController()
      try {
        const late = pause(atMost, LATE, { ref: false, signal: ended.signal })
        const sent = await Promise.race([(await made).sendMail(compose(mail)), late])
        return sent === LATE ? notNow('too_slow') : { ok: true }
      } catch (error) {
        return refused(error, server.requireTLS)
      } finally {
        ended.abort()
      }
    },
  }
}

function toFolder(folder: string, compose: Compose): MailTransport {
  return {
    async deliver(mail) {
      if (!isAddress(mail.message.to)) return NOT_AN_ADDRESS
      const { createTransport } = await import('nodemailer')
      const { message } = await createTransport({ streamTransport: true, buffer: true, ...CLOSED }).sendMail(
        compose(mail),
      )
      const name = `${mail.createdAt.toISOString().replaceAll(/[:.]/g, '-')}-${mail.id}`
      try {
        await mkdir(folder, { recursive: true, mode: 0o700 })
        // Under another name until it is whole, so nobody reads half a mail.
        const unfinished = join(folder, `.${name}.tmp`)
        await writeFile(unfinished, message as Buffer, { mode: 0o600 })
        await rename(unfinished, join(folder, `${name}.eml`))
        return { ok: true }
      } catch {
        return notNow('folder_refuses')
      }
    },
  }
}

const LATE = Symbol('late')
const NOT_AN_ADDRESS: Delivery = { ok: false, permanent: true, reason: 'no_address', reply: null }

/** One address and nothing around it: no second receiver, no header line, no command to the server fits in. */
const isAddress = (text: string) => /^[^\s\p{Cc}<>()[\]\\,;:"@]+@[^\s\p{Cc}<>()[\]\\,;:"@]+$/u.test(text)

/** The same mail always has the same text: its date is the row's, its Message-ID comes from the row's id. */
function composed(
  { id, message, createdAt }: Outgoing,
  { mailFrom, issuer, baseUrl }: TransportSettings,
): SendMailOptions {
  const host = new URL(baseUrl).hostname
  const from = mailFrom ?? { name: issuer, address: `no-reply@${host}` }
  return {
    from,
    to: { name: '', address: message.to },
    subject: oneLine(message.subject),
    text: textOf(message),
    html: htmlOf(message),
    messageId: `<${id}@${host}>`,
    date: createdAt,
    headers: { 'Auto-Submitted': 'auto-generated' }, // RFC 3834: no out-of-office reply answers it
  }
}

/** A line break in a header would begin a new one. */
const oneLine = (text: string) => text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')

const textOf = ({ paragraphs, link, after = [] }: Message) =>
  `${[...paragraphs, ...(link ? [`${link.text}:\n${link.href}`] : []), ...after].join('\n\n')}\n`

function htmlOf({ language = 'en', subject, paragraphs, link, after = [] }: Message) {
  const body = [
    ...paragraphs.map((text) => `<p>${escaped(text)}</p>`),
    ...(link ? [`<p><a href="${escaped(link.href)}"><strong>${escaped(link.text)}</strong></a></p>`] : []),
    ...after.map((text) => `<p><small>${escaped(text)}</small></p>`),
  ]
  return `<!doctype html>
<html lang="${escaped(language)}">
<head><meta charset="utf-8"><title>${escaped(subject)}</title></head>
<body style="font-family: system-ui, sans-serif; line-height: 1.5; max-width: 36em">
${body.join('\n')}
</body>
</html>
`
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
const escaped = (text: string) => text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? '')

const notNow = (reason: MailFailure['reason'], reply: number | null = null): NotTaken => ({
  ok: false,
  permanent: false,
  reason,
  reply,
})

/** What went wrong: nothing of what a server says but its code, because its words may contain the address. */
function refused(error: unknown, mustEncrypt: boolean): NotTaken {
  const { command, responseCode } = error as { command?: string; responseCode?: number }
  const reply = responseCode ?? null
  // RFC 5321 section 4.2.1: 5yz is a permanent refusal. It must be of the address or the message, not of us at the door.
  const permanent = (responseCode ?? 0) >= 500 && (command === 'RCPT TO' || command === 'DATA')
  if (permanent) return { ok: false, permanent, reason: 'refused_for_good', reply }
  if (isAboutCertificate(error)) return notNow('not_trusted')
  const reasons: Record<string, MailFailure['reason']> = {
    EAUTH: 'sign_in_refused',
    ETIMEDOUT: 'no_answer',
    ETLS: mustEncrypt ? 'only_plain' : 'not_encrypted',
    EENVELOPE: 'refused',
    EMESSAGE: 'refused',
  }
  return notNow(reasons[codeOf(error)] ?? 'unreachable', reply)
}

/** If the other end doesn't speak TLS, as when smtps: asks a port for smtp:, that is no system error. */
function codeOf(error: unknown) {
  const { code = '', originalCode = '' } = error as { code?: string; originalCode?: string }
  return /^(ERR_SSL_|EPROTO$)/.test(originalCode) ? 'ETLS' : code
}

/** After STARTTLS the code gets lost, and only OpenSSL's words are left. */
function isAboutCertificate(error: unknown): boolean {
  const { code, originalCode, message } = error as { code?: string; originalCode?: string; message?: string }
  return isUntrusted(originalCode) || (code === 'ETLS' && /certificate|altnames/i.test(message ?? ''))
}
