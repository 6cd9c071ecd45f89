import type { Child } from 'hono/jsx'
import { plural } from './grammar.ts'

/** A refusal that names a wait. The script counts `wait` down, and says `afterwards` at its end. */
const tryAgain = (before: string) => ({
  before,
  wait: (time: Child): Child => ['Try again in ', time, '.'],
  afterwards: 'You can try again now.',
})

/** What several forms are refused with. */
export const messages = {
  tooManyAttempts: tryAgain('Too many attempts.'),
  wrongPassword: 'That is not the password of this account.',
  changedMeanwhile: 'The account was changed in another window. Look at it again.',
  otherAccount: 'This browser is signed in to a different account. Sign out of it first, or use another browser.',
  secondFactorRequired:
    "Your account needs a second factor, so it can't be turned off. You can move it to another phone or add another one.",
  emailUnconfirmed: "Confirm your email address first. It's your way back in if you lose your password.",

  password: {
    too_short: (least: number) => `The password needs at least ${least} characters.`,
    too_long: (most: number) => `The password can have at most ${most} characters.`,
    about_you: 'The password contains your email address or the name of this site, which is what people guess first.',
    easily_guessed: 'This password is easy to guess. Try a few unrelated words.',
  },
  same_password: 'That is the password you have now. Choose another.',
  name: {
    empty: 'Give it a name.',
    too_long: (most: number) => `The name can have at most ${most} characters.`,
    not_text: "The name has a character that can't be shown on one line. Type it again.",
  },
  username: {
    no_username:
      'A username has 2 to 32 characters: the letters a to z, digits, dots, dashes and underscores. It begins with a letter or a digit.',
    too_long_username: 'A username has at most 32 characters.',
    reserved_username: 'Only this site itself may go by that username. Choose another.',
    same_username: 'That is the username you have now. Choose another.',
    username_taken:
      "That username is taken, looks like one that is, or was somebody's in the last 90 days. Choose another.",
    usernames_stay: "Usernames stay as they are here. Ask the people who run this site if yours isn't right.",
  },
  code: {
    malformed: 'Enter the six digits your authenticator shows, or one of your recovery codes.',
    wrong_code: 'That code is not right.',
    wrong_recovery_code: 'That looks like a recovery code, but it is not one of yours or has been used.',
    used_code: 'That code has already been used. Enter the one your authenticator shows now.',
    used_code_wait: {
      before: 'That code has already been used.',
      wait: (time: Child): Child => ['The next one comes in ', time, '.'],
      afterwards: 'The next code is there now.',
    },
    used_code_long: 'That code has already been used. Use a recovery code.',
    old_code: (minutes: number) =>
      `That code is from ${plural(minutes, 'a minute', `${minutes} minutes`)} ago; check the clock on your phone.`,
    wait: tryAgain('Too many wrong codes.'),
    blocked: 'There were too many wrong codes in a row. Use a recovery code: it unlocks the authenticator too.',
    not_resistant: 'No code is enough here: use one of your passkeys.',
    not_held: 'A recovery code is not enough here: use your authenticator app or a passkey. The code is still good.',
    expired: 'That took too long or too many tries. Sign in again.',
  },
  wrong_credentials: "That email and password don't belong together.",
  alone: {
    malformed: 'Your browser sent no passkey. Try again, or type your password.',
    expired: 'This page was open for too long, or it was used already. Try again.',
    passkey_refused: 'That passkey is not known here, or was refused. Try another, or type your password.',
  },
  suspended: 'This account is suspended. The people who run this site can tell you why.',
  account_ended: 'This account has ended. The people who run this site can tell you more.',
  email_taken: 'There is already an account with this email. Sign in to it instead.',
  invitedAddress: (email: string) => `This invitation is for ${email}. Use that address.`,
  same_email: 'That is the address you have now.',
}
