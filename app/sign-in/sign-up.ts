import { confirmation } from '../account/confirm-email.ts'
import { type UsernameStore, withUsername } from '../account/usernames.ts'
import { type KnownBrowser, remembered } from '../identity/known-browsers.ts'
import { charge, type LimitDeps, type Wait, whileCharged } from '../identity/limits.ts'
import { type SecurityEvent, securityEvent } from '../identity/security-events.ts'
import { type NewSession, newSession } from '../identity/session.ts'
import { hashIfStrong, type NewPasswordDeps, type WeakPassword } from '../lib/new-password.ts'
import type { Origin } from '../lib/origin.ts'
import { newAccountId } from '../lib/tokens.ts'
import type { MailDeps } from '../mail/account-mails.ts'
import type { MailLink } from '../mail/links.ts'
import type { QueuedMail } from '../mail/mail.ts'
import { type TakenAddressStore, triedMail } from '../mail/taken-addresses.ts'
import { type AdmissionDeps, admission, type Invitation, type Turned } from './admission.ts'

export type NewAccount = {
  id: number
  email: string
  username: string
  usernameLook: string
  role: Invitation['role']
  endsAt: Date | null
  emailConfirmedAt: Date | null
  passwordHash: string
  passwordChangedAt: Date
  securityVersion: number
  createdAt: Date
}

export type SignUpStore = TakenAddressStore & {
  /**
   * Account, groups, session where it is signed in, link, mail and events, all of it or none. False when the email or the username has
   * an account already, which stays as it is, or is kept for one that left it; and when the invitation works no more.
   */
  signUp(of: {
    account: NewAccount
    /** Used up by this account, which joins its groups. */
    invitation: Invitation | undefined
    session: NewSession | undefined
    /** Where the address is still to be confirmed. */
    confirmation: { link: MailLink; mail: QueuedMail } | undefined
    events: SecurityEvent[]
    /** Where a session begins, the browser is known from then on. */
    known: KnownBrowser | undefined
  }): Promise<boolean>
  queueMail(mail: QueuedMail): Promise<void>
}

export type SignUpDeps = LimitDeps &
  NewPasswordDeps &
  MailDeps &
  AdmissionDeps & {
    accounts: SignUpStore
    usernames: UsernameStore
    sessionLifetime: number
  }

export type SignUpResult =
  | { ok: true; step: 'signed_in'; token: string; holds: { known: string | undefined } }
  /** The mailbox says more. This is the same whether an account was made or there was one. */
  | { ok: true; step: 'check_mail' }
  | WeakPassword
  | { ok: false; reason: 'email_taken' | 'other_address' }
  | Turned
  | Wait

type Typed = { email: string; password: string }

/**
 * Makes an account. If mail reaches people, nobody learns here whether the address had one, and its owner hears about it by mail.
 * If not, or if the invitation came to the address by mail, the account is signed in at once, and a taken address is refused.
 * `email` is in its stored form, `token` an invitation's.
 */
export async function signUp(
  deps: SignUpDeps,
  { email, password }: Typed,
  origin: Origin,
  token?: string,
): Promise<SignUpResult> {
  const admitted = await admission(deps, token)
  if (!admitted.ok) return admitted
  const { invitation } = admitted
  if (invitation?.email && invitation.email !== email) return { ok: false, reason: 'other_address' }
  // Not given back on success, so one address can't make endless accounts.
  const charged = await charge(deps, origin.address)
  if (!charged.ok) return charged
  const judged = await whileCharged(deps, charged, () => hashIfStrong(deps, password, email, origin.address))
  if (!judged.ok) return judged

  const isConfirmed = deps.mailDelivery.configured && Boolean(invitation?.email && invitation.sentAt)
  const candidate = candidateOf(deps, { email, passwordHash: judged.passwordHash, invitation, isConfirmed }, origin)
  if (isConfirmed || !deps.mailDelivery.configured) return await signedInAtOnce(deps, candidate, token, origin)
  const nobody = { session: undefined, known: undefined } // is signed in yet
  if (!(await make(deps, { ...candidate, ...nobody }))) {
    if (!(await spend(deps, candidate))) return { ok: false, reason: 'invitation_gone' }
    await tellHolder(deps, email, origin, candidate.account.createdAt)
  }
  return { ok: true, step: 'check_mail' }
}

