import { charge, type Forgiven, recoveryCodeAttempt, type Wait } from '../identity/limits.ts'
import { rescueCodeText } from '../identity/rescue-code.ts'
import { type SecurityEvent, securityEvent } from '../identity/security-events.ts'
import { type NewSession, newSession } from '../identity/session.ts'
import { readTypedCode } from '../lib/codes.ts'
import type { Origin } from '../lib/origin.ts'
import { newToken } from '../lib/tokens.ts'
import { pendingSignIn, type SecondStepDeps } from './second-step.ts'
import { stayingEvent } from './sign-in.ts'

export type RescueStore = {
  /** Uses the code up, for one caller only. False if there is none like it for the account, or the pending sign-in is gone. */
  redeemRescue(of: {
    pendingHash: string
    securityVersion: number
    codeHashes: string[]
    now: Date
    session: NewSession
    events: SecurityEvent[]
    /** Where the account was to be deleted. */
    stays: SecurityEvent | undefined
    forgiven: Forgiven
  }): Promise<boolean>
  record(event: SecurityEvent): Promise<void>
}

export type RescueDeps = SecondStepDeps & { rescues: RescueStore }

export type RescueResult =
  | { ok: true; token: string }
  | { ok: false; reason: 'expired' | 'no_attempts_left' | 'wrong_rescue_code' }
  | Wait

/**
 * An operator's code in the place of the lost second factor, after the password. It is charged as a recovery code is. The session that
 * it gives can only set up another second factor, which standing sees to.
 */
export const redeemRescue = (deps: RescueDeps, token: string, typed: string, origin: Origin): Promise<RescueResult> =>
  deps.watch.attempt({ door: 'browser', address: origin.address }, () => tryCode(deps, token, typed, origin))

async function tryCode(deps: RescueDeps, token: string, typed: string, origin: Origin): Promise<RescueResult> {
  const pending = await pendingSignIn(deps, token)
  if (!pending) return { ok: false, reason: 'expired' }
  const { accountId, securityVersion, tokenHash: pendingHash } = pending
  const charged = await charge(deps, origin.address, recoveryCodeAttempt(accountId))
  if (!charged.ok) return charged
  if (!(await deps.secondSteps.spendAttempt(pendingHash, deps.now()))) return { ok: false, reason: 'expired' }

  const now = deps.now()
  const read = readTypedCode(typed)
  if (read.kind === 'recovery_code') {
    const of = { accountId, client: 'browser', method: 'rescue_code', token: newToken(pending.uid) } as const
    const begun = newSession(of, origin, now, deps.sessionLifetime)
    const redeemed = await deps.rescues.redeemRescue({
      pendingHash,
      securityVersion,
      codeHashes: deps.vault.hashes('rescue-code-hash', rescueCodeText(accountId, read.code)),
      now,
      session: begun.session,
      events: [securityEvent('signed_in', accountId, origin, now, 'rescue_code')],
      stays: stayingEvent(pending, accountId, origin, now),
      forgiven: charged.forgiven,
    })
    if (redeemed) return { ok: true, token: begun.token }
  }
  await deps.rescues.record(securityEvent('code_wrong', accountId, origin, now))
  const left = await pendingSignIn(deps, token)
  return { ok: false, reason: left ? 'wrong_rescue_code' : 'no_attempts_left' }
}
