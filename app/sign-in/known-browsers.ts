import { hashToken, newToken } from '../lib/tokens.ts'
import { knownBrowserSource, type Source } from '../limits.ts'

/** As stored, for each account it has signed in to. */
export type KnownBrowser = { tokenHash: string; accountId: number; firstSeenAt: Date; lastSeenAt: Date }

/** Which of the tokens that came along the account knows, by its hash; and whether it knows any browser at all. */
export type Recognition = { knownBrowser: string | null; hasKnownBrowsers: boolean }

/** Where its attempts are counted: a browser that the account knows apart from everybody else at its address. */
export const sourceOf = (recognised: Recognition | undefined, address: string): Source =>
  recognised?.knownBrowser ? knownBrowserSource(recognised.knownBrowser) : address

/** Not the first, and not seen before: its owner is told of it. */
export const isNewBrowser = ({ knownBrowser, hasKnownBrowsers }: Recognition): boolean =>
  knownBrowser === null && hasKnownBrowsers

/**
 * The row for a browser that has just finished signing in, and the token it holds from then on. What the account does not
 * know is never taken over: a value that somebody planted stays worth nothing.
 */
export function remembered(
  held: string[],
  accountId: number,
  { knownBrowser }: Pick<Recognition, 'knownBrowser'>,
  now: Date,
): { token: string; browser: KnownBrowser } {
  const token = held.find((each) => hashToken(each) === knownBrowser) ?? newToken(accountId)
  return { token, browser: { tokenHash: hashToken(token), accountId, firstSeenAt: now, lastSeenAt: now } }
}