type Candidate = Omit<Parameters<SignUpStore['signUp']>[0], 'account' | 'session' | 'known'> & {
  account: Omit<NewAccount, 'username' | 'usernameLook'>
}

function candidateOf(
  deps: SignUpDeps,
  of: { email: string; passwordHash: string; invitation: Invitation | undefined; isConfirmed: boolean },
  origin: Origin,
): Candidate {
  const { email, passwordHash, invitation, isConfirmed } = of
  const now = deps.now()
  const account = {
    id: newAccountId(),
    email,
    role: invitation?.role ?? 'member',
    endsAt: invitation?.accountEndsAt ?? null,
    emailConfirmedAt: isConfirmed ? now : null,
    passwordHash,
    passwordChangedAt: now,
    securityVersion: 1,
    createdAt: now,
  }
  return {
    account,
    invitation,
    confirmation: isConfirmed ? undefined : confirmation(deps, account, origin, now),
    events: [
      securityEvent('signed_up', account.id, origin, now, null, { subject: invitation?.id ?? null }),
      ...(invitation?.role === 'operator' ? [madeOperator(account.id, invitation, origin, now)] : []),
      ...(isConfirmed ? [securityEvent('email_confirmed', account.id, origin, now)] : []),
    ],
  }
}

/** It was an operator's doing, of which its new owner needs no mail. */
const madeOperator = (accountId: number, { invitedBy }: Invitation, origin: Origin, now: Date): SecurityEvent =>
  securityEvent('operator_added', accountId, origin, now, null, {
    noticed: false,
    by: { operatorId: invitedBy, reason: null },
  })

async function signedInAtOnce(
  deps: SignUpDeps,
  candidate: Candidate,
  invitationToken: string | undefined,
  origin: Origin,
): Promise<SignUpResult> {
  const { id: accountId, createdAt: now } = candidate.account
  const begins = { accountId, client: 'browser', method: 'password' } as const
  const { token, session } = newSession(begins, origin, now, deps.sessionLifetime)
  const events = [...candidate.events, securityEvent('signed_in', accountId, origin, now, 'password')]
  const known = remembered({ client: 'browser', held: [], origin }, accountId, { knownBrowser: null }, now)
  if (await make(deps, { ...candidate, session, events, known: known.browser }))
    return { ok: true, step: 'signed_in', token, holds: { known: known.token } }
  const admitted = await admission(deps, invitationToken)
  return admitted.ok ? { ok: false, reason: 'email_taken' } : admitted
}

type Unnamed = Candidate & Pick<Parameters<SignUpStore['signUp']>[0], 'session' | 'known'>

const make = (deps: SignUpDeps, { account, ...of }: Unnamed): Promise<boolean> =>
  withUsername(deps, account.email, (name) => deps.accounts.signUp({ account: { ...account, ...name }, ...of }))

/** An invitation is used up if the address was taken, too: whether it still works would tell who has an account. */
const spend = async (deps: SignUpDeps, { account, invitation }: Candidate): Promise<boolean> =>
  !invitation ||
  (await deps.admissions.spendInvitation({ id: invitation.id, email: account.email, now: account.createdAt }))

/** At most once an hour, and not where the address may be another's: the confirmation that went there says what to do. */
async function tellHolder(deps: SignUpDeps, email: string, origin: Origin, now: Date) {
  const holder = await deps.accounts.holderOf(email, now)
  const mail = holder && (await triedMail(deps, { to: email, holder, origin, now }))
  if (mail) await deps.accounts.queueMail(mail)
}
