import { crc32 } from 'node:zlib'
import { randomString } from '../lib/random.ts'

// `lk_`, 32 characters of base62 (190 bits), and 6 of CRC-32 over all of these. So secret scanners recognize tokens, and we
// recognize typing mistakes, without asking the database.
const PREFIX = 'lk_'
const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const SHAPE = /^lk_[0-9A-Za-z]{32}[0-9A-Za-z]{6}$/
const CHECKSUM = 6

export function newAccessToken(): string {
  const body = PREFIX + randomString(BASE62, 32)
  return body + checksum(body)
}

/** Whether a string has the form and checksum of an access token. Doesn't say whether it opens anything. */
export const isAccessToken = (text: string): boolean =>
  SHAPE.test(text) && checksum(text.slice(0, -CHECKSUM)) === text.slice(-CHECKSUM)

/** What lists show of a token, to tell it from others. */
export const hintOf = (token: string): string => `${PREFIX}…${token.slice(-4)}`

function checksum(body: string): string {
  let rest = crc32(body)
  let digits = ''
  for (let place = 0; place < CHECKSUM; place++) {
    digits = (BASE62[rest % BASE62.length] ?? '') + digits
    rest = Math.floor(rest / BASE62.length)
  }
  return digits
}
