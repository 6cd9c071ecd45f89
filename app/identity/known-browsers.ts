import { network } from '../lib/network.ts'
import type { Origin } from '../lib/origin.ts'
import { hashToken, newToken } from '../lib/tokens.ts'
import { knownBrowserSource, type Source } from './limits.ts'
import type { Client } from './visitor.ts'

/** As stored, for each account it has signed in to. */
export type KnownBrowser = { tokenHash: string; accountId: number; firstSeenAt: Date; lastSeenAt: Date }

/** Which of the tokens the account knows, by hash, and whether it knows any browser at all. */
export type Recognition = { readonly knownBrowser: string | null; readonly hasKnownBrowsers: boolean }

/** Somebody who comes to sign in. `held` are the tokens that a browser may be known by. */
export type Arrival = { client: Client; held: string[]; origin: Origin }

/**
 * What an arrival may be known by, hashed. An API client keeps no cookie: it is known by the addresses around its own and the
 * program it claims to be. Anybody can claim that, so it spares the owner a mail and does nothing else.
 */
export const knownAs = ({ client, held, origin }: Arrival): string[] =>
  client === 'browser' ? held.map(hashToken) : [hashToken(`program ${range(origin.address)} ${programOf(origin)}`)]

/** Only to be hashed. It stays as it was when the first were hashed so, or every program would be a new one to its account. */
const programOf = ({ browser, system }: Origin) =>
  [HASHED_AS.get(browser) ?? browser, ...(system ? ['on', system] : [])].join(' ')
const HASHED_AS = new Map([
  ['unknown_browser', 'Unknown browser'],
  ['unknown_program', 'Unknown program'],
])

/** The 256 addresses around an IPv4 address, or the /64 of an IPv6 one. */
const range = (address: string) => network(address).replace(/(?<=^\d+\.\d+\.\d+)\.\d+$/, '.0/24')

/** Where its attempts are counted. A browser that the account knows counts apart from everybody else at its address. */
export const sourceOf = (recognised: Recognition | undefined, { client, origin }: Arrival): Source =>
  client === 'browser' && recognised?.knownBrowser ? knownBrowserSource(recognised.knownBrowser) : origin.address

/**
 * Not the first, and not seen before, so its owner hears about it. If the account has changed since it was made, nobody is the
 * first, even if all were forgotten.
 */
export const isNewBrowser = (
  { knownBrowser, hasKnownBrowsers }: Recognition,
  { securityVersion }: { securityVersion: number },
): boolean => knownBrowser === null && (hasKnownBrowsers || securityVersion > 1)

/**
 * The row for somebody who just signed in, and the browser's token from now on. Never adopts a token that the account doesn't
 * know, so a planted value stays worthless.
 */
export function remembered(
  arrival: Arrival,
  accountId: number,
  { knownBrowser }: Pick<Recognition, 'knownBrowser'>,
  now: Date,
): { token: string | undefined; browser: KnownBrowser } {
  const row = (tokenHash: string) => ({ tokenHash, accountId, firstSeenAt: now, lastSeenAt: now })
  if (arrival.client === 'api') return { token: undefined, browser: row(knownAs(arrival)[0] ?? '') }
  const token = arrival.held.find((each) => hashToken(each) === knownBrowser) ?? newToken(accountId)
  return { token, browser: row(hashToken(token)) }
}
