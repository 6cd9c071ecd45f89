import type { Origin } from '../identity/security-events.ts'
import { network } from '../lib/network.ts'
import { hashToken, newToken } from '../lib/tokens.ts'
import { knownBrowserSource, type Source } from '../limits.ts'
import type { Client } from './session.ts'

/** As stored, for each account it has signed in to. */
export type KnownBrowser = { tokenHash: string; accountId: number; firstSeenAt: Date; lastSeenAt: Date }

/** Which of the tokens that came along the account knows, by its hash; and whether it knows any browser at all. */
export type Recognition = { readonly knownBrowser: string | null; readonly hasKnownBrowsers: boolean }

/** Who is at a door. `held`: the tokens that a browser may be known by. */
export type Visitor = { client: Client; held: string[]; origin: Origin }

/**
 * What a visitor may be known by, hashed. A client of an API keeps no cookie: it is known by the addresses around its own and the
 * program it says it is. Anybody can say so, so that spares its owner a mail and does nothing else.
 */
export const knownAs = ({ client, held, origin: { address, browser } }: Visitor): string[] =>
  client === 'browser' ? held.map(hashToken) : [hashToken(`program ${range(address)} ${browser}`)]

/** The 256 addresses around an IPv4 address, or the /64 of an IPv6 one. */
const range = (address: string) => network(address).replace(/(?<=^\d+\.\d+\.\d+)\.\d+$/, '.0/24')

/** Where its attempts are counted: a browser that the account knows apart from everybody else at its address. */
export const sourceOf = (recognised: Recognition | undefined, { client, origin }: Visitor): Source =>
  client === 'browser' && recognised?.knownBrowser ? knownBrowserSource(recognised.knownBrowser) : origin.address

/**
 * Not the first, and not seen before: its owner is told of it. Where the account has changed since it was made, nobody is the first,
 * even where all were forgotten.
 */
export const isNewBrowser = (
  { knownBrowser, hasKnownBrowsers }: Recognition,
  { securityVersion }: { securityVersion: number },
): boolean => knownBrowser === null && (hasKnownBrowsers || securityVersion > 1)

/**
 * The row for who has just finished signing in, and the token that a browser holds from then on. What the account does not
 * know is never taken over: a value that somebody planted stays worth nothing.
 */
export function remembered(
  visitor: Visitor,
  accountId: number,
  { knownBrowser }: Pick<Recognition, 'knownBrowser'>,
  now: Date,
): { token: string | undefined; browser: KnownBrowser } {
  const row = (tokenHash: string) => ({ tokenHash, accountId, firstSeenAt: now, lastSeenAt: now })
  if (visitor.client === 'api') return { token: undefined, browser: row(knownAs(visitor)[0] ?? '') }
  const token = visitor.held.find((each) => hashToken(each) === knownBrowser) ?? newToken(accountId)
  return { token, browser: row(hashToken(token)) }
}
