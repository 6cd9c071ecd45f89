import { randomBytes } from 'node:crypto'
import { encodeBase32UpperCaseNoPadding } from '@oslojs/encoding'
import { NodeCryptoPlugin } from '@otplib/plugin-crypto-node'
import { generateURI, verify } from 'otplib'
import { toString as drawQrCode } from 'qrcode'
import { readTypedCode } from '../../../lib/codes.ts'
import {
  type ActiveFactor,
  type Factor,
  type FactorWrite,
  type Finding,
  type FromElsewhere,
  type Judged,
  refused,
} from '../../factor.ts'
import { readKey, readOtpauth } from './otpauth.ts'

const SECRET_BYTES = 20 // RFC 4226 section 4, R6: 160 bits recommended
// RFC 4226 section 4, R6: 128 bits are required. What is longer than a block of SHA-1 is no stronger, and otplib refuses both.
const [SECRET_BYTES_AT_LEAST, SECRET_BYTES_AT_MOST] = [16, 64]
export const STEP_SECONDS = 30 // RFC 6238 section 5.2, and what authenticator apps assume
const WINDOW_SECONDS = STEP_SECONDS // RFC 6238 section 5.2: at most one step for the way and a drifting clock
const STEPS_EARLY = WINDOW_SECONDS / STEP_SECONDS
/** The counter of a device that hasn't had a code accepted yet. */
export const NEVER_USED = -1
const CRYPTO = new NodeCryptoPlugin() // the default is written in JavaScript
const EXPLAINED_STEPS = 10 // past codes up to five minutes old are told apart from wrong ones

export const TOTP = 'totp'

/** The store's part: the highest accepted time step only ever grows. */
export type TotpStore = {
  accept(of: { factorId: string; step: number; now: Date }): FactorWrite
  acceptNoneUntil(of: { accountId: number; step: number }): FactorWrite
}

export type TotpRefusal =
  | { kind: typeof TOTP; reason: 'wrong_code' }
  /** Accepted before, or older than one that was. `nextInSeconds` until the device shows the next, 0 when it already does. */
  | { kind: typeof TOTP; reason: 'used_code'; nextInSeconds: number }
  /** Right some time ago; `secondsAgo` since it was last good. Future codes are never told apart from wrong ones. */
  | { kind: typeof TOTP; reason: 'old_code'; secondsAgo: number }

/**
 * `stepsOff` is how many steps of thirty seconds the device is ahead of us: 1, 0 or -1 where its code is right. One that is
 * further ahead is never told from a wrong one, as at sign-in.
 */
export type TotpFinding = Finding &
  (
    | { verdict: 'right'; reason: 'right_code'; stepsOff: number }
    | { verdict: 'past'; reason: 'used_code'; nextInSeconds: number }
    | { verdict: 'past'; reason: 'old_code'; stepsOff: number }
    | { verdict: 'wrong'; reason: 'wrong_code' }
  )

export type Totp = ReturnType<typeof totp>

/** Time-based one-time codes (RFC 6238): HMAC-SHA-1, six digits, thirty seconds, which is what authenticator apps agree on. */
export const totp = ({ issuer }: { issuer: string }, store: TotpStore) =>
  ({
    kind: TOTP,
    firstName: 'Authenticator',
    isChallenged: false,
    isPhishingResistant: false,
    begin: () => randomBytes(SECRET_BYTES),

    read({ code: typed }) {
      const read = typeof typed === 'string' ? readTypedCode(typed) : undefined
      if (read?.kind !== 'authenticator') return undefined
      const { code } = read
      return {
        method: 'authenticator',
        async enrol({ begun: secret, before, now }) {
          const judged = await judgeCode(secret, code, NEVER_USED, now) // it may be sent again: it is spent at Done
          if ('reason' in judged) return refused(judged)
          return { ok: true, proven: { secret, counter: Math.max(judged.step, before?.counter ?? NEVER_USED) } }
        },
        judge: async ({ factors, now }) => judgeAll(store, await factors(), code, now),
        test: async ({ factors, now }) => testAll(await factors(), code, now),
      }
    },

    fromElsewhere,

    spendAll: ({ accountId, at }) => store.acceptNoneUntil({ accountId, step: stepOf(at) + STEPS_EARLY }),

    /** What a person needs to put the secret on the device. The key is base32 (RFC 4648), the drawing has a quiet zone of four modules. */
    async show(secret: Uint8Array, account: string) {
      const key = encodeBase32UpperCaseNoPadding(secret)
      const uri = generateURI({ issuer, label: account, secret: key })
      // The least correction gives the largest squares: a screen has no dirt to correct, and cameras like size.
      const qrSvg = await drawQrCode(uri, { type: 'svg', margin: 4, errorCorrectionLevel: 'L' })
      return { issuer, account, key, uri, qrSvg }
    },
  }) satisfies Factor & { show: unknown }

