import { type ConfirmPasswordResult, confirmPassword, renewal } from '../identity/fresh-password.ts'
import type { SignedIn } from '../identity/visitor.ts'
import { newRecoveryCodes } from '../lib/codes.ts'
import type { Origin } from '../lib/origin.ts'
import { type AnswerRefused, confirmAnswer, type EnrolDeps, finishEnrolment, startEnrolment } from './enrol.ts'
import { type Enrolment, readEnrolment, writeEnrolment } from './enrolment.ts'

/** What is pending for a client that keeps no cookie: one enrolment per session, its secret parts sealed. */
export type KeptEnrolmentStore = {
  /** In the place of the one that was. False when the session has just ended. */
  keepEnrolment(sessionId: string, enrolment: string, expiresAt: Date): Promise<boolean>
  keptEnrolment(sessionId: string): Promise<string | undefined>
  dropEnrolment(sessionId: string): Promise<void>
}

export type KeptEnrolDeps = EnrolDeps & { keptEnrolments: KeptEnrolmentStore }

type Refused = Exclude<ConfirmPasswordResult, { ok: true }>
type Changed = { ok: false; reason: 'changed' }
type IsOn = { ok: false; reason: 'is_on' }

/** Password first: begins the set-up and keeps it. Where the second factor is on already there is none, and no secret. */
export async function keepNewEnrolment(
  deps: KeptEnrolDeps,
  visitor: SignedIn,
  password: string,
  origin: Origin,
): Promise<{ ok: true; enrolment: Enrolment } | Refused | Changed | IsOn> {
  const started = await startEnrolment(deps, visitor, { mode: 'set-up', password }, origin)
  if (!started.ok) return started
  if (visitor.account.secondFactorSince) return { ok: false, reason: 'is_on' }
  // The codes are made now, so that two calls that finish it at the same time answer the same ones.
  const enrolment = { ...started.enrolment, codes: newRecoveryCodes() }
  const { expiresAt } = enrolment
  const kept = await deps.keptEnrolments.keepEnrolment(
    visitor.session.id,
    writeEnrolment(deps.vault, enrolment),
    expiresAt,
  )
  return kept ? { ok: true, enrolment } : { ok: false, reason: 'changed' }
}

type Unfinished = { ok: false; reason: 'nothing_kept' } | AnswerRefused | Refused | Changed

/** Password and first code together turn the second factor on. The recovery codes are in the answer, as they are stored. */
export async function finishKeptEnrolment(
  deps: KeptEnrolDeps,
  visitor: SignedIn,
  { code, password }: { code: string; password: string },
  origin: Origin,
): Promise<{ ok: true; codes: string[] } | Unfinished> {
  const confirmed = await confirmPassword(deps, visitor, password, origin)
  if (!confirmed.ok) return confirmed
  const { forgiven } = confirmed
  if (!(await deps.enrolments.renew({ renewal: renewal(visitor).renewal, forgiven })))
    return { ok: false, reason: 'changed' }

  const text = await deps.keptEnrolments.keptEnrolment(visitor.session.id)
  const kept = text && readEnrolment(deps.vault, text, visitor.session, 'set-up', deps.now())
  if (!kept) return { ok: false, reason: 'nothing_kept' }
  const proven = await confirmAnswer(deps, kept, { code })
  if (!proven.ok) return proven
  const { enrolment } = proven
  const done = await finishEnrolment(deps, visitor, enrolment, true, origin) // who asks by program keeps what is answered
  if (!done.ok) return { ok: false, reason: 'changed' }
  await deps.keptEnrolments.dropEnrolment(visitor.session.id)
  return { ok: true, codes: enrolment.codes }
}
