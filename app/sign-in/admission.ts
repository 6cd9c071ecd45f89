import { hashToken } from '../lib/tokens.ts'

/** Who may make an account: anyone, those with an invitation, or nobody. */
export type SignUps = 'open' | 'invited' | 'closed'

/** What somebody who holds an invitation may become. */
export type Invitation = Readonly<{
  id: string
  /** The only address it is for; null: for whoever holds it. */
  email: string | null
  role: 'member' | 'operator'
  accountEndsAt: Date | null
  /** The operator who made it; null at the command line. */
  invitedBy: number | null
  /** When it was put into the mail to `email`. Who holds it then reads that mailbox. */
  sentAt: Date | null
  /** The link that the server prints while nobody has an account. It opens every site. */
  isForFirstOperator: boolean
}>

export type AdmissionStore = {
  /** The live one. To look is not to use. */
  invitationBehind(tokenHash: string, now: Date): Promise<Invitation | undefined>
  /** Uses it up without an account. False if somebody was faster. */
  spendInvitation(of: { id: string; email: string; now: Date }): Promise<boolean>
}

export type AdmissionDeps = { admissions: AdmissionStore; signUps: SignUps; now(): Date }

/** Why somebody gets no account here. */
export type Turned = { ok: false; reason: 'invitation_needed' | 'invitation_gone' | 'sign_ups_closed' }

/** Whether anyone who comes along may make an account. */
export const isOpen = ({ signUps }: Pick<AdmissionDeps, 'signUps'>): boolean => signUps === 'open'

/** Who may make an account now: with this invitation, where its token is given. */
export async function admission(
  deps: AdmissionDeps,
  token: string | undefined,
): Promise<{ ok: true; invitation: Invitation | undefined } | Turned> {
  const invitation = token && (await deps.admissions.invitationBehind(hashToken(token), deps.now()))
  if (invitation && (invitation.isForFirstOperator || deps.signUps !== 'closed')) return { ok: true, invitation }
  if (deps.signUps === 'closed') return { ok: false, reason: 'sign_ups_closed' }
  if (token) return { ok: false, reason: 'invitation_gone' }
  return isOpen(deps) ? { ok: true, invitation: undefined } : { ok: false, reason: 'invitation_needed' }
}
