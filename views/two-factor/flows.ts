/** The four things that ask for the password first. Each is a pop-up and, at `action`, a page of its own. */
export const flows = {
  'set-up': {
    title: 'Set Up Two-Factor Authentication',
    action: '/settings/two-factor/set-up/confirm',
    sentence: 'Have your phone at hand. First, the password of your account.',
  },
  view: {
    title: 'View Recovery Codes',
    action: '/settings/two-factor/recovery-codes/confirm',
    sentence: 'The codes open your account, so they are shown only to someone who knows its password.',
  },
  replace: {
    title: 'Replace Authenticator',
    action: '/settings/two-factor/replace/confirm',
    sentence: 'The one you have keeps working until the new one is confirmed. Your recovery codes stay.',
  },
  disable: {
    title: 'Disable Two-Factor Authentication',
    action: '/settings/two-factor/disable',
    sentence:
      'Your authenticator and your recovery codes are erased. From then on, your password alone opens the account.',
  },
} as const

export type Flow = keyof typeof flows
