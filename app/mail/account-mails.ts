import type { MailedKind } from '../identity/security-events.ts'
import { readableEmail } from '../lib/email-address.ts'
import type { Origin } from '../lib/origin.ts'
import type { Vault } from '../lib/vault.ts'
import type { LinkPurpose } from './links.ts'
import type { Mail } from './mail.ts'

// The mails about an account: what each tells. None holds a secret but its link.

/** Who writes, and where the links lead: always to the site's own address, whatever host a request named. */
export type Site = { issuer: string; baseUrl: string }

export type MailDeps = Site & { vault: Vault; mailDelivery: { configured: boolean; folder: string | undefined } }

type Links = Pick<Site, 'baseUrl'>
type ByLink = { to: string; token: string; origin: Origin }
type WithoutLink = Omit<ByLink, 'token'>

const linkTo = ({ baseUrl }: Links, purpose: LinkPurpose, token: string) =>
  `${baseUrl}/mail/${purpose.replaceAll('_', '-')}?token=${token}`

/** Whose mail says that its link is about this: the purpose is the name of the mail as well. */
const byLink =
  (purpose: 'confirm_email' | 'change_email' | 'reset_password') =>
  (site: Links, { to, token, origin }: ByLink): Mail => ({
    to,
    href: linkTo(site, purpose, token),
    about: purpose,
    values: origin,
  })

/** After sign-up, or when the link is asked for again. */
export const confirmEmailMail = byLink('confirm_email')

/** To the new address. */
export const changeEmailMail = byLink('change_email')

export const resetPasswordMail = byLink('reset_password')

/** "I've lost everything": the link begins the wait of so many hours. */
export const lostEverythingMail = (site: Links, { to, token, origin, hours }: ByLink & { hours: number }): Mail => ({
  to,
  href: linkTo(site, 'lost_everything', token),
  about: 'lost_everything',
  values: { ...origin, hours },
})

type Waiting = ByLink & { begunAt: Date; opensAt: Date; endsAt: Date; at: Date }

/** While somebody waits, and after it. The link stops it. */
export const recoveryWaitsMail = (site: Links, { to, token, origin, begunAt, opensAt, endsAt, at }: Waiting): Mail => ({
  to,
  href: linkTo(site, 'stop_recovery', token),
  about: 'recovery_waits',
  values: {
    ...origin,
    account: readableEmail(to),
    begunAt: begunAt.getTime(),
    opensAt: opensAt.getTime(),
    endsAt: endsAt.getTime(),
    at: at.getTime(),
  },
})

/** To the old address, after the change. */
export const emailChangedMail = (
  site: Links,
  { to, token, newEmail, origin }: ByLink & { newEmail: string },
): Mail => ({
  to,
  href: linkTo(site, 'not_me', token),
  about: 'email_changed',
  values: { ...origin, newEmail: readableEmail(newEmail) },
})

/** After the database was put back from a backup. */
export const restoredMail = ({ baseUrl }: Links, { to }: { to: string }): Mail => ({
  to,
  href: `${baseUrl}/reset-password`,
  about: 'restored',
  values: { account: readableEmail(to) },
})

/** The same, to an address that the account has left lately, as the backup has it. */
export const restoredElsewhereMail = (
  site: Links,
  { to, token, email }: { to: string; token: string; email: string },
): Mail => ({
  to,
  href: linkTo(site, 'not_me', token),
  about: 'restored_elsewhere',
  values: { account: readableEmail(to), email: readableEmail(email) },
})

/** Somebody gave an address that an account has left, and may still come back to. */
export const addressKeptMail = ({ to, keptUntil, origin }: WithoutLink & { keptUntil: Date }): Mail => ({
  to,
  about: 'address_kept',
  values: { ...origin, keptUntil: keptUntil.getTime() },
})

