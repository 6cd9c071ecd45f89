import type { MailedKind, Origin } from '../identity/security-events.ts'
import { readableEmail } from '../lib/email-address.ts'
import { inWords, type Message } from './mail.ts'

/** A subject, and what happened in a sentence that "at" and "from" follow. `more`: what its owner should know besides. */
type Words = { subject: string; happened: string; more?: string }

const WORDS: Record<MailedKind, Words> = {
  signed_in: {
    subject: 'New sign-in to your account',
    happened:
      'Somebody signed in to your account from a browser, program or network that had not been used for it before',
  },
  code_wrong: {
    subject: 'Someone has your password',
    happened: 'Somebody entered the right password of your account and then a wrong code',
    more: 'If you mistyped the code yourself, there is nothing to do. If not, somebody knows your password. Your second factor has kept them out.',
  },
  second_factor_on: {
    subject: 'Two-factor authentication was turned on',
    happened: 'Two-factor authentication was turned on for your account',
    more: 'From now on, signing in takes a code from that authenticator as well.',
  },
  second_factor_replaced: {
    subject: 'Your authenticator was replaced',
    happened: 'Another authenticator took the place of yours',
    more: 'Codes of the old one no longer open the account. The recovery codes are as they were.',
  },
  second_factor_off: {
    subject: 'Two-factor authentication was turned off',
    happened: 'Two-factor authentication was turned off for your account',
    more: 'From now on, the password alone opens it.',
  },
  authenticator_added: {
    subject: 'An authenticator was added',
    happened: 'Another authenticator was added to your account',
    more: 'Its codes open the account as well, together with the password.',
  },
  authenticator_removed: {
    subject: 'An authenticator was removed',
    happened: 'An authenticator was removed from your account',
    more: 'Its codes no longer open the account.',
  },
  recovery_code_used: {
    subject: 'A recovery code was used',
    happened: 'Somebody signed in to your account with one of its recovery codes',
  },
  recovery_codes_viewed: {
    subject: 'Your recovery codes were viewed',
    happened: 'The recovery codes of your account were shown',
    more: 'Whoever has one of them, and the password, gets in.',
  },
  recovery_codes_regenerated: {
    subject: 'New recovery codes were generated',
    happened: 'New recovery codes were generated for your account',
    more: 'The old ones no longer work.',
  },
  password_changed: { subject: 'Your password was changed', happened: 'The password of your account was changed' },
  password_reset: {
    subject: 'Your password was reset',
    happened: 'The password of your account was reset through a link that had been mailed to this address',
  },
  token_generated: {
    subject: 'An access token was generated',
    happened: 'An access token was generated for your account',
    more: 'A script that carries it reaches the account without password or code.',
  },
  token_regenerated: {
    subject: 'An access token was regenerated',
    happened: 'An access token of your account was given a new value',
    more: 'A script that carries it reaches the account without password or code.',
  },
}

const AUTHENTICATOR_REFUSED =
  'It was the hundredth wrong code in a row. Codes from your authenticator are refused now; sign in with a recovery code, which frees the authenticator as well.'

/** What happened, as the page behind the link says it too. */
export const happenedInWords = (kind: MailedKind): string => WORDS[kind].happened

/** Says what happened, when and from where, and carries the "This was not me" link. No secret but that. */
export function noticeMail(
  { issuer, baseUrl }: { issuer: string; baseUrl: string },
  {
    to,
    leftAt,
    token,
    kind,
    at,
    address,
    browser,
    authenticatorRefused = false,
  }: Origin & {
    to: string
    /** When the account left this address, where it goes by another. */
    leftAt?: Date | undefined
    token: string
    kind: MailedKind
    at: Date
    authenticatorRefused?: boolean
  },
): Message {
  const { subject, happened, more } = WORDS[kind]
  return {
    to,
    subject: authenticatorRefused ? 'Your authenticator is refused: someone has your password' : subject,
    paragraphs: [
      leftAt
        ? `This is about your account at ${issuer}, which was known by ${readableEmail(to)} until ${inWords(leftAt)}.`
        : `This is about your account ${readableEmail(to)} at ${issuer}.`,
      `${happened}: on ${inWords(at)}, from ${browser} at the address ${address}.`,
      ...(more ? [more] : []),
      ...(authenticatorRefused ? [AUTHENTICATOR_REFUSED] : []),
    ],
    link: { text: 'This was not me', href: `${baseUrl}/mail/not-me?token=${token}` },
    after: [
      ...(leftAt ? ['The link puts this address back as well, and takes back what was added since.'] : []),
      'If it was you, there is nothing to do. The link works once, within 72 hours, and opens a page that says what it will do before it does it.',
    ],
  }
}

/** After "Secure my account": the next step, which is a new password. */
export const securedMail = (
  { issuer, baseUrl }: { issuer: string; baseUrl: string },
  { to, token }: { to: string; token: string },
): Message => ({
  to,
  subject: `Choose a new password for ${issuer}`,
  paragraphs: [
    `You told us that something on your account ${readableEmail(to)} at ${issuer} was not you. It has been signed out everywhere, and its access tokens are frozen.`,
    'Choose a new password now: somebody may know the old one.',
  ],
  link: { text: 'Choose a new password', href: `${baseUrl}/mail/reset-password?token=${token}` },
  after: ['The link works once, within 30 minutes. Later, ask for another on the sign-in page.'],
})
