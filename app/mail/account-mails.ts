import type { Origin } from '../identity/security-events.ts'
import { readableEmail } from '../lib/email-address.ts'
import type { Vault } from '../lib/vault.ts'
import type { LinkPurpose } from './links.ts'
import { inWords, type Message } from './mail.ts'

// What the mails about an account's address and password say. None holds a secret but its link.

/** Who writes, and where the links lead: always to the site's own address, whatever host a request named. */
export type Site = { issuer: string; baseUrl: string }

export type MailDeps = Site & { vault: Vault; mailDelivery: { configured: boolean; folder: string | undefined } }

const from = ({ browser, address }: Origin) => `from ${browser} at the address ${address}`

const linkTo = ({ baseUrl }: Site, purpose: LinkPurpose, token: string) =>
  `${baseUrl}/mail/${purpose.replaceAll('_', '-')}?token=${token}`

type ByLink = { to: string; token: string; origin: Origin }

/** After sign-up, or when the link is asked for again. */
export const confirmEmailMail = (site: Site, { to, token, origin }: ByLink): Message => ({
  to,
  subject: `Confirm your e-mail address for ${site.issuer}`,
  paragraphs: [
    `Somebody made an account at ${site.issuer} with this address, or asked for this link again, ${from(origin)}.`,
    'If that was you, confirm that the address is yours. The link works once, within 24 hours.',
  ],
  link: { text: 'Confirm your e-mail address', href: linkTo(site, 'confirm_email', token) },
  after: ['If it was not you, do nothing: without the confirmation nobody can speak for this address.'],
})

/** To the new address. */
export const changeEmailMail = (site: Site, { to, token, origin }: ByLink): Message => ({
  to,
  subject: `Confirm your new e-mail address for ${site.issuer}`,
  paragraphs: [
    `The owner of an account at ${site.issuer} wants to use this address from now on, and asked for it ${from(origin)}.`,
    'Nothing changes until you confirm. The link works once, within 24 hours.',
  ],
  link: { text: 'Confirm the new address', href: linkTo(site, 'change_email', token) },
  after: ['If it was not you, do nothing: the account then keeps its old address.'],
})

/** To the old address, after the change. */
export const emailChangedMail = (
  site: Site,
  { to, token, newEmail, origin }: ByLink & { newEmail: string },
): Message => ({
  to,
  subject: `Your e-mail address at ${site.issuer} was changed`,
  paragraphs: [
    `Your account at ${site.issuer} is now known by ${readableEmail(newEmail)}. It was changed ${from(origin)}.`,
    'From now on mails go there, and sign-in asks for that address.',
  ],
  link: { text: 'This was not me', href: linkTo(site, 'not_me', token) },
  after: ['If it was you, there is nothing to do. The link works once, within 72 hours.'],
})

export const resetPasswordMail = (site: Site, { to, token, origin }: ByLink): Message => ({
  to,
  subject: `Reset your ${site.issuer} password`,
  paragraphs: [
    `Somebody asked for a new password for your account at ${site.issuer}, ${from(origin)}.`,
    'If that was you, choose one. The link works once, within 30 minutes, and only the newest one works.',
  ],
  link: { text: 'Choose a new password', href: linkTo(site, 'reset_password', token) },
  after: ['If it was not you, do nothing: your password stays as it is.'],
})

/** After the database was put back from a backup. */
export const restoredMail = (site: Site, { to }: { to: string }): Message => ({
  to,
  subject: `Choose a new password for ${site.issuer}`,
  paragraphs: [
    `The database of ${site.issuer} was put back from a backup. A password that was changed since would open your account ${to} again, so the password is closed.`,
    'Ask for a link to a new password. You are signed out everywhere, and your access tokens are frozen.',
  ],
  link: { text: 'Ask for the link', href: `${site.baseUrl}/reset-password` },
})

/** The same, to an address that the account has left lately, as the backup has it. */
export const restoredElsewhereMail = (
  site: Site,
  { to, token, email }: { to: string; token: string; email: string },
): Message => ({
  to,
  subject: `Your account at ${site.issuer} is known by another address`,
  paragraphs: [
    `The database of ${site.issuer} was put back from a backup. In it, the account that was known by ${to} is known by ${email}.`,
    'If you had taken that back, take it back again.',
  ],
  link: { text: 'This was not me', href: linkTo(site, 'not_me', token) },
  after: ['If it was you who moved the account, there is nothing to do.'],
})

/** Somebody gave an address that an account has left, and may still come back to. */
export const addressKeptMail = (
  site: Site,
  { to, keptUntil, origin }: Omit<ByLink, 'token'> & { keptUntil: Date },
): Message => ({
  to,
  subject: `Somebody gave your address at ${site.issuer}`,
  paragraphs: [
    `Somebody tried to create an account with your address at ${site.issuer}, or to move another one to it, ${from(origin)}.`,
    `An account was known by this address until lately. The address is kept for it until ${inWords(keptUntil)}, so nothing was changed.`,
    'If the account is yours and somebody else moved it, use the link in our mail about that change. It puts this address back.',
  ],
  after: ['If you moved it yourself, sign in with the new address. From the time above on, this one is free.'],
})

/** To the address that an account leaves because its owner came back to the one before. No link: the way back was used. */
export const addressLeftMail = (site: Site, { to, origin }: Omit<ByLink, 'token'>): Message => ({
  to,
  subject: `Your address at ${site.issuer} was taken off the account`,
  paragraphs: [
    `The account at ${site.issuer} that was known by this address has gone back to the one before. The owner of that mailbox said that the change was not theirs, ${from(origin)}.`,
    'Links that we mailed to this address for that account no longer work.',
  ],
})

/** Somebody gave the address of an account as if it had none: to make one, or to move another account to it. */
export const addressTriedMail = (site: Site, { to, origin }: Omit<ByLink, 'token'>): Message => ({
  to,
  subject: `Somebody gave your address at ${site.issuer}`,
  paragraphs: [
    `Somebody tried to create an account with your address at ${site.issuer}, or to move another one to it, ${from(origin)}. You have an account already, so nothing was changed.`,
    'If that was you, sign in to the account you have. If you do not know its password any more, ask for a new one.',
  ],
  link: { text: 'Sign in', href: `${site.baseUrl}/sign-in` },
  after: ['If it was not you, there is nothing to do.'],
})
