import { randomBytes } from 'node:crypto'
import { encodeBase32UpperCaseNoPadding } from '@oslojs/encoding'
import { NodeCryptoPlugin } from '@otplib/plugin-crypto-node'
import { generateURI, verify } from 'otplib'
import { toString as drawQrCode } from 'qrcode'
import type { Factor, Judgement } from '../factor.ts'

const SECRET_BYTES = 20 // RFC 4226 section 4, R6: 160 bits recommended
const STEP_SECONDS = 30 // RFC 6238 section 5.2, and what authenticator apps assume
const WINDOW_SECONDS = STEP_SECONDS // RFC 6238 section 5.2: at most one step for the way and a drifting clock
const CRYPTO = new NodeCryptoPlugin() // the default is written in JavaScript
const EXPLAINED_STEPS = 10 // past codes up to five minutes old are told from wrong ones

/** Time-based one-time codes (RFC 6238): HMAC-SHA-1, six digits, thirty seconds, which is what authenticator apps agree on. */
export const totp = ({ issuer }: { issuer: string }): Factor => ({
  kind: 'totp',
  newSecret: () => randomBytes(SECRET_BYTES),

  async show(secret, account) {
    const key = encodeBase32UpperCaseNoPadding(secret)
    const uri = generateURI({ issuer, label: account, secret: key })
    // The least correction gives the largest squares: a screen has no dirt to correct, and cameras like size.
    const qrSvg = await drawQrCode(uri, { type: 'svg', margin: 4, errorCorrectionLevel: 'L' })
    return { issuer, account, key, uri, qrSvg }
  },

  async judge(secret, code, counter, now): Promise<Judgement> {
    if (!/^[0-9]{6}$/.test(code)) return { ok: false, reason: 'wrong_code' }
    const seconds = Math.floor(now.getTime() / 1000)
    const step = await matchingStep(secret, code, seconds, WINDOW_SECONDS)
    if (step === undefined) return explainPast(secret, code, seconds)
    if (step > counter) return { ok: true, counter: step }
    return { ok: false, reason: 'used_code', nextInSeconds: Math.max(0, (counter + 1) * STEP_SECONDS - seconds) }
  },
})

/** Only what lies behind the window is looked at: a hint about a code to come would help a guesser. */
async function explainPast(secret: Uint8Array, code: string, seconds: number): Promise<Judgement> {
  const behind = seconds - WINDOW_SECONDS
  const step = await matchingStep(secret, code, behind, [EXPLAINED_STEPS * STEP_SECONDS, 0])
  if (step === undefined) return { ok: false, reason: 'wrong_code' }
  return { ok: false, reason: 'old_code', secondsAgo: seconds - (step + 1) * STEP_SECONDS }
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
