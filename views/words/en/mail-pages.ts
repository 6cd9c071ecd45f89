import type { Child } from 'hono/jsx'

const newCodes = 'When you sign in, generate new recovery codes: someone may have these.'
const noWayBack = "The old password doesn't come back. You choose a new one."
const notTheOnlyChange =
  "We can't undo this from here, because your authenticators were changed in other ways too. Sign in with a recovery code, and check them under Settings."
const tokenGone = 'The access token is already gone.'

/** Pages that links in mails lead to, and what pages say about mail. */
export const mailPages = {
  check: 'Check your email',
  noServer: "This site can't send email yet. Ask the people who run it to set up a mail server.",
  inFolder: (folder: Child): Child => ['This site sends no email yet. Its mails are files in the folder ', folder, '.'],
  gone: {
    title: "This link doesn't work",
    text: 'It has expired, was already used, or is incomplete. Open the newest email from us: only its link works, and only once. If your browser blocks cookies, allow them for this site and open the link again.',
    goToSignIn: 'Go to sign-in',
  },
  confirmEmail: {
    title: 'Confirm your email address',
    yours: (email: Child): Child => ['Is ', email, ' yours?'],
    submit: 'Confirm',
  },
  changeEmail: {
    title: 'Confirm your new address',
    lead: (email: Child): Child => [
      'From now on, your account goes by ',
      email,
      '. This signs out your other sessions.',
    ],
    submit: 'Confirm',
    taken: 'That address now has an account of its own. Nothing was changed.',
  },
  keepAccount: {
    title: 'Keep your account',
    lead: (email: Child, at: Child): Child => ['Your account ', email, ' is to be deleted on ', at, '.'],
    submit: 'Keep My Account',
  },
  beginRecovery: {
    title: 'Begin the wait',
    lead: (email: Child): Child => ['You lost every authenticator and recovery code of ', email, '?'],
    next: (wait: string) =>
      `After ${wait} you can set up a new second factor. Until then, anyone who is signed in to the account or reads its mail can stop it. Its access tokens are closed until you're done.`,
    submit: 'Begin the wait',
    begun: {
      title: 'The wait has begun',
      lead: (wait: string) =>
        `In ${wait}, sign in with your email and password. On the page that asks for a code, open “Lost your device?” and choose “I've lost everything”.`,
      mails: 'We mail you now, every day, and when the wait is over. You then have 7 days.',
    },
  },
  stopRecovery: {
    title: "Don't replace the second factor",
    lead: (email: Child): Child => [
      'Someone waits to set up a new second factor for ',
      email,
      '. Stop that, and the second factor stays as it is.',
    ],
    submit: 'Stop it',
    stopped: {
      title: 'Stopped',
      lead: 'Your second factor stays as it is.',
      next: "If it wasn't you who began this, someone knows your password and may read your mail. Choose a new password for both.",
    },
  },
  notMe: {
    title: 'This was not me',
    /** What happened, and when and from where the log has it. */
    lead: (happened: string, event: { at: Child; browser: string; address: Child } | undefined): Child =>
      event ? [happened, ': ', event.at, `, ${event.browser}, `, event.address, '.'] : `${happened}.`,
    emailChanged: "Your account's email address was changed",
    theButton: "If that wasn't you, press the button below. It will at once:",
    undo: {
      email: (email: string) => `Put the address ${email} back`,
      second_factor: 'Turn two-factor authentication off again',
      authenticator: 'Remove that authenticator',
      authenticators: 'Remove the authenticators added since',
      recovery_codes: 'Spend the recovery codes made since',
      token: 'Remove that access token',
      tokens: 'Remove the access tokens made since',
      deletion: 'Keep the account, which is to be deleted',
    },
    always: [
      'Sign you out everywhere, and end every half-finished sign-in',
      'Forget every trusted or known browser',
      'Freeze your access tokens until you allow them again',
    ],
    newPassword: (email: string) => `Close the password, and send a link to choose a new one to ${email}`,
    submit: 'Secure my account',
    wasMe: 'If it was you after all, close this page. Nothing has changed.',
    /** What the button can't do. */
    advice: {
      email_changed: 'The address is already back, or belongs to another account now.',
      password_changed: noWayBack,
      password_reset: noWayBack,
      second_factor_on: notTheOnlyChange,
      authenticator_added: notTheOnlyChange,
      second_factor_off:
        'Two-factor authentication stays off, because its secret is gone. Set it up again when you have signed in.',
      second_factor_replaced:
        "The old authenticator doesn't come back. Sign in with a recovery code, and replace the authenticator again.",
      authenticator_removed:
        "The authenticator doesn't come back. Sign in with another one or a recovery code, and add it again.",
      recovery_code_used: newCodes,
      recovery_codes_viewed: newCodes,
      recovery_codes_regenerated: `The old recovery codes don't come back. ${newCodes}`,
      second_factor_recovered:
        "The old authenticators don't come back. Ask the people who run this site for a code that lets you set up your second factor again.",
      token_generated: tokenGone,
      token_regenerated: tokenGone,
    },
  },
  secured: {
    title: 'Your account is secured',
    lead: "You're signed out everywhere, your browsers are forgotten and your access tokens are frozen.",
    next: "We've sent you a link to choose a new password. It works once, within 30 minutes. The old password no longer opens the account, no matter who knows it.",
  },
}
