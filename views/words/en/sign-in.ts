import type { Child } from 'hono/jsx'

export const signIn = {
  signUp: {
    title: 'Create your account',
    passwordHint: (characters: number) =>
      `At least ${characters} characters, any you like. A few words in a row are easy to remember.`,
    submit: 'Create account',
    haveOne: 'Have an account?',
    asOperator: "You'll be one of the people who run this site.",
    endsOn: (day: Child): Child => ['Your account will end on ', day, '.'],
  },
  noSignUp: {
    invitation_needed: {
      title: 'You need an invitation',
      text: 'The people who run this site decide who has an account. Ask them for an invitation, and open the link in it.',
    },
    invitation_gone: {
      title: "This invitation doesn't work",
      text: 'It has expired, was already used, or was taken back. Ask the people who run this site for a new one. If your browser blocks cookies, allow them for this site and open the link again.',
    },
    sign_ups_closed: {
      title: 'Sign-up is closed',
      text: 'This site makes no new accounts. Ask the people who run it if you need one.',
    },
  },
  signIn: {
    title: 'Sign in',
    orUsername: 'Or your username.',
    forgot: 'Forgot your password?',
    newHere: 'New here?',
  },
  secondStep: {
    title: 'Two-Factor Authentication',
    lead: 'Enter the six digits your authenticator app shows now, or one of your recovery codes.',
    locked: 'Too many wrong codes in a row: the authenticator is locked. Enter a recovery code to unlock it.',
    trust: "Don't ask on this browser for 30 days",
    submit: 'Verify',
    lost: 'Lost your device?',
    lostHelp:
      "Type one of your recovery codes above. Once you're in, open Settings, Authenticators, and choose Move to a New Phone. The lost device then no longer opens your account.",
  },
  rescue: {
    link: 'I have a code from an operator',
    title: 'Set Up a Lost Second Factor Again',
    lead: 'Type the code that the people who run this site gave you. It works once, within 15 minutes, and opens one thing: the set-up of a new second factor. When you finish it, your old authenticators and recovery codes stop working.',
    submit: 'Continue',
    wrong: "That code is not right, or it's over. Ask for a new one.",
  },
  lostEverything: {
    link: "I've lost everything",
    title: "I've Lost Everything",
    lead: 'If every authenticator and every recovery code is gone, you can set up a new second factor after a wait.',
    faster: 'The people who run this site may have a faster way: a code that lets you set it up at once.',
    steps: (wait: string) => [
      'Type your password. We send a link to your email address.',
      `Follow the link within an hour. Then wait ${wait}. We mail you every day, and anyone who is signed in to the account can stop it.`,
      'After the wait, sign in again and come back to this page within 7 days. You set up a new second factor, and the old authenticators and recovery codes stop working.',
    ],
    tokens: 'Your access tokens are closed from the beginning of the wait until you are done.',
    submit: 'Send link',
    sent: 'A link is on its way to the email address of your account. Follow it within an hour to begin the wait.',
    addressUnsettled: (day: Child): Child => [
      'The email address of this account was changed in the last 30 days. To protect its owner, we offer this again from ',
      day,
      '. The people who run this site may help you sooner.',
    ],
    waits: (at: Child): Child => ['The wait has begun. Sign in again from ', at, ', and come back to this page.'],
    open: (at: Child): Child => [
      'The wait is over. You can set up a new second factor until ',
      at,
      '. When you finish, the old authenticators and recovery codes stop working.',
    ],
    setUp: 'Set Up a New Second Factor',
    notOpen: "That can't be done now. This is how things stand.",
    /** At the top of every page of somebody who is signed in. */
    warning: {
      title: 'Someone says they lost everything that opens this account.',
      text: (at: Child): Child => [
        'From ',
        at,
        ", they can set up a new second factor in the place of yours. If that isn't you, stop it.",
      ],
      stop: 'Stop it',
    },
  },
  noCookie: {
    title: "Your browser didn't keep our cookie",
    lead: "This site needs a cookie to know you from one page to the next. Your browser didn't send it back, so we did nothing with what you typed.",
    allow: (site: Child): Child => [
      'Allow cookies for ',
      site,
      " in your browser's settings, and in any extension that blocks them.",
    ],
    exactly: 'Open this site at exactly that address.',
    cleared: "If you just cleared your cookies, there's nothing to change. Try again.",
  },
  resetPassword: {
    title: 'Reset your password',
    lead: "We'll send a link to choose a new one to your account's address.",
    submit: 'Send link',
    remembered: 'Remembered it?',
  },
  newPassword: {
    title: 'Choose a new password',
    lead: (email: Child): Child => [
      'For ',
      email,
      '. This signs you out everywhere. Your second factor stays as it is.',
    ],
    submit: 'Save password',
  },
  sent: {
    signUp:
      'We sent an email to the address you gave. Follow its link to confirm that the address is yours, then sign in.',
    resetPassword:
      'If that address has an account, an email with a link to a new password is on its way. The link works once, within 30 minutes.',
    notThere: 'Nothing there? Look in your spam folder, and check that you gave the right address.',
  },
}
