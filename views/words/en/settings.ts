import type { Child } from 'hono/jsx'

const signOutEverywhere = 'Sign Out Everywhere'
const trustFor = "Don't ask on this browser for 30 days"

export const settings = {
  account: {
    title: 'Account',
    secondFactor: 'Two-Factor Authentication',
    on: 'On',
    off: 'Off',
    onLead: 'Signing in takes your password and a code from your authenticator.',
    onSince: (day: Child): Child => ['On since ', day],
    recoveryCodes: 'Recovery codes',
    left: (left: number, of: number) => `${left} of ${of} left`,
    turnOff: 'Turn it off',
    turnOffText: 'Back to the password alone.',
    offLead:
      "Your password alone opens this account. Add a code from your phone, and knowing your password won't be enough to get in.",
    signIn: 'Sign-in',
    lastChanged: (day: Child): Child => ['Last changed ', day],
    names: 'Names',
    name: 'Name',
    noName: 'None yet',
    username: 'Username',
  },
  data: {
    title: 'Download my data',
    item: 'Your data',
    what: 'What this site keeps about you, as a file.',
    lead: 'A JSON file of what this site keeps about you: your account and groups, authenticators, sessions, browsers, access tokens and activity. No password, code or token is in it.',
  },
  deleteAccount: {
    title: 'Delete Account',
    item: 'Delete your account',
    what: 'It and everything in it are deleted after 7 days, in which you can change your mind.',
    lead: "Your account is deleted in 7 days, with everything that's in it. Nobody can bring it back then.",
    until:
      "You're signed out everywhere at once, and access tokens stop. If you change your mind before then, sign in, or follow the link in the email that we send you: your account stays as it is.",
    stays:
      'What stays is the log of what happened, without your name, address and devices. You may want to have your data first:',
    lastOperator: 'You are the last operator who can work here. Make somebody else an operator first.',
  },
  changeName: {
    title: 'Change Name',
    lead: 'Your name as others should read it. Leave it empty if you want none.',
    label: 'Name',
    submit: 'Save name',
  },
  changeUsername: {
    title: 'Change Username',
    lead: (username: Child): Child => [
      'Your username is ',
      username,
      '. You can sign in with it, as with your email address.',
    ],
    newUsername: 'New username',
    hint: '2 to 32 characters: the letters a to z, digits, and . _ -',
  },
  changePassword: {
    title: 'Change Password',
    lead: 'Changing it signs you out everywhere else.',
  },
  passwordAgain: {
    title: "Confirm It's You",
    lead: 'Type your password again to go on.',
  },
  email: {
    title: 'Email Address',
    lead: "You sign in with it, and it's your way back in if you lose your password.",
    confirmed: 'Confirmed',
    unconfirmed: 'Not confirmed',
    confirmedOn: (day: Child): Child => ['Confirmed on ', day],
    followLink: "Follow the link in the email we sent you. Until then, you can't set up a second factor.",
    followLinkInFile: 'Follow the link in the email to it.',
    sendAgain: 'Send the link again',
  },
  changeEmail: {
    title: 'Change Email Address',
    lead: (email: Child): Child => [
      "We'll send a link to the new address. Until you follow it, your address stays ",
      email,
      '.',
    ],
    newEmail: 'New email address',
    submit: 'Send link',
  },
  sessions: {
    title: 'Sessions',
    lead: "Where you're signed in now. If you don't recognise one, sign it out.",
    signedIn: 'Signed in',
    more: (number: number) => `And ${number} more, seen before these.`,
    signOutOthers: 'Sign out all others',
    session: 'Session',
    started: 'Started',
    lastSeen: 'Last seen',
    apps: (titles: string[]) => `Apps opened: ${titles.join(', ')}`,
    by: (client: 'api' | 'browser', method: string) => `${client === 'api' ? 'API' : 'Browser'}. ${method}`,
    signOut: 'Sign\u00a0out',
  },
  trusted: {
    title: 'Trusted browsers',
    lead: 'On these, your password is enough. Changing your password, email address or authenticator ends that.',
    none: `None. When you tick “${trustFor}” above the code, the browser shows up here.`,
    browser: 'Browser',
    since: 'Trusted since',
    lastUsed: 'Last used',
    expires: 'Expires',
    forget: 'Forget',
    forgetAll: 'Forget all',
  },
  everywhere: {
    title: signOutEverywhere,
    wrong: 'Something is wrong?',
    lead: "Close every door to your account at once, and sign in again when you're ready.",
    sentence:
      'This ends all sessions, including this one, and every half-finished sign-in. No browser stays trusted. Your access tokens are frozen until you allow them again.',
  },
  activity: {
    title: 'Activity',
    lead: "What happened to your account's security. If you don't recognise something, change your password.",
    none: "Nothing yet. You'll find sign-ins, codes and changes here.",
    older: 'Older',
  },
}
