import { type Assertion, AUTHENTICATOR_DATA_AT_MOST, type Registration } from './answer.ts'
import { ALGORITHMS, isUsable } from './key.ts'
import type { Passkey } from './stored.ts'

/** For whom passkeys are: the origin of pages, and its host. */
export type Site = { origin: string; rpId: string }

export const siteAt = (baseUrl: string): Site => {
  const { origin, hostname } = new URL(baseUrl)
  return { origin, rpId: hostname }
}

/** What a device said with an answer that was right. */
type Shown = { counter: number; isBackedUp: boolean; isBackupEligible: boolean }

// The library takes some megabytes and a moment to load: nobody waits for it who has no passkey.
const library = () => import('@simplewebauthn/server')
const decoding = () => import('@simplewebauthn/server/helpers')

/** WebAuthn section 7.1. Undefined where anything about it is wrong. */
export async function verifyRegistration(
  { origin, rpId }: Site,
  { id, rawId, type, response: { transports, ...response } }: Registration,
  challenge: string,
): Promise<(Shown & { passkey: Passkey }) | undefined> {
  const [{ verifyRegistrationResponse }, { isoCBOR }] = [await library(), await decoding()]
  try {
    const attestationObject = await withoutStatement(response.attestationObject)
    const { verified, registrationInfo: told } = await verifyRegistrationResponse({
      response: { id, rawId, type, clientExtensionResults: {}, response: { ...response, attestationObject } },
      expectedChallenge: challenge,
      expectedOrigin: origin,
      expectedRPID: rpId,
      requireUserVerification: false,
      supportedAlgorithmIDs: ALGORITHMS,
    })
    if (!verified || told.credential.id !== id) return undefined
    const { publicKey, counter } = told.credential
    if (!isUsable(isoCBOR.decodeFirst<Map<number, unknown>>(publicKey))) return undefined
    const isBackupEligible = told.credentialDeviceType === 'multiDevice'
    const { aaguid, userVerified: isVerified, credentialBackedUp: isBackedUp } = told
    const passkey = { publicKey, aaguid, transports, isBackupEligible, isVerified, rpId }
    return { counter, isBackedUp, isBackupEligible, passkey }
  } catch {
    return undefined // the library throws whatever is wrong with an answer, and so do those that it decodes with
  }
}

/** We ask for no attestation and trust none: certificates that are sent all the same are not even looked at. */
async function withoutStatement(attestationObject: string): Promise<string> {
  const { decodeAttestationObject, isoCBOR } = await decoding()
  const authData: unknown = decodeAttestationObject(bytesIn(attestationObject)).get('authData')
  if (!(authData instanceof Uint8Array) || authData.length > AUTHENTICATOR_DATA_AT_MOST)
    throw new Error('There is no authenticator data that we look at.')
  const none = new Map<string, string | Map<string, string> | Uint8Array>()
  none.set('fmt', 'none').set('attStmt', new Map()).set('authData', authData)
  return Buffer.from(isoCBOR.encode(none)).toString('base64url')
}

/** WebAuthn section 7.2, but for the counter, which its caller judges. `isAlone`: its device has to have made sure of its owner. */
export async function verifyAssertion(
  { origin, rpId }: Site,
  { id, rawId, type, response: { userHandle: _, ...response } }: Assertion,
  { challenge, publicKey, isAlone }: { challenge: string; publicKey: Uint8Array; isAlone: boolean },
): Promise<Shown | undefined> {
  const { verifyAuthenticationResponse } = await library()
  try {
    const { verified, authenticationInfo: told } = await verifyAuthenticationResponse({
      response: { id, rawId, type, clientExtensionResults: {}, response },
      expectedChallenge: challenge,
      expectedOrigin: origin,
      expectedRPID: rpId,
      credential: { id, publicKey: new Uint8Array(publicKey), counter: 0 }, // one that fell would be refused
      requireUserVerification: isAlone,
    })
    if (!verified) return undefined
    const isBackupEligible = told.credentialDeviceType === 'multiDevice'
    return { counter: told.newCounter, isBackedUp: told.credentialBackedUp, isBackupEligible }
  } catch {
    return undefined
  }
}

const bytesIn = (text: string) => new Uint8Array(Buffer.from(text, 'base64url'))
