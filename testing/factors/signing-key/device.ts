import { generateKeyPairSync, sign } from 'node:crypto'
import { signedText } from './signing-key.ts'

export type Device = ReturnType<typeof device>

/** The device itself: it keeps the key, and counts. `counting` is of a copy that goes on from there. */
export function device() {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  const public_key = publicKey.export({ format: 'jwk' }).x ?? ''
  let signed = 0
  return {
    public_key,
    /** The three fields of an answer, as a form sends them. */
    answer(purpose: 'enrol' | 'sign-in', challenge: string, counting?: number) {
      const count = counting ?? ++signed
      const signature = sign(null, signedText(purpose, challenge, count), privateKey).toString('base64url')
      return { public_key, signature, count: String(count) }
    },
  }
}
