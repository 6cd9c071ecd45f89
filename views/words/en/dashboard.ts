import type { Child } from 'hono/jsx'
import { count } from './grammar.ts'

export const dashboard = {
  title: 'Dashboard',
  signedInAs: (email: Child): Child => ['Signed in as ', email],
  protected: {
    title: 'Two factors protect your account.',
    text: 'Signing in takes your password and a code from your phone.',
  },
  unprotected: {
    title: 'Your account is protected by a password alone.',
    text: 'A code from your phone keeps others out even if they know it.',
  },
  unconfirmed: {
    title: "Your email address isn't confirmed.",
    text: 'Follow the link in the email we sent you. Then a second factor can protect your account.',
  },
  dueSoon: {
    title: (days: number) => `Set up a second factor within ${count(days, 'day', 'days')}.`,
    text: 'The people who run this site ask for one. After that, your account opens nothing else until you do, and its access tokens stop.',
  },
  passkeyDueSoon: {
    title: (days: number) => `Add a passkey within ${count(days, 'day', 'days')}.`,
    text: 'The people who run this site ask for one, because no other site can talk you out of it. After that, your account opens nothing else until you do, and its access tokens stop.',
    link: 'Add a passkey',
  },
  fewCodes: {
    title: (left: number) =>
      left === 0 ? 'No recovery codes are left.' : `Only ${count(left, 'recovery code', 'recovery codes')} left.`,
    text: 'Without one, a lost phone locks you out.',
  },
  secondFactor: 'Second factor',
  on: 'On',
  off: 'Off',
  since: (day: Child): Child => ['since ', day],
  recoveryCodes: 'Recovery codes',
  left: (left: number, of: number) => `${left} of ${of} left`,
  noCodes: 'None yet',
  codesCome: 'they come with the second factor',
  session: 'This session',
  sinceFrom: (at: Child, address: Child): Child => ['since ', at, ', from ', address],
  password: 'Password',
  apps: 'Your apps',
  moreApps: 'You can open more. Go to them by their own addresses.',
  lastSignIns: 'Last sign-ins',
  noSignIns: "None yet. You'll find them here.",
  allActivity: 'All activity',
}
