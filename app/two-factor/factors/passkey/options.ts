import type { ActiveFactor } from '../../factor.ts'
import { ALGORITHMS } from './key.ts'
import { readPasskey } from './stored.ts'

/** The challenge of WebAuthn, as its JSON has it: of the bytes that an enrolment begins with, or of the text that a sign-in asks. */
export const challengeOf = (asked: Uint8Array | string): string => Buffer.from(asked).toString('base64url')

const TIMEOUT = 5 * 60_000 // milliseconds: reading a PIN off somewhere takes its time

type Registering = {
  begun: Uint8Array
  userHandle: string
  email: string
  displayName: string | null
  others: ActiveFactor[]
}

/** What `navigator.credentials.create()` is given, for `PublicKeyCredential.parseCreationOptionsFromJSON()`. */
export const creationOptions = (
  { issuer, rpId }: { issuer: string; rpId: string },
  { begun, userHandle, email, displayName, others }: Registering,
) => ({
  rp: { id: rpId, name: issuer },
  user: { id: userHandle, name: email, displayName: displayName ?? email },
  challenge: challengeOf(begun),
  pubKeyCredParams: ALGORITHMS.map((alg) => ({ type: 'public-key', alg })),
  timeout: TIMEOUT,
  excludeCredentials: described(others),
  authenticatorSelection: { residentKey: 'preferred', userVerification: 'preferred' },
  attestation: 'none',
})

/** What `navigator.credentials.get()` is given after the password. */
export const requestOptions = (rpId: string, challenge: string, factors: ActiveFactor[]) => ({
  rpId,
  challenge: challengeOf(challenge),
  timeout: TIMEOUT,
  allowCredentials: described(factors),
  userVerification: 'preferred',
})

/** The same instead of the password: any passkey, of a device that makes sure of its owner. */
export const aloneOptions = (rpId: string, challenge: string) => ({
  rpId,
  challenge: challengeOf(challenge),
  timeout: TIMEOUT,
  userVerification: 'required',
})

const described = (factors: ActiveFactor[]) =>
  factors.flatMap(({ credentialId: id, secret }) =>
    id === null ? [] : [{ type: 'public-key', id, transports: readPasskey(secret).transports }],
  )
