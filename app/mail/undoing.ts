import type { EventKind, SecurityEvent } from '../identity/security-events.ts'
import { type FormerAddress, keptIn } from './former-addresses.ts'

/** The parts of the account's present state that decide what can be undone. */
export type AccountNow = {
  email: string
  securityVersion: number
  tokensFrozenAt: Date | null
  deleteAt: Date | null
  factorIds: string[]
  tokens: { id: string; tokenHash: string }[]
  codesMadeAt: Date | null
  /** In the order the account left them. */
  formers: FormerAddress[]
}

/** What the button takes back, in addition to what it always does. */
export type Undoing = {
  /** The way back that is used. It takes back what came later, and closes the ways back that opened later. */
  since: FormerAddress | undefined
  /** Whether the account now has another address, and the earlier one is free for it. */
  restoresEmail: boolean
  /** Authenticators that go. If none is left, the second factor is off. */
  factorIds: string[]
  turnsOff: boolean
  /** Whether recovery codes made since are used up. The next sign-in makes others. */
  spendsCodes: boolean
  tokenIds: string[]
  /** Whether the account was to be deleted. */
  keepsAccount: boolean
}

/** What a link is about. `mailbox` is where it went, `former` the way back that it belongs to. */
export type About = { kind: string; subject: string | undefined; mailbox: string; former: string | undefined }

/** If the account now has another address, brings the mailbox's back. Undefined if there is no way back to it. */
export function wayBack(
  { email, formers }: AccountNow,
  { mailbox, former }: About,
): FormerAddress | 'present' | undefined {
  const own = formers.filter((each) => each.email === mailbox)
  const named = own.find(({ id }) => id === former)
  if (mailbox === email) return named ?? 'present'
  return named ?? own[0] // the one that was left first takes back most
}

/** What can be taken back, as the account is now. `isTaken`: the mailbox's address belongs to another account. */
export function undoingOf(
  account: AccountNow,
  { kind, subject = '', mailbox }: About,
  way: FormerAddress | 'present',
  isTaken: boolean,
): Undoing {
  const since = way === 'present' ? undefined : way
  const kept = since && keptIn(since)
  // The recovery codes that came with it are the stranger's too, so nothing else lets the owner in: everything since then goes.
  const all = kind === 'second_factor_on'
  const remaining = account.factorIds.filter((id) => !all && (!kept || kept.factors.includes(id)))
  // Never the last one: that would turn the second factor off with only a mailbox as proof.
  const left =
    kind === 'authenticator_added' && remaining.length > 1 ? remaining.filter((id) => id !== subject) : remaining
  const factorIds = account.factorIds.filter((id) => !left.includes(id))
  const isToken = kind === 'token_generated' || kind === 'token_regenerated'
  return {
    since,
    restoresEmail: mailbox !== account.email && !isTaken,
    factorIds,
    turnsOff: factorIds.length > 0 && left.length === 0,
    spendsCodes: kept !== undefined && left.length > 0 && (account.codesMadeAt?.getTime() ?? null) !== kept.codesMadeAt,
    tokenIds: account.tokens
      .filter(({ id, tokenHash }) => (kept && !kept.tokens.includes(tokenHash)) || (isToken && id === subject))
      .map(({ id }) => id),
    keepsAccount: account.deleteAt !== null,
  }
}

/** Which of the things it takes back to say first. */
export type Undone = 'email' | 'second_factor' | 'authenticator' | 'token'

export function mostOf({ restoresEmail, factorIds, turnsOff, tokenIds }: Undoing): Undone | undefined {
  if (restoresEmail) return 'email'
  if (turnsOff) return 'second_factor'
  if (factorIds.length > 0) return 'authenticator'
  return tokenIds.length > 0 ? 'token' : undefined
}

/** What the log says about it. */
export const undoneEvents = (
  { restoresEmail, factorIds, turnsOff, tokenIds, keepsAccount }: Undoing,
  event: (kind: EventKind, subject?: string) => SecurityEvent,
): SecurityEvent[] => [
  ...(restoresEmail ? [event('email_restored')] : []),
  ...(turnsOff
    ? [event('second_factor_off', factorIds[0])]
    : factorIds.map((id) => event('authenticator_removed', id))),
  ...tokenIds.map((id) => event('token_removed', id)),
  ...(keepsAccount ? [event('deletion_undone')] : []),
]

/** How much the security version grows: one for each event of a change. */
export const changesIn = ({ restoresEmail, factorIds, turnsOff }: Undoing): number =>
  1 + Number(restoresEmail) + (turnsOff ? 1 : factorIds.length)
