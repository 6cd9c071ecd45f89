import { words } from '../words/words.ts'

/** What a scope allows, in a sentence; a method of the API goes by its name alone. */
export const scopeInWords = (scope: string): string | undefined =>
  isDescribed(scope) ? words.accessTokens.scopes[scope] : undefined

const isDescribed = (scope: string): scope is keyof typeof words.accessTokens.scopes =>
  Object.hasOwn(words.accessTokens.scopes, scope)

/** The name of a scope's checkbox: `scope-account-read` for `account:read`. */
export const scopeField = (scope: string): string => `scope-${scope.replaceAll(/[:.]/g, '-')}`
