import type { Child } from 'hono/jsx'
import { count } from './grammar.ts'

export const accessTokens = {
  title: 'Access Tokens',
  lead: (api: (text: string) => Child): Child => [
    'A script that carries one reaches the ',
    api('API'),
    ' without your password and without a code.',
  ],
  none: 'You have no access tokens yet. Generate one for each script, so you can remove them one by one.',
  generate: 'Generate',
  edit: 'Edit',
  regenerate: 'Regenerate',

  token: 'Token',
  created: 'Created',
  lastUsed: 'Last used',
  expires: 'Expires',
  oldWorksUntil: (at: Child): Child => ['The old value works until ', at, '.'],
  expired: 'expired',
  withinADay: 'within a day',
  inDays: (days: number) => `in ${count(days, 'day', 'days')}`,

  frozen: {
    title: 'Your access tokens are frozen.',
    text: 'They open nothing now. Someone pressed “This was not me” in an email about your account.',
    since: (at: Child): Child => ['Since ', at],
    removeFirst: "Remove any you don't recognise before you allow the others.",
    release: 'Allow my access tokens again',
  },

  form: {
    description: 'Description',
    descriptionHint: "What it's for, so you recognise it later.",
    expiresHint: (days: number) => `The last day it works, by UTC. At most ${days} days ahead.`,
    never: 'Never expires',
    scopes: 'Scopes',
    scopesHint: 'What it may do. No token reaches the password, the second factor, recovery codes or tokens.',
    methods: 'Methods of /1.0/, one by one',
  },
  scopes: {
    'account:read': "See the account's email address, and whether its second factor is on.",
    'sessions:read': 'See where the account is signed in.',
    'sessions:write': 'Sign other browsers and API clients out.',
    'events:read': 'Read the activity of the account.',
  },

  opens: (app: string) => `Open ${app} as you do. It is no key to anything here.`,

  generatePage: 'Generate Access Token',
  editPage: 'Edit Access Token',
  valueStays: (hint: Child): Child => ['The value ', hint, " doesn't change."],
  regeneratePage: 'Regenerate Access Token',
  newValue: (description: string, hint: Child): Child => [
    `A new value for “${description}” (`,
    hint,
    '). The old one stops working at once, unless you keep it for a while.',
  ],
  overlap: 'Keep the old one working for 24 hours',
  removePage: 'Remove Access Tokens',
  removeLead: 'Whatever uses these is refused from then on.',

  shown: {
    title: 'Save Your Access Token',
    lead: 'You see it this once. Keep it where your script can find it and nobody else can.',
    token: 'Access token',
    shownOnce: 'It was shown once.',
    regenerate: "If you didn't save it, regenerate it.",
  },

  errors: {
    no_scope: 'Choose at least one scope.',
    no_such_app: 'One of the apps takes no access tokens, or you may not open it. Choose again.',
    too_many_tokens: (most: number) =>
      `An account can have ${most} access tokens, and you have that many. Remove one first.`,
    expires_too_late: (days: number) => `An access token can live ${days} days at most.`,
    expires_in_the_past: 'That day is over. Choose today or later.',
    no_day: 'Choose the last day it should work.',
    noneTicked: 'Tick the tokens you want to remove.',
    notSaved: 'Save the value first, then tick this.',
  },
}
