import type { Child } from 'hono/jsx'
import { count, sentenceCase } from './grammar.ts'

const sessionsOf = (number: number) => count(number, 'session', 'sessions')
const tokensOf = (number: number) => count(number, 'access token', 'access tokens')

export const checkUp = {
  title: 'Check-up',
  lead: 'Whether everything is in order, from the second factor to what you may have forgotten.',
  fine: 'In order',
  look: 'Look at this',
  /** On the dashboard. */
  allFine: 'Check-up: everything is in order.',
  toLookAt: (number: number) => `Check-up: ${count(number, 'thing', 'things')} to look at.`,
  open: 'Open Check-up',

  secondFactor: {
    on: (day: Child): Child => ['On since ', day, '.'],
    off: 'Off: your password alone opens this account.',
  },
  recoveryCodes: {
    title: 'Recovery codes',
    left: (left: number, of: number, seen: Child): Child => [`${left} of ${of} left, last seen on `, seen, '.'],
    few: 'Generate new ones before they run out.',
    longAgo: "That's more than a year ago. Do you still know where they are?",
  },
  browsers: {
    title: 'Browsers and sessions',
    fine: 'Nothing is older than 90 days.',
    sessions: (number: number) =>
      `${sentenceCase(sessionsOf(number))} began more than 90 days ago. Sign out what you no longer use.`,
    unseen: (number: number) =>
      `${sentenceCase(count(number, 'browser or program', 'browsers or programs'))} last signed in more than 90 days ago. If you no longer have ${number === 1 ? 'it' : 'them'}, change your password: then we forget every other browser.`,
  },
  tokens: {
    none: 'No access token is unused or about to end.',
    unused: (number: number) =>
      `${sentenceCase(tokensOf(number))} ${number === 1 ? "hasn't" : "haven't"} been used for 90 days. Remove what you no longer need:`,
    ending: (number: number) => `${sentenceCase(tokensOf(number))} ${number === 1 ? 'ends' : 'end'} within a week:`,
    ends: (at: Child): Child => [', ends ', at],
  },
  email: {
    confirmed: (day: Child): Child => ['Confirmed on ', day, '.'],
    unconfirmed: "Not confirmed. It's your way back in if you lose your password.",
    unneeded: 'This site sends no mail, so there is nothing to confirm.',
  },

  test: {
    title: 'Test a Code',
    lead: "Type the six digits your authenticator shows, or a recovery code. Testing doesn't use it up. A wrong code counts like one at sign-in.",
    submit: 'Test',
    works: 'That code works.',
    from: (device: string) => `It's from “${device}”.`,
    onTime: "Your phone's clock is right.",
    aStepBehind:
      "It's one step of 30 seconds behind. Either typing took a moment, or your phone's clock is up to a minute slow.",
    aStepAhead:
      "It's one step of 30 seconds ahead: your phone's clock is up to a minute fast. Let the phone set it by itself.",
    stepsBehind: {
      title: 'That code is right, but too old to sign in with.',
      text: (steps: number, time: string) =>
        `It's ${steps} steps of 30 seconds behind: your phone's clock is about ${time} slow, or the code is from then. Let the phone set its clock by itself.`,
    },
    used: {
      title: 'That code has been used.',
      text: 'It was right, and opens nothing again.',
      next: (time: string) => `It was right, and opens nothing again. The next one comes in ${time}.`,
    },
    recoveryCode: "It's one of your recovery codes, and stays unused.",
    usedRecoveryCode: {
      title: 'That recovery code has been used.',
      text: (day: string) => `You used it on ${day}. Cross it out.`,
    },
    wrong:
      "That code is not right. If your authenticator shows it now, the phone's clock may be more than a minute fast, or over five minutes slow.",
    blocked:
      'There were too many wrong codes in a row. Test a recovery code, or sign in with one: that unlocks the authenticator.',
  },
}
