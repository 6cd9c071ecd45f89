import { renewal } from '../identity/fresh-password.ts'
import { secondFactorForgiven } from '../identity/limits.ts'
import { securityEvent } from '../identity/security-events.ts'
import type { SignedIn } from '../identity/visitor.ts'
import type { Origin } from '../lib/origin.ts'
import type { AuthenticatorsVisitor } from './authenticators.ts'
import {
  type AnswerRefused,
  alreadyDone,
  type Changed,
  type Done,
  type EnrolDeps,
  enrolmentChange,
  judgeFirstAnswer,
  startEnrolment,
  storedFactor,
} from './enrol.ts'
import type { Enrolment } from './enrolment.ts'
import { type Fields, kindOf } from './factor.ts'
import type { StoredFactor } from './factor-secret.ts'

/** The authenticator that is to go: the one of that id, or without an id the only one. Undefined where that names none. */
export function replaceable({ factors }: AuthenticatorsVisitor, id: string | undefined): StoredFactor | undefined {
  if (id === undefined) return factors.length === 1 ? factors[0] : undefined
  return factors.find((factor) => factor.id === id)
}

/** Password first. Begins to put a new authenticator of the same kind in the place of `replaces`; nothing is stored yet. */
export const startReplacement = (
  deps: EnrolDeps,
  visitor: SignedIn,
  { replaces, password }: { replaces: StoredFactor | undefined; password: string },
  origin: Origin,
): ReturnType<typeof startEnrolment> =>
  startEnrolment(
    deps,
    visitor,
    { mode: 'replace', kind: replaces?.kind, password, replaces: replaces?.id ?? '' },
    origin,
  )

/** "Replace Authenticator": the new one's answer is right, so the two change places, in one transaction. The name stays. */
export async function finishReplacement(
  deps: EnrolDeps,
  visitor: SignedIn,
  enrolment: Enrolment,
  answer: Fields,
  origin: Origin,
): Promise<Done | AnswerRefused | Changed> {
  const judged = await judgeFirstAnswer(deps, enrolment, answer)
  if (!judged.ok) return judged
  const now = deps.now()
  const { id: accountId } = visitor.account
  const factors = await deps.enrolments.factorsOf(accountId)
  const replaced = factors.find(({ id }) => id === enrolment.replaces)
  if (!replaced) return alreadyDone(deps, accountId, enrolment, judged.proven)
  const { token, renewal: renewed } = renewal(visitor)
  const event = securityEvent('second_factor_replaced', accountId, origin, now)
  // Wrong codes were guesses at every authenticator: they are forgotten only where none of those is left.
  const forgiven = factors.length === 1 ? secondFactorForgiven(accountId) : { delays: [] }
  const done = await deps.enrolments.replaceFactor({
    ...enrolmentChange(visitor, enrolment, renewed, event, forgiven),
    replaced: { id: replaced.id, name: replaced.name },
    factor: storedFactor(
      deps.vault,
      accountId,
      kindOf(deps, enrolment.kind),
      { ...enrolment, proven: judged.proven },
      replaced.name,
      now,
    ),
  })
  return done ? { ok: true, token } : alreadyDone(deps, accountId, enrolment, judged.proven)
}
