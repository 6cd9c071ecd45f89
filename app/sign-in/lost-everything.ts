import { knownAs, sourceOf } from '../identity/known-browsers.ts'
import { chargeMail, type Forgiven, recoveryMails, type Wait } from '../identity/limits.ts'
import { addressSettlesAt, recoveriesOver, recoveryAt, recoveryEnds } from '../identity/recovery.ts'
import { type SecurityEvent, securityEvent } from '../identity/security-events.ts'
import { type NewSession, newSession } from '../identity/session.ts'
import type { Origin } from '../lib/origin.ts'
import type { Passwords } from '../lib/passwords.ts'
import { newToken } from '../lib/tokens.ts'
import { lostEverythingMail, type MailDeps } from '../mail/account-mails.ts'
import { type MailLink, newLink } from '../mail/links.ts'
import { type QueuedMail, queuedMail } from '../mail/mail.ts'
import { chargePassword } from './password-attempts.ts'
import { pendingSignIn, type SecondStepDeps } from './second-step.ts'
import { stayingEvent } from './sign-in.ts'

const HOUR = 60 * 60_000

/** The owner, as far as it decides what is offered. */
export type RecoveringOwner = {
  email: string
  passwordHash: string
  emailChangedAt: Date | null
  suspendedAt: Date | null
  endsAt: Date | null
  recoveryOpensAt: Date | null
}

export type LostEverythingStore = {
  recoveringOwner(accountId: number): Promise<RecoveringOwner | undefined>
  /** In the place of an earlier link. False if the account changed since `securityVersion`. */
  askForRecovery(of: {
    securityVersion: number
    link: MailLink
    mail: QueuedMail
    event: SecurityEvent
    forgiven: Forgiven
  }): Promise<boolean>
  /** False if the pending sign-in is gone, or nothing is open now. `over`: what opened by then has ended. */
  openRecovery(of: {
    pendingHash: string
    securityVersion: number
    now: Date
    over: Date
    session: NewSession
    event: SecurityEvent
    /** Where the account was to be deleted. */
    stays: SecurityEvent | undefined
  }): Promise<boolean>
  record(event: SecurityEvent): Promise<void>
}

/** `recoveryDelay` in milliseconds. */
export type LostEverythingDeps = SecondStepDeps &
  MailDeps & { recoveries: LostEverythingStore; passwords: Passwords; recoveryDelay: number }

/** How far somebody is who says they lost everything. */
export type Stage =
  | { is: 'offered' }
  | { is: 'address_unsettled'; until: Date }
  | { is: 'waits'; opensAt: Date }
  | { is: 'open'; until: Date }

export function stageOf({ emailChangedAt, recoveryOpensAt }: RecoveringOwner, now: Date): Stage {
  const at = recoveryAt(recoveryOpensAt, now)
  if (recoveryOpensAt && at === 'waits') return { is: 'waits', opensAt: recoveryOpensAt }
  if (recoveryOpensAt && at === 'open') return { is: 'open', until: recoveryEnds(recoveryOpensAt) }
  const until = addressSettlesAt(emailChangedAt, now)
  return until ? { is: 'address_unsettled', until } : { is: 'offered' }
}

/** After the password. Undefined: that was too long ago. */
export async function stageBehind(
  deps: LostEverythingDeps,
  token: string,
): Promise<{ email: string; stage: Stage } | undefined> {
  const pending = await pendingSignIn(deps, token)
  const owner = pending && (await deps.recoveries.recoveringOwner(pending.accountId))
  return owner && { email: owner.email, stage: stageOf(owner, deps.now()) }
}

export type AskResult = { ok: true } | { ok: false; reason: 'expired' | 'not_offered' | 'wrong_password' } | Wait

/**
 * Mails the link that begins the wait. Asks for the password once more, though it was given a moment ago: a browser left on the code page
 * is not enough to begin what replaces everything.
 */
export async function askForRecovery(
  deps: LostEverythingDeps,
  token: string,
  password: string,
  origin: Origin,
  held: string[] = [],
): Promise<AskResult> {
  const pending = await pendingSignIn(deps, token)
  const owner = pending && (await deps.recoveries.recoveringOwner(pending.accountId))
  if (!owner) return { ok: false, reason: 'expired' }
  if (stageOf(owner, deps.now()).is !== 'offered') return { ok: false, reason: 'not_offered' }
  const { accountId, securityVersion } = pending
  const { email } = owner
  const arrival = { client: 'browser', held, origin } as const
  const recognised = await deps.secondSteps.recognise(accountId, knownAs(arrival))
  const charged = await chargePassword(deps, { name: email, email }, sourceOf(recognised, arrival))
  if (!charged.ok) return charged
  if (!(await charged.judge(() => deps.passwords.verify(owner.passwordHash, password, origin.address)))) {
    await deps.recoveries.record(securityEvent('password_wrong', accountId, origin, deps.now()))
    return { ok: false, reason: 'wrong_password' }
  }
  const mailed = await chargeMail(deps, recoveryMails(accountId))
  if (!mailed.ok) return mailed

  const now = deps.now()
  // With the version: whatever changes about the account meanwhile, the link is worth nothing.
  const about = { accountId, purpose: 'lost_everything', payload: { securityVersion } } as const
  const { token: linkToken, link } = newLink(deps.vault, about, now)
  const mail = lostEverythingMail(deps, { to: email, token: linkToken, origin, hours: deps.recoveryDelay / HOUR })
  const asked = await deps.recoveries.askForRecovery({
    securityVersion,
    link,
    mail: queuedMail(deps.vault, accountId, mail, now),
    event: securityEvent('recovery_asked', accountId, origin, now),
    forgiven: charged.forgiven,
  })
  return asked ? { ok: true } : { ok: false, reason: 'expired' }
}

/** After the wait: a session that can only set up another second factor, which standing sees to. */
export async function openRecovery(
  deps: LostEverythingDeps,
  token: string,
  origin: Origin,
): Promise<{ ok: true; token: string } | { ok: false; reason: 'expired' | 'not_open' }> {
  const pending = await pendingSignIn(deps, token)
  const owner = pending && (await deps.recoveries.recoveringOwner(pending.accountId))
  if (!owner) return { ok: false, reason: 'expired' }
  const now = deps.now()
  const stage = stageOf(owner, now)
  if (stage.is !== 'open') return { ok: false, reason: 'not_open' }
  const { accountId, securityVersion, tokenHash: pendingHash, uid } = pending
  const of = { accountId, client: 'browser', method: 'delayed_recovery', token: newToken(uid) } as const
  const lifetime = Math.min(deps.sessionLifetime, stage.until.getTime() - now.getTime())
  const begun = newSession(of, origin, now, lifetime)
  const opened = await deps.recoveries.openRecovery({
    pendingHash,
    securityVersion,
    now,
    over: recoveriesOver(now),
    session: begun.session,
    event: securityEvent('signed_in', accountId, origin, now, 'delayed_recovery'),
    stays: stayingEvent(pending, accountId, origin, now),
  })
  return opened ? { ok: true, token: begun.token } : { ok: false, reason: 'expired' }
}
