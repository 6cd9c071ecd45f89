import { createHmac } from 'node:crypto'
import { decodeBase32IgnorePadding } from '@oslojs/encoding'

/**
 * A time step's code, computed here and not by the product's library (RFC 6238, RFC 4226 section 5.3). The key as bytes, or as the
 * base32 that people see.
 */
export function codeOf(key: string | Uint8Array, at: Date, stepsAway = 0): string {
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(Math.floor(at.getTime() / 30_000) + stepsAway))
  const mac = createHmac('sha1', typeof key === 'string' ? decodeBase32IgnorePadding(key) : key)
    .update(counter)
    .digest()
  const offset = (mac.at(-1) ?? 0) & 0xf
  return String((mac.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, '0')
}
