/** What asks for the password first. Each is a page of its own at `action`, and most are a pop-up as well; Cancel leads to `back`. */
export const flows = {
  'set-up': {
    title: 'Set Up Two-Factor Authentication',
    action: '/settings/two-factor/set-up/confirm',
    back: '/settings/account',
    sentence: 'Have your phone at hand. First, the password of your account.',
  },
  view: {
    title: 'View Recovery Codes',
    action: '/settings/two-factor/recovery-codes/confirm',
    back: '/settings/account',
    sentence: 'The codes open your account, so they are shown only to someone who knows its password.',
  },
  add: {
    title: 'Add Authenticator',
    action: '/settings/two-factor/add/confirm',
    back: '/settings/two-factor/authenticators',
    sentence: 'Have the other phone at hand. First, the password of your account.',
  },
  replace: {
    title: 'Replace Authenticator',
    action: '/settings/two-factor/replace/confirm',
    back: '/settings/two-factor/authenticators',
    sentence: 'It keeps working until the new one is confirmed. Your recovery codes stay.',
  },
  disable: {
    title: 'Disable Two-Factor Authentication',
    action: '/settings/two-factor/disable',
    back: '/settings/account',
    sentence:
      'Your authenticator and your recovery codes are erased. From then on, your password alone opens the account.',
  },
} as const

export type Flow = keyof typeof flows
