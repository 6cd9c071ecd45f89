import { count, sentenceCase } from './grammar.ts'

/** What many pages say alike. */
export const ui = {
  title: (page: string, site: string) => `${page} · ${site}`,
  skip: 'Skip to content',
  settings: 'Settings',
  signOut: 'Sign out',
  /** What the link to each part of the settings says. */
  tabs: {
    account: 'Account',
    'check-up': 'Check-up',
    tokens: 'Access Tokens',
    sessions: 'Sessions',
    activity: 'Activity',
  },
  navigation: { account: 'Account', settings: 'Settings' },
  column: (name: string) => `${name}: `,
  change: 'Change',
  never: 'Never',
  browserAnd: (browser: string) => `${browser}, `,
  thisSession: 'This session',

  cancel: 'Cancel',
  continue: 'Continue',
  next: 'Next',
  back: 'Back',
  done: 'Done',
  close: 'Close',
  save: 'Save',
  remove: 'Remove',
  download: 'Download',
  copy: 'Copy',
  print: 'Print',
  copied: 'Copied.',
  selected: 'Selected. Now copy it with your keyboard or menu.',
  saved: "I've saved the data",
  show: 'Show',
  showPassword: 'Show password',
  hide: 'Hide',
  hidePassword: 'Hide password',

  email: 'Email',
  code: 'Code',
  password: 'Password',
  currentPassword: 'Current password',
  newPassword: 'New password',
  ownPassword: "Your account password, to confirm it's you.",
  atLeast: (characters: number) => `At least ${characters} characters, any you like.`,
  toPutRight: (fields: number) => sentenceCase(`${count(fields, 'field', 'fields')} to put right:`),

  methods: {
    password: 'Password',
    authenticator: 'Password and authenticator',
    recovery_code: 'Password and recovery code',
    trusted_browser: 'Password, on a trusted browser',
  },
}
