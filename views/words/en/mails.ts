import { amounts, dates } from './grammar.ts'
import { type Origin, origins } from './origins.ts'

/** `link` is what the one thing to press says; `after` is below it, smaller: what to do if the mail isn't for its reader. */
type Mail = { subject: string; paragraphs: string[]; link?: string; after?: string[] }

/** A subject, and what happened in a sentence that "on" and "from" follow. `more`: what else its owner should know. */
type Notice = { subject: string; happened: string; more?: string }

const DAY = 24 * 60 * 60_000
const from = (of: Origin) => `from ${origins.browser(of)} at the address ${origins.address(of.address)}`
const carries = 'A script that carries it reaches the account without a password or a code.'
const wasYou = "If it was you, there's nothing to do."

/** Security events that are mailed, and what the page behind the mail's link says of them. */
export const notices = {
  signed_in: {
    subject: 'New sign-in to your account',
    happened: "Someone signed in to your account from a browser, program or network you hadn't used before",
  },
  code_wrong: {
    subject: 'Someone has your password',
    happened: "Someone entered your account's right password and then a wrong code",
    more: "If you mistyped the code yourself, there's nothing to do. If not, someone knows your password. Your second factor has kept them out.",
  },
  tested_code_wrong: {
    subject: 'Someone tested a wrong code',
    happened: "Someone who's signed in to your account tested a code, and it was wrong",
    more: "If you mistyped the code yourself, there's nothing to do. If not, someone is using your account and guessing.",
  },
  second_factor_on: {
    subject: 'Two-factor authentication was turned on',
    happened: 'Two-factor authentication was turned on for your account',
    more: 'From now on, your password alone no longer opens it.',
  },
  second_factor_replaced: {
    subject: 'Your authenticator was replaced',
    happened: 'Another authenticator took the place of yours',
    more: "The old one no longer opens the account. The recovery codes haven't changed.",
  },
  second_factor_off: {
    subject: 'Two-factor authentication was turned off',
    happened: 'Two-factor authentication was turned off for your account',
    more: 'From now on, the password alone opens it.',
  },
  authenticator_added: {
    subject: 'An authenticator was added',
    happened: 'Another authenticator was added to your account',
    more: 'It opens the account too.',
  },
  authenticator_removed: {
    subject: 'An authenticator was removed',
    happened: 'An authenticator was removed from your account',
    more: 'It no longer opens the account.',
  },
  passkey_counter_fell: {
    subject: 'A passkey of yours may have been copied',
    happened: 'A passkey signed in to your account that had counted further before',
    more: 'A device that counts its signatures never counts back, so there may be a copy of it. Remove that passkey, and add it again.',
  },
  recovery_code_used: {
    subject: 'A recovery code was used',
    happened: 'Someone signed in to your account with one of its recovery codes',
  },
  recovery_codes_viewed: {
    subject: 'Your recovery codes were viewed',
    happened: "Your account's recovery codes were shown",
    more: 'Anyone who has one of them, and the password, gets in.',
  },
  recovery_codes_regenerated: {
    subject: 'New recovery codes were generated',
    happened: 'New recovery codes were generated for your account',
    more: 'The old ones no longer work.',
  },
  password_changed: { subject: 'Your password was changed', happened: "Your account's password was changed" },
  password_reset: {
    subject: 'Your password was reset',
    happened: "Your account's password was reset through a link mailed to this address",
  },
  data_downloaded: {
    subject: 'Your data was downloaded',
    happened: 'What this site keeps about your account was downloaded',
    more: 'The file lists your sessions, addresses and activity. No password, code or token is in it.',
  },
  username_changed: {
    subject: 'Your username was changed',
    happened: "Your account's username was changed",
    more: 'Nobody else can take the former one for 90 days.',
  },
  operator_added: {
    subject: 'You are an operator now',
    happened: 'Your account became one of those that run this site',
    more: 'An operator needs a second factor. Set yours up if you have none.',
  },
  operator_removed: {
    subject: "You're no longer an operator",
    happened: 'Your account stopped being one of those that run this site',
  },
  signed_out_everywhere: {
    subject: 'You were signed out everywhere',
    happened: 'An operator signed your account out everywhere and froze its access tokens',
    more: 'Sign in again, and allow the access tokens that you still use.',
  },
  token_removed: {
    subject: 'An access token was removed',
    happened: "An operator removed one of your account's access tokens",
    more: 'What used it is refused from now on.',
  },
  group_joined: {
    subject: 'You were added to a group',
    happened: 'The people who run this site added your account to a group',
    more: 'Members of a group may open what it was made for.',
  },
  group_left: {
    subject: 'You were removed from a group',
    happened: 'The people who run this site removed your account from a group',
  },
  token_generated: {
    subject: 'An access token was generated',
    happened: 'An access token was generated for your account',
    more: carries,
  },
  token_regenerated: {
    subject: 'An access token was regenerated',
    happened: "One of your account's access tokens got a new value",
    more: carries,
  },
  rescue_begun: {
    subject: 'Someone says that you lost your second factor',
    happened: 'The people who run this site are making a code that lets you set up your second factor again',
    more: "Together with your password, it replaces your authenticator and your recovery codes, once, within 15 minutes. If you didn't ask for it, the link below makes it worthless.",
  },
  rescue_approved: {
    subject: 'A code to set up your second factor is ready',
    happened: 'The code that lets you set up your second factor again was approved',
    more: "Together with your password, it replaces your authenticator and your recovery codes, once, within 15 minutes. If you didn't ask for it, the link below makes it worthless.",
  },
  second_factor_rescued: {
    subject: 'Your second factor was set up again',
    happened: 'Your second factor was set up again with a code from the people who run this site',
    more: 'Your old authenticators and recovery codes no longer open the account, and you are signed out everywhere else.',
  },
  recovery_stopped: {
    subject: 'Your second factor stays as it is',
    happened: 'The wait to set up your second factor again was stopped',
    more: "If you didn't begin it, someone knows your password: change it. If you did, and somebody else stopped it, they reach your account or your mail.",
  },
  second_factor_recovered: {
    subject: 'Your second factor was set up again',
    happened: "Your second factor was set up again after the wait that began with “I've lost everything”",
    more: 'Your old authenticators and recovery codes no longer open the account, and you are signed out everywhere else.',
  },
  account_suspended: {
    subject: 'Your account was suspended',
    happened: 'Your account was suspended',
    more: "It is signed out everywhere, and nobody can sign in to it until it's opened again. Its access tokens stop.",
  },
  deletion_requested: {
    subject: 'Your account will be deleted',
    happened: 'Someone asked for the deletion of your account',
    more: "It's deleted after 7 days. Signing in keeps it.",
  },
  deletion_undone: {
    subject: "Your account won't be deleted",
    happened: 'The deletion of your account was taken back',
    more: 'Everything is as it was. Signing in keeps an account that is to be deleted, also for a program that signs in with your password.',
  },
  account_resumed: {
    subject: 'Your account was opened again',
    happened: 'Your account is no longer suspended',
    more: 'You can sign in again.',
  },
} satisfies Record<string, Notice>

