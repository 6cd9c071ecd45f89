// What the three settings that are URLs may be. Each returns the sentence for the operator, or undefined if all is well.
import { isLoopback } from './lib/tls.ts'
import { encryptionFor } from './mail/transport.ts'

/** The one address that people type. */
export function wrongSite(url: string, mayBeHttp: boolean): string | undefined {
  const { protocol, hostname, username, password, pathname, search, hash } = new URL(url)
  if (username || password)
    return 'BASE_URL must have no user or password: write it as in https://accounts.example.com.'
  if (pathname !== '/' || search || hash)
    return 'BASE_URL must have no path: Latchkey lives at the root of its own host.'
  if (hostname.includes('*')) return 'BASE_URL must name one host, without *: write the address that people type.'
  if (['0.0.0.0', '[::]'].includes(hostname))
    return `BASE_URL must be the address that people type: ${hostname.replace(/[[\]]/g, '')} is for HOST.`
  if (hostname.endsWith('.'))
    return 'BASE_URL must have no dot at the end of its host: write it as in https://accounts.example.com.'
  if (protocol === 'http:' && !isLoopback(hostname) && !mayBeHttp)
    return 'BASE_URL must begin with https:, since passwords can be read on the way over http: set ALLOW_HTTP=yes if that is what you want.'
  return undefined
}

/** Unless `mayBePlain`, no option may undo the encryption that its server needs. */
export function wrongMailServer(url: string, mayBePlain: boolean): string | undefined {
  if (url.includes('#') || !URL.canParse(url))
    return percentEncoded('SMTP_URL', 'smtp://user:p%23w@mail.example.com:587')
  const { pathname, search, searchParams } = new URL(url)
  if (/[^/]/.test(pathname) || search.includes('@'))
    return percentEncoded('SMTP_URL', 'smtp://user:p%23w@mail.example.com:587')
  const weak = [...searchParams].find(
    ([name, value]) => name === 'secured' || (/^(requireTLS|tls\.rejectUnauthorized)$/.test(name) && value !== 'true'),
  )
  if (weak && !mayBePlain && encryptionFor(url, mayBePlain).requireTLS)
    return `SMTP_URL must not give up encryption with ${weak[0]}: take it out, or set SMTP_PLAIN=yes.`
  return undefined
}

export function wrongDatabase(url: string): string | undefined {
  if (url.startsWith('file:')) return undefined
  const isUrl = URL.canParse(url) || URL.canParse(url.replace('@/', '@host/')) // the driver takes a URL without a host
  if (url.includes('#') || !isUrl) return percentEncoded('DATABASE_URL', 'postgres://latchkey:p%23w@127.0.0.1/latchkey')
  return undefined
}

const percentEncoded = (name: string, example: string) =>
  `${name} must have the characters / ? # @ and % of its user and password percent-encoded, as in ${example}.`
