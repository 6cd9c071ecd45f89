const AT_MOST = 5 // accounts that one browser keeps tokens for

/** The account's token among those that a browser holds. */
export const heldFor = (held: string[], accountId: number): string | undefined =>
  held.find((token) => ownerOf(token) === accountId.toString(16))

/** One token per account, the latest first. `token` replaces its account's. */
export const holding = (held: string[], token: string): string[] =>
  [token, ...held.filter((other) => ownerOf(other) !== ownerOf(token))].slice(0, AT_MOST)

/** A token in the shape of lib/tokens.ts begins with the account. */
const ownerOf = (token: string) => token.slice(0, token.indexOf('x'))
