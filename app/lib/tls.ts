import { isIP } from 'node:net'

/** Whether a host name or address is this machine, where nobody can listen on the way. */
export function isLoopback(host: string): boolean {
  const name = host.toLowerCase().replace(/^\[(.+)\]$/, '$1')
  if (isIP(name) === 4) return name.startsWith('127.')
  if (isIP(name) === 6) return name === '::1' || /^::ffff:(127\.|7f[0-9a-f]{2}:)/.test(name)
  return name === 'localhost' || name.endsWith('.localhost') // RFC 6761 section 6.3
}

/** The codes of a certificate that doesn't hold: OpenSSL's, as Node names them, and Node's own for another name. */
const UNTRUSTED =
  /(^|_)CERT(_|$)|^UNABLE_TO_(GET|DECODE|DECRYPT|VERIFY)_|^(INVALID_CA|INVALID_PURPOSE|HOSTNAME_MISMATCH)$/

/** Whether a connection failed because the other side's certificate isn't trusted. */
export const isUntrusted = (code: string | undefined): boolean => code !== undefined && UNTRUSTED.test(code)
