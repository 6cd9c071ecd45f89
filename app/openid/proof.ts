import type { SignedIn } from '../identity/visitor.ts'

/** How a person signed in, as a client hears of it. */
export type Proof = {
  /** `1`: a password. `2`: a second factor. `phr`, `phrh`: one that resists phishing; with `h`, its key is in hardware. */
  acr: (typeof ACRS)[number]
  /** RFC 8176 section 2. */
  amr: string[]
  /** When they last showed something, which is what `max_age` counts from. */
  at: Date
}

export const ACRS = ['1', '2', 'phr', 'phrh'] as const

/**
 * What this session has shown, not what the account has. A recovery code and a browser that is trusted are no second factor here: nobody
 * held the device. `hasCopies`: whether a passkey of the account may be on several devices.
 */
export function proofOf({ session }: SignedIn, hasCopies: boolean): Proof {
  const { method, startedAt, provedAt, resistedAt, passwordAt } = session
  const at = [provedAt, resistedAt, passwordAt].reduce<Date>(
    (last, each) => (each && each > last ? each : last),
    startedAt,
  )
  const typed = method === 'passkey' && !passwordAt ? [] : ['pwd']
  if (resistedAt)
    return { acr: hasCopies ? 'phr' : 'phrh', amr: [...typed, hasCopies ? 'swk' : 'hwk', 'user', 'mfa'], at }
  const isCode = method === 'recovery_code' && provedAt?.getTime() === startedAt.getTime()
  if (provedAt && !isCode) return { acr: '2', amr: [...typed, 'otp', 'mfa'], at }
  return { acr: '1', amr: typed, at }
}
