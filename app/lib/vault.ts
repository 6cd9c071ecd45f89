import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto'
import { constantTimeEqual } from '@oslojs/crypto/subtle'

/** One master key. `id` is short and public; `key` is 32 random bytes. */
export type MasterKey = { id: string; key: Uint8Array }

/** What a sub-key is for. A value sealed for one purpose doesn't open for another. */
export type Purpose =
  | 'factor-secret'
  | 'factor-challenge'
  | 'recovery-code'
  | 'recovery-code-hash'
  | 'rescue-code-hash'
  | 'enrolment'
  | 'enrolment-signature'
  | 'access-token-once'
  | 'client-secret-once'
  | 'mail'
  | 'mail-link'
  | 'event-seal'
  | 'openid-record'
  | 'openid-key'
  | 'openid-cookie'

/** What a column's values are sealed as, and the place of the row with that key. */
export type SealedAs = { purpose: Purpose; place(key: string): string }

/** Of what `seal` or `hash` made. */
export const keyIdOf = (sealed: string): string => sealed.slice(0, Math.max(0, sealed.indexOf('.')))

export type Vault = ReturnType<typeof createVault>

const NONCE = 12 // bytes, NIST SP 800-38D section 5.2.1.1
const TAG = 16 // bytes

/**
 * Seals with AES-256-GCM and authenticates with HMAC-SHA-256, under sub-keys that HKDF (RFC 5869) derives by purpose.
 * `keys` is newest first: everything new is sealed with the first, all of them still open.
 * Throws when there is no key, or one that is not 32 bytes long.
 */
export function createVault(keys: readonly MasterKey[]) {
  const [newest] = keys
  if (!newest) throw new Error('The vault needs at least one key.')
  for (const { id, key } of keys) if (key.length !== 32) throw new Error(`Key ${id} is not 32 bytes long.`)

  const derived = new Map<string, Buffer>()
  function subKey(master: MasterKey, purpose: Purpose): Buffer {
    const name = `${master.id} ${purpose}`
    let key = derived.get(name)
    if (!key) {
      key = Buffer.from(hkdfSync('sha256', master.key, '', `latchkey ${purpose}`, 32))
      derived.set(name, key)
    }
    return key
  }

  const mac = (master: MasterKey, purpose: Purpose, text: string) =>
    `${master.id}.${createHmac('sha256', subKey(master, purpose)).update(text).digest('base64url')}`

  return {
    /** Newest first. */
    keyIds: keys.map(({ id }) => id),

    /** `id.base64url(nonce, ciphertext, tag)`. `place` (table, row) is authenticated: a value moved elsewhere doesn't open. */
    seal(purpose: Purpose, place: string, secret: Uint8Array): string {
      const nonce = randomBytes(NONCE)
      const cipher = createCipheriv('aes-256-gcm', subKey(newest, purpose), nonce).setAAD(
        Buffer.from(`${purpose} ${place}`),
      )
      const sealed = Buffer.concat([nonce, cipher.update(secret), cipher.final(), cipher.getAuthTag()])
      return `${newest.id}.${sealed.toString('base64url')}`
    },

    /** The secret, or undefined if the key id is unknown, or if the purpose, the place or a single bit differs. */
    open(purpose: Purpose, place: string, sealed: string): Uint8Array | undefined {
      const dot = sealed.indexOf('.')
      const master = keys.find(({ id }) => id === keyIdOf(sealed))
      if (!master) return undefined
      try {
        const text = sealed.slice(dot + 1)
        const bytes = Buffer.from(text, 'base64url')
        if (bytes.toString('base64url') !== text) return undefined // what is no base64url, and spare bits, would decode to nothing
        const decipher = createDecipheriv('aes-256-gcm', subKey(master, purpose), bytes.subarray(0, NONCE), {
          authTagLength: TAG,
        })
        decipher.setAAD(Buffer.from(`${purpose} ${place}`)).setAuthTag(bytes.subarray(-TAG))
        return Buffer.concat([decipher.update(bytes.subarray(NONCE, -TAG)), decipher.final()])
      } catch {
        return undefined // a forged or damaged value counts as absent, and we don't say which it is
      }
    },

    /** `id.base64url(HMAC-SHA-256)` under the newest key. */
    hash: (purpose: Purpose, text: string): string => mac(newest, purpose, text),

    /** The same text under every key, newest first: the hashes that may be stored. */
    hashes: (purpose: Purpose, text: string): string[] => keys.map((master) => mac(master, purpose, text)),

    /** True if `hash` is this text's under any key. Compares in constant time. */
    verifies: (purpose: Purpose, text: string, hash: string): boolean =>
      keys.some((master) => constantTimeEqual(Buffer.from(mac(master, purpose, text)), Buffer.from(hash))),

    /** The sub-keys of a purpose, newest first, for what signs by itself (Hono's signed cookies). */
    signingKeys: (purpose: Purpose): Buffer[] => keys.map((master) => subKey(master, purpose)),
  }
}
