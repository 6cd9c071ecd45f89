import { words } from '../words/words.ts'

/** What a scope allows, in a sentence; a method of the API goes by its name alone. */
export const scopeInWords = (scope: string): string | undefined =>
  isDescribed(scope) ? words.accessTokens.scopes[scope] : undefined

const isDescribed = (scope: string): scope is keyof typeof words.accessTokens.scopes =>
  Object.hasOwn(words.accessTokens.scopes, scope)

/** The name of a scope's checkbox: `scope-account-read` for `account:read`. An app's name stays as it is: `a.b` is not `a-b`. */
export const scopeField = (scope: string): string =>
  scope.startsWith('app:') ? scope.replace('app:', 'scope-app-') : `scope-${scope.replaceAll(/[:.]/g, '-')}`
