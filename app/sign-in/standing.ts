import type { Session } from './session.ts'

/**
 * What somebody who is signed in is about to do, as far as it matters to what they owe first: `leave` is to see where the account is
 * signed in and to end that; `recovery_codes`, to see them and make new ones.
 */
export type Deed = 'leave' | 'recovery_codes' | 'anything'

/** What has to be done before anything else. */
export type Debt = 'recovery_codes'

/**
 * What a session may do now: every door asks this. Without a single recovery code a lost phone would lock the owner out, so new ones
 * come first.
 */
export const owedBefore = (
  deed: Deed,
  { secondFactorSince, recoveryCodesLeft }: Pick<Session, 'secondFactorSince' | 'recoveryCodesLeft'>,
): Debt | undefined =>
  secondFactorSince && recoveryCodesLeft === 0 && deed === 'anything' ? 'recovery_codes' : undefined
