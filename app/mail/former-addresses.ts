import { newId } from '../lib/tokens.ts'
import { LINK_LIFE } from './links.ts'

/** What opened the account, next to the password, when an address was left. Everything else came later. */
export type Kept = { factors: string[]; tokens: string[]; codesMadeAt: number | null }

/** An address that an account has left, while "This was not me" can bring it back. */
export type FormerAddress = {
  id: string
  accountId: number
  email: string
  leftAt: Date
  expiresAt: Date
  /** `Kept` as JSON. */
  kept: string
}

/** The parts of the account's second factor and access tokens that tell what is new. */
export type Openers = { factorIds: string[]; tokenHashes: string[]; codesMadeAt: Date | null }

/** `earlier` are those that the account left before. Every row has a different time, which orders them. */
export function leaving(
  { accountId, email }: { accountId: number; email: string },
  { factorIds, tokenHashes, codesMadeAt }: Openers,
  earlier: FormerAddress[],
  now: Date,
): FormerAddress {
  const leftAt = new Date(Math.max(now.getTime(), ...earlier.map((each) => each.leftAt.getTime() + 1)))
  const kept: Kept = { factors: factorIds, tokens: tokenHashes, codesMadeAt: codesMadeAt?.getTime() ?? null }
  const expiresAt = new Date(leftAt.getTime() + LINK_LIFE.not_me)
  return { id: newId(), accountId, email, leftAt, expiresAt, kept: JSON.stringify(kept) }
}

export const keptIn = ({ kept }: Pick<FormerAddress, 'kept'>): Kept => JSON.parse(kept)

/** At most this many mailboxes hear about an event: the oldest, because the first owner comes first. */
const HEARD_AT_MOST = 5

/** The earlier mailboxes that hear what happens to the account. Each counts once, from the first time it was left. */
export const listening = <Former extends { email: string }>(formers: Former[], present: string): Former[] =>
  formers
    .filter(({ email }, index) => email !== present && formers.findIndex((each) => each.email === email) === index)
    .slice(0, HEARD_AT_MOST)