const aNotice = (kind: keyof typeof notices): Notice => notices[kind]

/** Each takes the site's name, and what the mail tells. Moments are in milliseconds. */
export const mails = {
  notice: (
    site: string,
    of: Origin & {
      kind: keyof typeof notices
      account: string
      /** When the account left this address, where it goes by another. */
      leftAt?: number | undefined
      at: number
      /** Who did it, unless it was the account's owner, and why. */
      actor?: 'operator' | null | undefined
      reason?: string | null | undefined
      authenticatorRefused: boolean
    },
  ): Mail => {
    const { subject, happened, more } = aNotice(of.kind)
    return {
      subject: of.authenticatorRefused ? 'Your authenticator is refused: someone has your password' : subject,
      paragraphs: [
        of.leftAt === undefined
          ? `This is about your account ${of.account} at ${site}.`
          : `This is about your account at ${site}, which went by ${of.account} until ${dates.inMail(of.leftAt)}.`,
        `${happened}: on ${dates.inMail(of.at)}, ${of.actor ? `by the people who run ${site}` : from(of)}.`,
        ...(of.reason == null ? [] : [`Their reason: ${of.reason}`]),
        ...(more ? [more] : []),
        ...(of.authenticatorRefused
          ? [
              'That was the hundredth wrong code in a row. We refuse codes from your authenticator now. Sign in with a recovery code, which unlocks the authenticator too.',
            ]
          : []),
      ],
      link: 'This was not me',
      after: [
        ...(of.leftAt === undefined
          ? []
          : ['The link also puts this address back, and takes back what was added since.']),
        `${wasYou} The link works once, within 72 hours, and opens a page that says what it will do before it does it.`,
      ],
    }
  },

  /** After "Secure my account": the next step, which is a new password. */
  secured: (site: string, { account }: { account: string }): Mail => ({
    subject: `Choose a new password for ${site}`,
    paragraphs: [
      `You told us that something on your account ${account} at ${site} wasn't you. We've signed it out everywhere and frozen its access tokens.`,
      'Choose a new password now: someone may know the old one.',
    ],
    link: 'Choose a new password',
    after: ['The link works once, within 30 minutes. After that, ask for another on the sign-in page.'],
  }),

  /** An operator made the account. */
  account_made: (site: string, { account }: { account: string }): Mail => ({
    subject: `Your account at ${site}`,
    paragraphs: [
      `The people who run ${site} made an account for you. You sign in with this address, ${account}.`,
      'Choose a password to begin.',
    ],
    link: 'Choose a password',
    after: [
      'The link works once, within 30 minutes. After that, ask for another: on the sign-in page, choose “Forgot your password?”.',
      "If you don't expect an account there, do nothing: nobody gets in without this mailbox.",
    ],
  }),

  /** At once, to who asked for it. */
  deletion_requested: (
    site: string,
    { account, deleteAt, ...of }: Origin & { account: string; deleteAt: number },
  ): Mail => ({
    subject: `Your account at ${site} will be deleted`,
    paragraphs: [
      `Someone asked for the deletion of your account ${account} at ${site}, ${from(of)}.`,
      `It's deleted on ${dates.inMail(deleteAt)}, with everything that's in it. Until then it's closed: signed out everywhere, and its access tokens stop.`,
      'If you want to keep it, follow the link below or sign in.',
    ],
    link: 'Keep my account',
    after: [
      "If it wasn't you, someone knows your password. Keep the account, and choose a new password at once.",
      'The link works once, within 7 days.',
    ],
  }),

  /** A day before. */
  deletion_near: (site: string, { account, deleteAt }: { account: string; deleteAt: number }): Mail => ({
    subject: `Your account at ${site} is deleted within a day`,
    paragraphs: [
      `Your account ${account} at ${site} is deleted on ${dates.inMail(deleteAt)}, with everything that's in it.`,
      'If you want to keep it, follow the link below or sign in before then. An earlier link no longer works.',
    ],
    link: 'Keep my account',
    after: ["If it's to go, there's nothing to do."],
  }),

  account_deleted: (
    site: string,
    {
      account,
      at,
      isByOperator,
      reason,
    }: { account: string; at: number; isByOperator: boolean; reason: string | null },
  ): Mail => ({
    subject: `Your account at ${site} was deleted`,
    paragraphs: [
      isByOperator
        ? `The people who run ${site} deleted your account ${account}, on ${dates.inMail(at)}.`
        : `Your account ${account} at ${site} was deleted on ${dates.inMail(at)}, as you asked for.`,
      ...(reason === null ? [] : [`Their reason: ${reason}`]),
      'Everything that was in it is gone. What stays is the log of what happened, without your name, address and devices. Nobody else can take your username for 90 days.',
    ],
    after: [`If you didn't expect this, ask the people who run ${site}. Nothing brings the account back.`],
  }),

  invitation: (
    site: string,
    { until, asOperator, accountEndsAt }: { until: number; asOperator: boolean; accountEndsAt: number | null },
  ): Mail => ({
    subject: `You're invited to ${site}`,
    paragraphs: [
      `The people who run ${site} invite you to create an account.`,
      ...(asOperator ? ["You'll be one of the people who run the site."] : []),
      ...(accountEndsAt === null ? [] : [`Your account will end on ${dates.inMail(accountEndsAt)}.`]),
    ],
    link: 'Create your account',
    after: [
      `The link works once, until ${dates.inMail(until)}.`,
      "If you don't know what this is about, there's nothing to do. Nothing happens without you.",
    ],
  }),
  /** A week before an access token ends, and a day. */
  token_ends: (
    site: string,
    {
      account,
      description,
      hint,
      endsAt,
      at,
    }: { account: string; description: string; hint: string; endsAt: number; at: number },
  ): Mail => ({
    subject:
      endsAt - at > DAY ? `An access token at ${site} ends soon` : `An access token at ${site} ends within a day`,
    paragraphs: [
      `The access token “${description}” (${hint}) of your account ${account} at ${site} ends on ${dates.inMail(endsAt)}.`,
      'From then on, whatever uses it is refused. If you still need it, regenerate it or choose a later day.',
    ],
    link: 'Your access tokens',
    after: ["If you don't need it any longer, there's nothing to do."],
  }),

  confirm_email: (site: string, of: Origin): Mail => ({
    subject: `Confirm your email address for ${site}`,
    paragraphs: [
      `Someone made an account at ${site} with this address, or asked for this link again, ${from(of)}.`,
      'If that was you, confirm that the address is yours. The link works once, within 24 hours.',
    ],
    link: 'Confirm your email address',
    after: ["If it wasn't you, do nothing: without the confirmation, nobody can speak for this address."],
  }),

  /** To the new address. */
  change_email: (site: string, of: Origin): Mail => ({
    subject: `Confirm your new email address for ${site}`,
    paragraphs: [
      `The owner of an account at ${site} wants to use this address from now on, and asked for it ${from(of)}.`,
      'Nothing changes until you confirm. The link works once, within 24 hours.',
    ],
    link: 'Confirm the new address',
    after: ["If it wasn't you, do nothing: the account then keeps its old address."],
  }),

  /** "I've lost everything": nothing happens before its link. */
  lost_everything: (site: string, { hours, ...of }: Origin & { hours: number }): Mail => ({
    subject: `Did you lose everything that opens ${site}?`,
    paragraphs: [
      `Someone who knows your password says they lost every authenticator and recovery code of your account at ${site}, ${from(of)}.`,
      `If that was you, follow the link to begin the wait. After ${amounts.hour(hours)} you can sign in with your password and set up a new second factor.`,
    ],
    link: 'Begin the wait',
    after: [
      'The link works once, within an hour, and only the newest one works.',
      "If it wasn't you, don't follow the link: nothing happens without it. But someone knows your password, so change it now.",
    ],
  }),

  /** While somebody waits after "I've lost everything", and while the set-up is open after that. */
  recovery_waits: (
    site: string,
    of: Origin & { account: string; begunAt: number; opensAt: number; endsAt: number; at: number },
  ): Mail => ({
    subject:
      of.at < of.opensAt
        ? `Someone waits to replace your second factor at ${site}`
        : `Your second factor at ${site} can be replaced now`,
    paragraphs: [
      `This is about your account ${of.account} at ${site}.`,
      `On ${dates.inMail(of.begunAt)}, someone with your password and this mailbox said they had lost everything, ${from(of)}.`,
      of.at < of.opensAt
        ? `From ${dates.inMail(of.opensAt)}, they can set up a new second factor in the place of yours. Until then, and until it's done, your access tokens are closed.`
        : `Until ${dates.inMail(of.endsAt)}, they can set up a new second factor in the place of yours. Until it's done, your access tokens are closed.`,
    ],
    link: 'Stop it',
    after: [
      of.at < of.opensAt
        ? "If it was you, there's nothing to do now. We mail you every day until it's over."
        : "If it was you, sign in with your email and password. On the page that asks for a code, open “Lost your device?” and choose “I've lost everything”.",
      "If it wasn't you, stop it. Then change your password and that of this mailbox: someone knows both.",
    ],
  }),

  /** To the old address, after the change. */
  email_changed: (site: string, { newEmail, ...of }: Origin & { newEmail: string }): Mail => ({
    subject: `Your email address at ${site} was changed`,
    paragraphs: [
      `Your account at ${site} now goes by ${newEmail}. It was changed ${from(of)}.`,
      'From now on, mails go there, and you sign in with that address.',
    ],
    link: 'This was not me',
    after: [`${wasYou} The link works once, within 72 hours.`],
  }),

  reset_password: (site: string, of: Origin): Mail => ({
    subject: `Reset your ${site} password`,
    paragraphs: [
      `Someone asked for a new password for your account at ${site}, ${from(of)}.`,
      'If that was you, choose one. The link works once, within 30 minutes, and only the newest one works.',
    ],
    link: 'Choose a new password',
    after: ["If it wasn't you, do nothing: your password stays as it is."],
  }),

  /** After the database was put back from a backup. */
  restored: (site: string, { account }: { account: string }): Mail => ({
    subject: `Choose a new password for ${site}`,
    paragraphs: [
      `${site} put its database back from a backup. A password you've changed since would open your account ${account} again, so we closed it.`,
      "Ask for a link to a new password. You're signed out everywhere, and your access tokens are frozen.",
    ],
    link: 'Ask for the link',
  }),

  /** The same, to an address that the account has left lately, as the backup has it. */
  restored_elsewhere: (site: string, { account, email }: { account: string; email: string }): Mail => ({
    subject: `Your account at ${site} goes by another address`,
    paragraphs: [
      `${site} put its database back from a backup. In it, the account that went by ${account} goes by ${email}.`,
      'If you had taken that back, take it back again.',
    ],
    link: 'This was not me',
    after: ["If you moved the account yourself, there's nothing to do."],
  }),

  /** Someone gave an address that an account has left, and may still come back to. */
  address_kept: (site: string, { keptUntil, ...of }: Origin & { keptUntil: number }): Mail => ({
    subject: `Someone gave your address at ${site}`,
    paragraphs: [
      `Someone tried to create an account with your address at ${site}, or to move another one to it, ${from(of)}.`,
      `An account went by this address until recently. We keep the address for it until ${dates.inMail(keptUntil)}, so nothing was changed.`,
      'If the account is yours and someone else moved it, use the link in our mail about that change. It puts this address back.',
    ],
    after: ['If you moved it yourself, sign in with the new address. After that time, this one is free.'],
  }),

  /** To the address that an account leaves because its owner came back to the one before. No link: the way back was used. */
  address_left: (site: string, of: Origin): Mail => ({
    subject: `Your address at ${site} was taken off the account`,
    paragraphs: [
      `The account at ${site} that went by this address has gone back to its earlier one. The owner of that mailbox said the change wasn't theirs, ${from(of)}.`,
      'Links that we mailed to this address for that account no longer work.',
    ],
  }),

  /** Someone gave the address of an account as if it had none: to make one, or to move another account to it. */
  address_tried: (site: string, of: Origin): Mail => ({
    subject: `Someone gave your address at ${site}`,
    paragraphs: [
      `Someone tried to create an account with your address at ${site}, or to move another one to it, ${from(of)}. You already have an account, so nothing was changed.`,
      "If that was you, sign in to the account you have. If you don't know its password, ask for a new one.",
    ],
    link: 'Sign in',
    after: ["If it wasn't you, there's nothing to do."],
  }),
}
