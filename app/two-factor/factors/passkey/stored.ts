// What is kept of a passkey, in few bytes: until Done it is in a cookie.

/** `publicKey` is in COSE (RFC 9052, section 7). */
export type Passkey = {
  publicKey: Uint8Array
  aaguid: string
  transports: string[]
  /** Whether copies of it may be made; that never changes (WebAuthn section 6.1.3). */
  isBackupEligible: boolean
  /** Whether its device made sure of its owner when it was registered. */
  isVerified: boolean
  /** The host it was made for. It is good for no other. */
  rpId: string
}

const VERSION = 1
const [BACKUP_ELIGIBLE, VERIFIED] = [1, 2]
const HEAD = 3 // bytes: version, flags, transports
const AAGUID = 16
/** Ways to a device, in the order of their bits (WebAuthn section 5.8.4). */
const TRANSPORTS = ['usb', 'nfc', 'ble', 'smart-card', 'hybrid', 'internal', 'cable']

export function writePasskey({ publicKey, aaguid, transports, isBackupEligible, isVerified, rpId }: Passkey): Buffer {
  const ways = TRANSPORTS.reduce((bits, way, place) => bits | (transports.includes(way) ? 1 << place : 0), 0)
  const flags = (isBackupEligible ? BACKUP_ELIGIBLE : 0) | (isVerified ? VERIFIED : 0)
  const host = Buffer.from(rpId)
  return Buffer.concat([
    Buffer.from([VERSION, flags, ways]),
    Buffer.from(aaguid.replaceAll('-', ''), 'hex'),
    Buffer.from([host.length]),
    host,
    publicKey,
  ])
}

export function readPasskey(secret: Uint8Array): Passkey {
  const bytes = Buffer.from(secret)
  const [, flags = 0, ways = 0] = bytes
  const host = HEAD + AAGUID + 1
  const key = host + bytes.readUInt8(host - 1)
  return {
    publicKey: new Uint8Array(bytes.subarray(key)),
    aaguid: asUuid(bytes.toString('hex', HEAD, HEAD + AAGUID)),
    transports: TRANSPORTS.filter((_, place) => ways & (1 << place)),
    isBackupEligible: (flags & BACKUP_ELIGIBLE) !== 0,
    isVerified: (flags & VERIFIED) !== 0,
    rpId: bytes.toString('utf8', host, key),
  }
}

const asUuid = (hex: string) => hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
