/** What every second factor can do. Enrolment and sign-in know factors only through this. */
export type Factor = {
  /** As stored in the table `factors`. */
  kind: string
  /** A new secret, for a device that is about to be enrolled. */
  newSecret(): Uint8Array
  /** What a person needs to put the secret on the device. */
  show(secret: Uint8Array, account: string): Promise<Enrolable>
  /** Judges an answer against a secret, of which everything up to `counter` has been accepted before. */
  judge(secret: Uint8Array, code: string, counter: number, now: Date): Promise<Judgement>
}

export type Enrolable = {
  issuer: string
  account: string
  /** Base32, RFC 4648, without padding. */
  key: string
  /** `otpauth:` URI. */
  uri: string
  /** An SVG of ours, black on white, with a quiet zone of four modules. */
  qrSvg: string
}

export type Judgement =
  | { ok: true; counter: number }
  | { ok: false; reason: 'wrong_code' }
  /** Accepted before, or older than one that was. `nextInSeconds` until the device shows the next, 0 when it already does. */
  | { ok: false; reason: 'used_code'; nextInSeconds: number }
  /** Right some time ago; `secondsAgo` since it was last good. Future codes are never told from wrong ones. */
  | { ok: false; reason: 'old_code'; secondsAgo: number }

/** The counter of a device from which no answer has been accepted yet. */
export const NEVER_USED = -1
