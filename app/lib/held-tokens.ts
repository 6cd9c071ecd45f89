const AT_MOST = 5 // accounts that one browser keeps tokens of

/** Of the tokens that a browser holds, the account's. */
export const heldFor = (held: string[], accountId: number): string | undefined =>
  held.find((token) => ownerOf(token) === accountId.toString(16))

/** One token for each account, the latest first; `token` takes the place of its account's. */
export const holding = (held: string[], token: string): string[] =>
  [token, ...held.filter((other) => ownerOf(other) !== ownerOf(token))].slice(0, AT_MOST)

/** In the shape of lib/tokens.ts the account stands in front. */
const ownerOf = (token: string) => token.slice(0, token.indexOf('x'))
