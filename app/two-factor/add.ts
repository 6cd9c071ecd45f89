import { renewal } from '../identity/fresh-password.ts'
import { securityEvent } from '../identity/security-events.ts'
import type { SignedIn } from '../identity/visitor.ts'
import { AUTHENTICATORS_AT_MOST } from '../lib/at-most.ts'
import type { Origin } from '../lib/origin.ts'
import { type NameRefused, readName } from './authenticators.ts'
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

type Full = { ok: false; reason: 'too_many_authenticators' }

const isFull = async ({ enrolments }: EnrolDeps, { account }: SignedIn) =>
  (await enrolments.factorsOf(account.id)).length >= AUTHENTICATORS_AT_MOST

/** Password first. Begins to add an authenticator; nothing is stored yet. Refused if there are ten already. */
export async function startAddition(
  deps: EnrolDeps,
  visitor: SignedIn,
  { kind, password }: { kind?: string | undefined; password: string },
  origin: Origin,
): Promise<Awaited<ReturnType<typeof startEnrolment>> | Full> {
  if (await isFull(deps, visitor)) return { ok: false, reason: 'too_many_authenticators' }
  return startEnrolment(deps, visitor, { mode: 'add', kind, password }, origin)
}

/**
 * "Add Authenticator": the new one's answer is right, so it stands beside the others from now on. The recovery codes stay,
 * and so does the count of wrong codes, which belongs to the account: more authenticators make no more guesses.
 */
export async function finishAddition(
  deps: EnrolDeps,
  visitor: SignedIn,
  enrolment: Enrolment,
  { answer, name: typed, proposed }: { answer: Fields; name: string; proposed?: string | undefined },
  origin: Origin,
): Promise<Done | NameRefused | AnswerRefused | Changed | Full> {
  const named = readName(typed)
  if (!named.ok) return named
  const judged = await judgeFirstAnswer(deps, enrolment, answer)
  if (!judged.ok) return judged
  const now = deps.now()
  const { id: accountId } = visitor.account
  const kind = kindOf(deps, enrolment.kind)
  const ownName = named.name === proposed ? kind.nameOf?.(judged.proven) : undefined // nobody chose what we proposed
  const { token, renewal: renewed } = renewal(visitor)
  const event = securityEvent('authenticator_added', accountId, origin, now, null, { subject: enrolment.id })
  const added = await deps.enrolments.addFactor({
    ...enrolmentChange(visitor, enrolment, renewed, event, { delays: [] }),
    factor: storedFactor(
      deps.vault,
      accountId,
      kind,
      { ...enrolment, proven: judged.proven },
      ownName ?? named.name,
      now,
    ),
    atMost: AUTHENTICATORS_AT_MOST,
  })
  if (added) return { ok: true, token }
  const done = await alreadyDone(deps, accountId, enrolment, judged.proven)
  return !done.ok && done.reason === 'changed' && (await isFull(deps, visitor))
    ? { ok: false, reason: 'too_many_authenticators' }
    : done
}
