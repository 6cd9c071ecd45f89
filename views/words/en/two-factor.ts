import type { Child } from 'hono/jsx'
import { count } from './grammar.ts'

const authenticators = 'Authenticators'
const moveToNewPhone = 'Move to a New Phone'

export const twoFactor = {
  /** What asks for the password first: the title is the name of the button as well. */
  flows: {
    'set-up': {
      title: 'Set Up Two-Factor Authentication',
      sentence: 'Have your phone ready. First, type your account password.',
    },
    view: {
      title: 'View Recovery Codes',
      sentence: 'These codes open your account, so we only show them to someone who knows its password.',
    },
    add: {
      title: 'Add Authenticator',
      sentence: 'Have the other phone ready. First, type your account password.',
    },
    replace: {
      title: 'Replace Authenticator',
      sentence: 'It keeps working until you confirm the new one. Your recovery codes stay.',
    },
    disable: {
      title: 'Disable Two-Factor Authentication',
      sentence:
        'This erases your authenticator and your recovery codes. From then on, your password alone opens the account.',
    },
  },
  about: (name: Child): Child => ['This is about ', name, '.'],

  freshProof: {
    title: "Confirm It's You",
    lead: 'Enter the six digits your authenticator app shows now, or one of your recovery codes. That holds for 10 minutes.',
    leadHeld:
      'Enter the six digits your authenticator app shows now. The app that sent you here takes no recovery code for them.',
  },

  enrol: {
    titles: {
      'set-up': 'Step 1 of 2: Register Authentication App',
      add: 'Register Authentication App',
      replace: 'Replace Authenticator',
    },
    submit: { 'set-up': 'Next', add: 'Add Authenticator', replace: 'Replace Authenticator' },
    replaces: (name: Child): Child => ['This takes the place of ', name, '. '],
    lead: 'Scan this with an authenticator app. It then shows six digits that change every 30 seconds: the code.',
    qr: (site: string) => `QR code that adds ${site} to an authenticator app`,
    cannotScan: "Can't scan it?",
    openApp: 'Open in an authenticator app',
    orType: 'Or type this into the app:',
    account: 'Account',
    key: 'Key',
    copyKey: 'Copy key',
    timeBased: 'Time based',
    yes: 'Yes',
    codeHint: 'The six digits your app shows now.',
    instead: 'Use an authenticator app instead',
    name: 'Name',
    nameHint: "To tell it from your others: the phone it's on, perhaps.",
  },
  needAnApp: {
    summary: 'Need an app?',
    what: 'An authenticator app shows a new code of six digits every 30 seconds, without a network. You type it when you sign in, so a stolen password alone opens nothing.',
    these: 'These four work on iPhone, Android and computers:',
    apps: [
      'Ente Auth and Proton Authenticator: free, and they do only this.',
      'Bitwarden and 1Password: password managers. Their paid plans show codes too.',
    ],
    toAdd: 'To add this account in Ente Auth:',
    steps: [
      'Install the app and open it.',
      'Choose “Scan a QR code” and point the camera at this page.',
      'No camera? Choose “Enter a setup key” and type the account and the key from this page.',
      'Type the six digits it shows into Code.',
    ],
    others: 'Any app for time-based codes (TOTP) works.',
  },
  errors: {
    otherWindow: 'That page was from an earlier set-up, maybe in another window. This is the one that counts.',
    wrongFirstCode:
      "That code is not right. Check that it's from the entry you just added, and that the clock on your phone is right.",
    sixDigits: 'Enter the six digits your authenticator shows.',
    codeFirst: 'Enter the code first.',
    notSaved: 'Save the recovery codes first, then tick this.',
  },

  save: {
    title: 'Step 2 of 2: Save Recovery Codes',
    lead: "Each of these opens your account once when you don't have your phone. Keep them away from it: in a password manager, or on paper.",
    notYet: "Two-factor authentication isn't on until you choose Done.",
  },

  codes: {
    title: 'Recovery Codes',
    lead: (madeAt: Child): Child => [
      "Each code opens your account once when you don't have your phone. These were made at ",
      madeAt,
      '.',
    ],
    usedAt: (at: Child): Child => ['used at ', at],
    unreadable: "can't be shown",
    allUsed: {
      title: "You've used all your recovery codes.",
      text: 'Generate new ones now: without them, a lost phone locks you out.',
    },
    noneYet: {
      title: 'You have no recovery codes yet.',
      text: "Generate them now: each opens your account once when you don't have your phone.",
    },
    lostList: 'Lost the list, or running low?',
    newReplace: 'New codes replace the whole list at once. The old ones then no longer work.',
    regenerate: {
      title: 'Generate new recovery codes',
      sentence:
        'You get twelve new codes at once, and the old ones stop working. Any list you saved or printed becomes waste paper.',
      submit: 'Generate',
    },
    paper: {
      title: 'Recovery codes',
      account: 'Account',
      site: 'Site',
      madeAt: 'Made at',
      codes: 'Codes',
      left: (all: number, left: number) => `${all}, of which ${left} are left`,
      how: 'Sign in with your password, then type one of these where the code is asked for. Each works once: tick it off. Anyone who has this paper and knows your password can open your account.',
    },
  },

  authenticators: {
    title: authenticators,
    lead: 'A code from any of these opens your account, together with your password. With two, on two phones, losing one locks nobody out.',
    yours: 'Your authenticators',
    added: (day: Child): Child => ['Added ', day, ', '],
    lastUsed: (at: Child): Child => ['last used ', at],
    unused: 'not used yet',
    refused: '. Its codes are refused here. Remove it and add it again.',
    unreadable: "Can't be read",
    rename: 'Rename',
    full: (most: number) =>
      `An account can have ${count(most, 'authenticator', 'authenticators')}. To add another, remove one first.`,
    renamePage: 'Rename Authenticator',
    removePage: 'Remove Authenticator',
    removeLead: (name: Child): Child => [
      'Codes from ',
      name,
      ' will no longer open your account. Your other authenticators and your recovery codes stay. This signs you out everywhere else.',
    ],
    lastLead: (name: Child): Child => [
      name,
      ' is your only authenticator. Without it, two-factor authentication is off: your password alone opens the account, and your recovery codes are erased.',
    ],
    newPhone: 'Did you get a new phone? Then move it there instead.',
  },

  move: {
    title: moveToNewPhone,
    lead: 'The authenticator on the new phone takes the place of the one on the old phone. The old one works until you confirm the new one.',
    how: 'How it goes',
    steps: [
      {
        term: 'Step 1',
        text: 'Have the new phone ready, with an authenticator app on it, and type your password.',
      },
      { term: 'Step 2', text: 'Scan the new QR code with the new phone, and type the code it shows.' },
      {
        term: 'Step 3',
        text: 'Delete the entry on the old phone, and check that your recovery codes are where you think they are.',
      },
    ],
    lost: 'Lost the old phone?',
    lostHelp:
      "It works the same way: you're already signed in, perhaps with a recovery code, so you don't need the old phone. Once you confirm the new one, the lost phone no longer opens your account.",
    which: 'Which one moves?',
    move: 'Move',
  },
}
