import { type Renewal, renewal } from '../identity/fresh-password.ts'
import {
  authenticatorAttempt,
  type Blocked,
  charge,
  type Forgiven,
  type LimitDeps,
  recoveryCodeAttempt,
  sessionSource,
  type Wait,
} from '../identity/limits.ts'
import type { PolicyDeps } from '../identity/policy.ts'
import { type SecurityEvent, securityEvent } from '../identity/security-events.ts'
import { owesResistance } from '../identity/standing.ts'
import type { SignedIn } from '../identity/visitor.ts'
import type { Origin } from '../lib/origin.ts'
import { type AnswerDeps, type Challenge, challengesOf, judgeAnswer, noticed, readAnswer } from './answers.ts'
import type { AuthenticatorsVisitor } from './authenticators.ts'
import type { Factor, FactorKinds, FactorWrite, Fields, Refused } from './factor.ts'
import type { StoredFactor } from './factor-secret.ts'

export type FreshProofStore = {
  factorsOf(accountId: number): Promise<readonly StoredFactor[]>
  /** False if the answer is no longer what its proof takes it for, or the account or the session changed meanwhile. */
  prove(
    of: {
      accountId: number
      securityVersion: number
      renewal: Renewal
      at: Date
      /** Whether its owner holds what was shown, and whether it resists phishing. */
      isHeld: boolean
      resists: boolean
      events: SecurityEvent[]
      forgiven: Forgiven
    },
    proof: FactorWrite,
  ): Promise<boolean>
  record(event: SecurityEvent): Promise<void>
}

export type FreshProofDeps = LimitDeps & PolicyDeps & AnswerDeps & { freshProofs: FreshProofStore }

export type FreshProofResult =
  | { ok: true; token: string | undefined }
  /** `not_resistant`: a right code would not be enough, so it isn't looked at. */
  | { ok: false; reason: 'malformed' | 'not_resistant' }
  | Refused
  | Wait
  | Blocked
/** Nor is a recovery code, where only what its owner holds is enough. */
type NotHeld = { ok: false; reason: 'not_held' }

/**
 * A session shows its second factor again, for what needs one that was shown lately (`operate`). The answer is spent as at sign-in,
 * and a wrong one counts as a guess there.
 */
export function proveAgain(
  ...of: [deps: FreshProofDeps, visitor: SignedIn, fields: Fields, origin: Origin]
): Promise<FreshProofResult>
export function proveAgain(
  ...of: [deps: FreshProofDeps, visitor: SignedIn, fields: Fields, origin: Origin, asked: AskedLevel]
): Promise<FreshProofResult | NotHeld>
export async function proveAgain(
  deps: FreshProofDeps,
  visitor: SignedIn,
  fields: Fields,
  origin: Origin,
  asked?: AskedLevel,
): Promise<FreshProofResult | NotHeld> {
  const { id: accountId, securityVersion } = visitor.account
  const read = readAnswer(deps, fields)
  const source = sessionSource(visitor.session.id)
  if (!read) {
    const charged = await charge(deps, source)
    return charged.ok ? { ok: false, reason: 'malformed' } : charged
  }
  const resists = deps.factorKinds.some(({ kind, isPhishingResistant }) => kind === read.kind && isPhishingResistant)
  if (!resists && onlyResistant(deps, visitor, asked)) {
    const charged = await charge(deps, source)
    return charged.ok ? { ok: false, reason: 'not_resistant' } : charged
  }
  const isRecovery = read.answer.method === 'recovery_code'
  if (isRecovery && asked === 'held') {
    const charged = await charge(deps, source)
    return charged.ok ? { ok: false, reason: 'not_held' } : charged
  }
  const charged = await charge(deps, source, (isRecovery ? recoveryCodeAttempt : authenticatorAttempt)(accountId))
  if (!charged.ok) return charged

  const { factorsOf } = deps.freshProofs
  const judged = await judgeAnswer(deps, read, factorsOf, askedOf(visitor))
  const at = deps.now()
  if (judged.ok) {
    const { token, renewal: renewed } = renewal(visitor)
    const events = [
      ...(isRecovery ? [securityEvent('recovery_code_used', accountId, origin, at)] : []),
      securityEvent('second_factor_shown', accountId, origin, at, read.answer.method),
      ...noticed(judged, accountId, origin, at),
    ]
    const shown = { at, isHeld: !isRecovery, resists }
    const change = { accountId, securityVersion, renewal: renewed, ...shown, events, forgiven: charged.forgiven }
    if (await deps.freshProofs.prove(change, judged.proof)) return { ok: true, token }
  }
  await deps.freshProofs.record(securityEvent('code_wrong', accountId, origin, at))
  return judged.ok ? judged.otherwise : judged
}

/** What whoever led here asks for, if it is more than any second factor. `held`: anything but a recovery code. */
export type AskedLevel = 'phishing_resistant' | 'held' | undefined

/** Whether only a factor that resists phishing is enough: whoever led here says so, or what is asked of the account. */
export const onlyResistant = (deps: PolicyDeps, visitor: SignedIn, asked: AskedLevel): boolean =>
  asked === 'phishing_resistant' || owesResistance(deps, visitor) !== undefined

const askedOf = ({ session, account }: SignedIn) => ({ accountId: account.id, tokenHash: session.tokenHash })

/** What is asked of the session beside a code. */
export const challengesNow = <Kind extends Factor>(
  deps: Pick<FreshProofDeps, 'vault' | 'now'> & { factorKinds: FactorKinds<Kind> },
  visitor: AuthenticatorsVisitor,
): Promise<Challenge<Kind>[]> => challengesOf(deps, async () => visitor.factors, askedOf(visitor))