/** To the address that an account leaves because its owner came back to the one before. No link: the way back was used. */
export const addressLeftMail = ({ to, origin }: WithoutLink): Mail => ({ to, about: 'address_left', values: origin })

/** Somebody gave the address of an account as if it had none: to make one, or to move another account to it. */
export const addressTriedMail = ({ baseUrl }: Links, { to, origin }: WithoutLink): Mail => ({
  to,
  href: `${baseUrl}/sign-in`,
  about: 'address_tried',
  values: origin,
})

type EndingToken = { to: string; description: string; hint: string; endsAt: Date; at: Date }

/** Some days before an access token ends. */
export const tokenEndsMail = ({ baseUrl }: Links, { to, description, hint, endsAt, at }: EndingToken): Mail => ({
  to,
  href: `${baseUrl}/settings/tokens`,
  about: 'token_ends',
  values: { account: readableEmail(to), description, hint, endsAt: endsAt.getTime(), at: at.getTime() },
})

type Event = Origin & {
  kind: MailedKind
  at: Date
  actor: 'operator' | null
  reason: string | null
  authenticatorRefused: boolean
}

/** A security event: what happened, when and from where, with the "This was not me" link. `leftAt`: when the account left this mailbox. */
export const noticeMail = (
  site: Links,
  { to, token, leftAt, event }: { to: string; token: string; leftAt: Date | undefined; event: Event },
): Mail => ({
  to,
  href: linkTo(site, 'not_me', token),
  about: 'notice',
  values: { ...event, account: readableEmail(to), at: event.at.getTime(), leftAt: leftAt?.getTime() },
})

/** An operator made the account, which has no password yet. */
export const accountMadeMail = (site: Links, { to, token }: { to: string; token: string }): Mail => ({
  to,
  href: linkTo(site, 'reset_password', token),
  about: 'account_made',
  values: { account: readableEmail(to) },
})

/** To who asked for the deletion of the account, with the link that takes it back. */
export const deletionMail = (site: Links, { to, token, origin, deleteAt }: ByLink & { deleteAt: Date }): Mail => ({
  to,
  href: linkTo(site, 'keep_account', token),
  about: 'deletion_requested',
  values: { ...origin, account: readableEmail(to), deleteAt: deleteAt.getTime() },
})

/** A day before it is deleted. */
export const deletionNearMail = (
  site: Links,
  { to, token, deleteAt }: { to: string; token: string; deleteAt: Date },
): Mail => ({
  to,
  href: linkTo(site, 'keep_account', token),
  about: 'deletion_near',
  values: { account: readableEmail(to), deleteAt: deleteAt.getTime() },
})

/** The last one. No link: there is nothing left that it could lead to. `by`: an operator did it. */
export const accountDeletedMail = ({
  to,
  at,
  by,
}: {
  to: string
  at: Date
  by: { reason: string | null } | undefined
}): Mail => ({
  to,
  about: 'account_deleted',
  values: {
    account: readableEmail(to),
    at: at.getTime(),
    isByOperator: by !== undefined,
    reason: by?.reason ?? null,
  },
})

/** After "Secure my account": the next step, which is a new password. */
export const securedMail = (site: Links, { to, token }: { to: string; token: string }): Mail => ({
  to,
  href: linkTo(site, 'reset_password', token),
  about: 'secured',
  values: { account: readableEmail(to) },
})

/** To somebody who may make an account. `until` is when the link ends. */
export const invitationMail = (
  site: Links,
  { to, token, ...of }: { to: string; token: string; until: Date; asOperator: boolean; accountEndsAt: Date | null },
): Mail => ({
  to,
  href: invitationLink(site, token),
  about: 'invitation',
  values: { ...of, until: of.until.getTime(), accountEndsAt: of.accountEndsAt?.getTime() ?? null },
})

/** Where somebody who is invited makes their account. */
export const invitationLink = ({ baseUrl }: Links, token: string): string => `${baseUrl}/sign-up?invitation=${token}`
