import { randomBytes } from 'node:crypto'
import {
  type ActiveFactor,
  type Asked,
  type Factor,
  type FactorWrite,
  type Judged,
  type Proven,
  type Refused,
  refused,
} from '../../factor.ts'
import { type Assertion, challengeAnswered, type Registration, readCredential } from './answer.ts'
import { makerOf } from './makers.ts'
import { aloneOptions, challengeOf, creationOptions, requestOptions } from './options.ts'
import { readPasskey, writePasskey } from './stored.ts'
import { type Site, siteAt, verifyAssertion, verifyRegistration } from './verification.ts'

export const PASSKEY = 'passkey'
const CHALLENGE_BYTES = 32 // WebAuthn section 13.4.3: 16 at least
/** Of what is kept and the credential id, in bytes: until Done they have to fit in a cookie, with the recovery codes. */
const KEPT_AT_MOST = 1_100

/** The store's part: what the device said of itself is written where it is still the account's. The counter only ever grows. */
export type PasskeyStore = {
  use(of: { factorId: string; counter: number; isBackedUp: boolean; now: Date }): FactorWrite
}

export type PasskeyRefusal = {
  kind: typeof PASSKEY
  isLate: boolean
  reason: /** Something about the answer is not as it has to be; which, its owner can do nothing about. */
    | 'passkey_refused'
    /** It is none of this account's. */
    | 'passkey_unknown'
    /** It answers what was asked too long ago, or elsewhere. */
    | 'passkey_expired'
    | 'passkey_in_use'
    | 'passkey_too_large'
}

export type PasskeyKind = ReturnType<typeof passkey>

/** Passkeys and security keys (W3C Web Authentication, Level 3). */
export function passkey({ issuer, baseUrl }: { issuer: string; baseUrl: string }, store: PasskeyStore) {
  const site = siteAt(baseUrl)
  const { rpId } = site
  return {
    kind: PASSKEY,
    firstName: 'Passkey',
    isChallenged: true,
    isPhishingResistant: true,
    begin: () => randomBytes(CHALLENGE_BYTES),

    read({ passkey: sent }) {
      if (sent === undefined) return undefined
      const { registration, assertion } = readCredential(sent) ?? {}
      return {
        method: 'passkey',
        enrol: async ({ begun, isInUse }) =>
          registration ? register(site, registration, challengeOf(begun), isInUse) : no('passkey_refused'),
        judge: async (to) => (assertion ? judge(site, store, assertion, to, false) : no('passkey_refused')),
      }
    },

    readAlone({ passkey: sent }) {
      const { assertion } = readCredential(sent) ?? {}
      if (!assertion) return undefined
      return { method: 'passkey', credentialId: assertion.id, judge: (to) => judge(site, store, assertion, to, true) }
    },

    nameOf: ({ secret }) => makerOf(readPasskey(secret).aaguid),
    inUse: no('passkey_in_use'),
    rpId,

    askToRegister: (of: Parameters<typeof creationOptions>[1]) => creationOptions({ issuer, rpId }, of),
    askFor: (challenge: string, factors: ActiveFactor[]) => requestOptions(rpId, challenge, factors),
    askAlone: (challenge: string) => aloneOptions(rpId, challenge),
  } satisfies Factor & Record<string, unknown>
}

async function register(
  site: Site,
  sent: Registration,
  challenge: string,
  isInUse: (credentialId: string) => Promise<boolean>,
): Promise<{ ok: true; proven: Proven } | Refused> {
  const answered = challengeAnswered(sent.response)
  if (answered !== challenge) return no(answered === undefined ? 'passkey_refused' : 'passkey_expired')
  const shown = await verifyRegistration(site, sent, challenge)
  if (!shown) return no('passkey_refused')
  const { passkey, counter, isBackedUp } = shown
  const secret = writePasskey(passkey)
  if (secret.length + Buffer.byteLength(sent.id, 'base64url') > KEPT_AT_MOST) return no('passkey_too_large')
  if (await isInUse(sent.id)) return no('passkey_in_use')
  return { ok: true, proven: { secret, counter, credentialId: sent.id, isBackedUp } }
}

async function judge(
  site: Site,
  store: PasskeyStore,
  sent: Assertion,
  { factors, challenges, userHandle, now }: Asked,
  isAlone: boolean,
): Promise<Judged> {
  const factor = (await factors()).find(({ credentialId }) => credentialId === sent.id)
  if (!factor) return no('passkey_unknown')
  const handle = sent.response.userHandle // some devices send none
  if (handle && handle !== (await userHandle())) return no('passkey_unknown')
  const challenge = challengeAnswered(sent.response)
  if (challenge === undefined) return no('passkey_refused')
  if (!challenges().some((asked) => challengeOf(asked) === challenge)) return no('passkey_expired')
  const { publicKey, isBackupEligible } = readPasskey(factor.secret)
  const shown = await verifyAssertion(site, sent, { challenge, publicKey, isAlone })
  if (!shown || shown.isBackupEligible !== isBackupEligible) return no('passkey_refused')
  const { counter, isBackedUp } = shown
  const proof = store.use({ factorId: factor.id, counter, isBackedUp, now })
  const fell = (counter > 0 || factor.counter > 0) && counter <= factor.counter // those with copies stay at 0
  return { ok: true, proof, otherwise: no('passkey_unknown'), ...(fell && { notice: 'passkey_counter_fell' }) }
}

const no = (reason: PasskeyRefusal['reason']) =>
  refused({ kind: PASSKEY, reason, isLate: reason === 'passkey_expired' } satisfies PasskeyRefusal)
