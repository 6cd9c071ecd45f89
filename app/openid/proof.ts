import type { Account, Session } from '../identity/visitor.ts'

/** What a person has shown, as a client hears of it. */
export type Proof = {
  /** `1`: a password. `2`: a second factor. `phr`, `phrh`: one that resists phishing; with `h`, its key is in hardware. */
  acr: (typeof ACRS)[number]
  /** RFC 8176 section 2. */
  amr: string[]
  /** When they last showed that, which is what `max_age` counts from. */
  at: Date
}

export const ACRS = ['1', '2', 'phr', 'phrh'] as const

/** `anyIsMfa`: the operator says that a recovery code and a browser that is trusted are second factors to clients as well. */
export type ProofDeps = { anyIsMfa: boolean }

/** `hasCopies`: how many passkeys of the account may be on several devices. */
export type Proving = { session: Session; account: Pick<Account, 'secondFactorSince'>; hasCopies: number }

/**
 * The most that this session has shown since then (in milliseconds), not what the account has. A recovery code and a browser that is
 * trusted are no second factor here: nobody held the device. A password alone is no new sign-in of somebody who has a second factor.
 */
export function proofOf(
  { anyIsMfa }: ProofDeps,
  { session, account, hasCopies }: Proving,
  since = Number.NEGATIVE_INFINITY,
): Proof {
  const { method, startedAt, provedAt, heldAt, resistedAt, passwordAt } = session
  const typed = method === 'passkey' && !passwordAt ? [] : ['pwd']
  const isThen = (at: Date | null): at is Date => at !== null && at.getTime() >= since
  if (isThen(resistedAt))
    return hasCopies > 0
      ? { acr: 'phr', amr: [...typed, 'swk', 'user', 'mfa'], at: resistedAt }
      : { acr: 'phrh', amr: [...typed, 'hwk', 'user', 'mfa'], at: resistedAt }
  if (isThen(heldAt)) return { acr: '2', amr: [...typed, 'otp', 'mfa'], at: heldAt }
  const any = provedOrTrusted(session)
  if (anyIsMfa && isThen(any)) return { acr: '2', amr: [...typed, 'mfa'], at: any }
  const at = [provedAt, resistedAt, account.secondFactorSince ? null : passwordAt].reduce<Date>(
    (last, each) => (each && each > last ? each : last),
    startedAt,
  )
  return { acr: '1', amr: typed, at }
}

/** When it last showed a second factor of any kind: a browser that is trusted stands for one as the session begins. */
export const provedOrTrusted = ({ method, startedAt, provedAt }: Session): Date | null =>
  provedAt ?? (method === 'trusted_browser' ? startedAt : null)
