/** What asks for the password first. Each is a page of its own at `action`, and most are a pop-up as well; Cancel leads to `back`. Their words are `words.twoFactor.flows`. */
export const flows = {
  'set-up': {
    action: '/settings/two-factor/set-up/confirm',
    back: '/settings/account',
  },
  view: {
    action: '/settings/two-factor/recovery-codes/confirm',
    back: '/settings/account',
  },
  add: {
    action: '/settings/two-factor/add/confirm',
    back: '/settings/two-factor/authenticators',
  },
  replace: {
    action: '/settings/two-factor/replace/confirm',
    back: '/settings/two-factor/authenticators',
  },
  disable: {
    action: '/settings/two-factor/disable',
    back: '/settings/account',
  },
} as const

export type Flow = keyof typeof flows
