import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'
import { z } from 'zod'
import { type Cbor, cbor } from './cbor.ts'
import { BASE_URL } from './names.ts'

/** What it takes of what a page asks. */
export const CreationOptions = z.looseObject({
  challenge: z.string(),
  rp: z.looseObject({ id: z.string() }),
  user: z.looseObject({ id: z.string() }),
})
export const RequestOptions = z.looseObject({ challenge: z.string(), rpId: z.string() })
export type CreationOptions = z.infer<typeof CreationOptions>
export type RequestOptions = z.infer<typeof RequestOptions>

export type Algorithm = 'ES256' | 'EdDSA' | 'RS256'

type Made = {
  algorithm?: Algorithm
  /** The page that asks. */
  origin?: string
  aaguid?: string
  transports?: string[]
  idLength?: number
  /** Whether it makes sure of its owner. */
  verifies?: boolean
  isBackupEligible?: boolean
  isBackedUp?: boolean
  /** Those with copies stay at zero. */
  counts?: boolean
  /** Whether it says whose account it is for. */
  sendsUserHandle?: boolean
}

/** What an attacker would rather send. Whatever is left out is as it should be. */
export type Instead = {
  origin?: string
  rpId?: string
  type?: string
  challenge?: string
  crossOrigin?: boolean
  topOrigin?: string
  flags?: { present?: boolean; verified?: boolean; backupEligible?: boolean; backedUp?: boolean }
  counter?: number
  id?: Uint8Array
  userHandle?: string | null
  publicKey?: Cbor
  format?: string
  statement?: Cbor
  authenticatorData?: Uint8Array
  attestationObject?: Uint8Array
  signature?: Uint8Array
}

export type SoftwareAuthenticator = ReturnType<typeof softwareAuthenticator>

/** A passkey without a device: it answers as browsers do (`PublicKeyCredential.toJSON()`), as the text that a form sends. */
export function softwareAuthenticator(made: Made = {}) {
  const { algorithm = 'ES256', origin = BASE_URL, transports = ['internal'], counts = false } = made
  const { verifies = true, isBackupEligible = false, isBackedUp = false, sendsUserHandle = true } = made
  const keys = newKeys(algorithm)
  const id = randomBytes(made.idLength ?? 32)
  const aaguid = Buffer.from((made.aaguid ?? '0'.repeat(32)).replaceAll('-', ''), 'hex')
  let user: string | undefined
  let counted = 0

  const clientData = (type: string, challenge: string, instead: Instead) =>
    Buffer.from(
      JSON.stringify({
        type: instead.type ?? type,
        challenge: instead.challenge ?? challenge,
        origin: instead.origin ?? origin,
        crossOrigin: instead.crossOrigin ?? false,
        ...(instead.topOrigin !== undefined && { topOrigin: instead.topOrigin }),
      }),
    )

  /** WebAuthn section 6.1. */
  function authenticatorData(rpId: string, instead: Instead, attested?: Buffer) {
    const { flags = {} } = instead
    const bits = [
      (flags.present ?? true) && 0x01,
      (flags.verified ?? verifies) && 0x04,
      (flags.backupEligible ?? isBackupEligible) && 0x08,
      (flags.backedUp ?? isBackedUp) && 0x10,
      attested && 0x40,
    ]
    const counter = Buffer.alloc(4)
    counter.writeUInt32BE(instead.counter ?? (counts ? ++counted : 0))
    const flag = Buffer.from([bits.reduce<number>((sum, bit) => sum | (bit || 0), 0)])
    return Buffer.concat([sha256(instead.rpId ?? rpId), flag, counter, attested ?? Buffer.alloc(0)])
  }

  const answer = (instead: Instead, response: Record<string, unknown>) => {
    const named = Buffer.from(instead.id ?? id).toString('base64url')
    const rest = { authenticatorAttachment: 'platform', clientExtensionResults: {} }
    return JSON.stringify({ id: named, rawId: named, type: 'public-key', ...rest, response })
  }

  return {
    id: id.toString('base64url'),
    publicKey: keys.cose,
    /** Whatever it is given. */
    signs: keys.sign,

    /** As `navigator.credentials.create()`. */
    register({ challenge, rp, user: asked }: CreationOptions, instead: Instead = {}): string {
      user = asked.id
      const credentialId = Buffer.from(instead.id ?? id)
      const length = Buffer.alloc(2)
      length.writeUInt16BE(credentialId.length)
      const attested = Buffer.concat([aaguid, length, credentialId, cbor(instead.publicKey ?? keys.cose)])
      const authData = instead.authenticatorData ?? authenticatorData(rp.id, instead, attested)
      const object = new Map<string, Cbor>([
        ['fmt', instead.format ?? 'none'],
        ['attStmt', instead.statement ?? new Map()],
        ['authData', authData],
      ])
      return answer(instead, {
        clientDataJSON: clientData('webauthn.create', challenge, instead).toString('base64url'),
        attestationObject: Buffer.from(instead.attestationObject ?? cbor(object)).toString('base64url'),
        transports,
      })
    },

    /** As `navigator.credentials.get()`. */
    sign({ challenge, rpId }: RequestOptions, instead: Instead = {}): string {
      const client = clientData('webauthn.get', challenge, instead)
      const authData = Buffer.from(instead.authenticatorData ?? authenticatorData(rpId, instead))
      const signature = instead.signature ?? keys.sign(Buffer.concat([authData, sha256(client)]))
      const handle = instead.userHandle === undefined ? (sendsUserHandle ? user : null) : instead.userHandle
      return answer(instead, {
        clientDataJSON: client.toString('base64url'),
        authenticatorData: authData.toString('base64url'),
        signature: Buffer.from(signature).toString('base64url'),
        userHandle: handle ?? null,
      })
    },
  }
}

const sha256 = (data: string | Uint8Array) => createHash('sha256').update(data).digest()

/** The public key in COSE (RFC 9053, section 7; RFC 8230, section 4), and what signs with the private one. */
function newKeys(algorithm: Algorithm): { cose: Map<number, Cbor>; sign(data: Buffer): Buffer } {
  const signedWith = (key: KeyObject, hash: string | null) => (data: Buffer) => sign(hash, data, key)
  switch (algorithm) {
    case 'ES256': {
      const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
      const { x, y } = publicKey.export({ format: 'jwk' })
      const cose = [
        [1, 2],
        [3, -7],
        [-1, 1],
        [-2, bytes(x)],
        [-3, bytes(y)],
      ] satisfies [number, Cbor][]
      return { cose: new Map<number, Cbor>(cose), sign: signedWith(privateKey, 'sha256') }
    }
    case 'EdDSA': {
      const { privateKey, publicKey } = generateKeyPairSync('ed25519')
      const { x } = publicKey.export({ format: 'jwk' })
      const cose = [
        [1, 1],
        [3, -8],
        [-1, 6],
        [-2, bytes(x)],
      ] satisfies [number, Cbor][]
      return { cose: new Map<number, Cbor>(cose), sign: signedWith(privateKey, null) }
    }
    case 'RS256': {
      const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
      const { n, e } = publicKey.export({ format: 'jwk' })
      const cose = [
        [1, 3],
        [3, -257],
        [-1, bytes(n)],
        [-2, bytes(e)],
      ] satisfies [number, Cbor][]
      return { cose: new Map<number, Cbor>(cose), sign: signedWith(privateKey, 'sha256') }
    }
  }
}

const bytes = (text: string | undefined) => Buffer.from(text ?? '', 'base64url')