/** By its `otpauth:` address. Codes that were used elsewhere are not known here: they end within a minute. */
function fromElsewhere(text: string): FromElsewhere | undefined {
  if (!/^otpauth:/i.test(text)) return undefined
  const address = readOtpauth(text)
  const secret = address?.key === undefined ? undefined : readKey(address.key)
  if (!address || !secret) return { ok: false, reason: 'unreadable_device' }
  if (!address.isOurs) return { ok: false, reason: 'other_device' }
  return secret.length < SECRET_BYTES_AT_LEAST || secret.length > SECRET_BYTES_AT_MOST
    ? { ok: false, reason: 'weak_device' }
    : { ok: true, proven: { secret, counter: NEVER_USED } }
}

/** Each factor by its own counter. Of several refusals the plainest is said: it was accepted, it is too old, it is wrong. */
async function judgeAll(store: TotpStore, factors: ActiveFactor[], code: string, now: Date): Promise<Judged> {
  let refusal: TotpRefusal = { kind: TOTP, reason: 'wrong_code' }
  for (const { id: factorId, secret, counter } of factors) {
    const judged = await judgeCode(secret, code, counter, now)
    if ('step' in judged) {
      const { step } = judged
      return { ok: true, proof: store.accept({ factorId, step, now }), otherwise: refused(usedAt(step, now)) }
    }
    if (refusal.reason === 'wrong_code' || judged.reason === 'used_code') refusal = judged
  }
  return refused(refusal)
}

/** As `judgeAll`, without a write: what is right stays right. */
async function testAll(factors: ActiveFactor[], code: string, now: Date): Promise<TotpFinding> {
  let found: TotpFinding = { kind: TOTP, verdict: 'wrong', reason: 'wrong_code' }
  for (const { id: factorId, secret, counter } of factors) {
    const judged = await judgeCode(secret, code, counter, now)
    if ('step' in judged)
      return { kind: TOTP, verdict: 'right', reason: 'right_code', stepsOff: judged.step - stepOf(now), factorId }
    if (judged.reason === 'used_code') found = { ...judged, verdict: 'past', factorId }
    if (judged.reason === 'old_code' && found.verdict === 'wrong')
      found = { kind: TOTP, verdict: 'past', reason: 'old_code', stepsOff: stepsBehind(judged.secondsAgo), factorId }
  }
  return found
}

/** By the seconds since a code was last shown by a clock like ours. */
const stepsBehind = (secondsAgo: number) => -1 - Math.floor(secondsAgo / STEP_SECONDS)

/** The time step whose code this is; everything up to `counter` has been accepted before. */
export async function judgeCode(
  secret: Uint8Array,
  code: string,
  counter: number,
  now: Date,
): Promise<{ step: number } | TotpRefusal> {
  if (!/^[0-9]{6}$/.test(code)) return { kind: TOTP, reason: 'wrong_code' }
  const seconds = secondsOf(now)
  const step = await matchingStep(secret, code, seconds, WINDOW_SECONDS)
  if (step === undefined) return explainPast(secret, code, seconds)
  return step > counter ? { step } : usedAt(counter, now)
}

const secondsOf = (now: Date) => Math.floor(now.getTime() / 1000)
const stepOf = (now: Date) => Math.floor(secondsOf(now) / STEP_SECONDS)

const usedAt = (counter: number, now: Date): TotpRefusal => ({
  kind: TOTP,
  reason: 'used_code',
  nextInSeconds: Math.max(0, (counter + 1) * STEP_SECONDS - secondsOf(now)),
})

/** Only what lies behind the window is looked at: a hint about a code to come would help a guesser. */
async function explainPast(secret: Uint8Array, code: string, seconds: number): Promise<TotpRefusal> {
  const behind = seconds - WINDOW_SECONDS
  const step = await matchingStep(secret, code, behind, [EXPLAINED_STEPS * STEP_SECONDS, 0])
  if (step === undefined) return { kind: TOTP, reason: 'wrong_code' }
  return { kind: TOTP, reason: 'old_code', secondsAgo: seconds - (step + 1) * STEP_SECONDS }
}

/** The time step whose code this is, within `tolerance` seconds (or [past, future]) around `seconds`. */
async function matchingStep(secret: Uint8Array, code: string, seconds: number, tolerance: number | [number, number]) {
  try {
    const result = await verify({
      secret,
      token: code,
      epoch: seconds,
      epochTolerance: tolerance,
      period: STEP_SECONDS,
      crypto: CRYPTO,
    })
    return result.valid && 'timeStep' in result ? result.timeStep : undefined
  } catch {
    return undefined // otplib throws where the clock stands before 1970 or the code is odd: a wrong code, not a fault of ours
  }
}
