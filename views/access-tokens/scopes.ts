const WORDS: Record<string, string> = {
  'account:read': 'See the email address of the account, and whether its second factor is on.',
  'sessions:read': 'See where the account is signed in.',
  'sessions:write': 'Sign other browsers and API clients out.',
  'events:read': 'Read the activity of the account.',
}

/** What a scope allows, in a sentence; a method of the API goes by its name alone. */
export const scopeInWords = (scope: string): string | undefined => WORDS[scope]

/** The name of a scope's checkbox: `scope-account-read` for `account:read`. */
export const scopeField = (scope: string): string => `scope-${scope.replaceAll(/[:.]/g, '-')}`
