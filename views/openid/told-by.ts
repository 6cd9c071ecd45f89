import { words } from '../words/words.ts'

/** What an app hears by these scopes, in the same order everywhere: an app may ask for them in any. */
export const toldBy = (scopes: readonly string[]): string[] =>
  Object.entries(words.openid.consent.scopes).flatMap(([scope, text]) => (scopes.includes(scope) ? [text] : []))
