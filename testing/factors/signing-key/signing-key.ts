// A second kind of second factor, for tests alone: a device with an Ed25519 key signs a challenge and how often it has signed.
// Not part of what is built.
import { createPublicKey, randomBytes, verify } from 'node:crypto'
import { z } from 'zod'
import { type ActiveFactor, type Factor, type FactorWrite, type Judged, refused } from '#app/two-factor/factor.ts'

export const KIND = 'signing-key'

/** The store's part: the count is the one that was read, or somebody has signed in with the key since. */
export type SigningKeyStore = {
  count(of: { factorId: string; seen: number; count: number; now: Date }): FactorWrite
}

export type SigningKeyRefusal = {
  kind: typeof KIND
  reason: 'wrong_signature' | 'unknown_key' | 'count_fell'
}

/** What is signed. The purpose is in it, so that an answer to one question answers no other. */
export const signedText = (purpose: 'enrol' | 'sign-in', challenge: string, count: number): Buffer =>
  Buffer.from(`${purpose} ${challenge} ${count}`)

const Sent = z.object({
  public_key: z.string().max(100),
  signature: z.string().max(100),
  count: z.coerce.number().int().nonnegative(),
})

export const signingKey = (store: SigningKeyStore) =>
  ({
    kind: KIND,
    firstName: 'Signing key',
    isChallenged: true,
    isPhishingResistant: false, // it signs whatever it is shown
    begin: () => randomBytes(32),

    read(fields) {
      const { data: sent } = Sent.safeParse(fields)
      if (!sent) return undefined
      const key = Buffer.from(sent.public_key, 'base64url')
      const isSigned = (text: Buffer) => isSignedBy(key, text, Buffer.from(sent.signature, 'base64url'))
      return {
        method: 'authenticator',
        async enrol({ begun }) {
          if (!isSigned(signedText('enrol', challengeIn(begun), sent.count))) return no('wrong_signature')
          return { ok: true, proven: { secret: key, counter: sent.count } }
        },
        async judge({ factors, challenges, now }) {
          const factor = (await factors()).find(({ secret }) => key.equals(secret))
          if (!factor) return no('unknown_key')
          if (!challenges().some((asked) => isSigned(signedText('sign-in', asked, sent.count))))
            return no('wrong_signature')
          return counted(store, factor, sent.count, now)
        },
      }
    },
  }) satisfies Factor

export const challengeIn = (begun: Uint8Array): string => Buffer.from(begun).toString('base64url')

function counted(store: SigningKeyStore, { id, counter: seen }: ActiveFactor, count: number, now: Date): Judged {
  if (count <= seen) return no('count_fell')
  return { ok: true, proof: store.count({ factorId: id, seen, count, now }), otherwise: no('count_fell') }
}

const no = (reason: SigningKeyRefusal['reason']) => refused({ kind: KIND, reason } satisfies SigningKeyRefusal)

function isSignedBy(key: Buffer, text: Buffer, signature: Buffer): boolean {
  try {
    const publicKey = createPublicKey({
      format: 'jwk',
      key: { kty: 'OKP', crv: 'Ed25519', x: key.toString('base64url') },
    })
    return verify(null, text, publicKey, signature)
  } catch {
    return false // what is no key at all has signed nothing
  }
}
