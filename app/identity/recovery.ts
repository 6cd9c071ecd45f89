import type { Account, SignedIn } from './visitor.ts'

const DAY = 24 * 60 * 60_000

/** After the wait, somebody who lost everything can set up again for so long. */
const OPEN_FOR = 7 * DAY
/** For so long after a change of address nobody can begin a wait: a stranger who moved the account to their mailbox gains nothing. */
const ADDRESS_SETTLES = 30 * DAY

/** Waits that opened by then have ended. */
export const recoveriesOver = (at: Date): Date => new Date(at.getTime() - OPEN_FOR)
/** When one that opens then has ended. */
export const recoveryEnds = (opensAt: Date): Date => new Date(opensAt.getTime() + OPEN_FOR)

/** Whether the account's owner waits, or may set up again now. Undefined: neither. */
export function recoveryAt(opensAt: Date | null, at: Date): 'waits' | 'open' | undefined {
  if (!opensAt || at >= recoveryEnds(opensAt)) return undefined
  return at < opensAt ? 'waits' : 'open'
}

/** Until when it isn't offered because the account got another address. */
export function addressSettlesAt(emailChangedAt: Date | null, at: Date): Date | undefined {
  const settled = emailChangedAt && new Date(emailChangedAt.getTime() + ADDRESS_SETTLES)
  return settled && at < settled ? settled : undefined
}

/** What a session is warned of: not of what is over, nor of the wait that let it in itself. */
export function warnedOfRecovery<Visitor extends SignedIn>(visitor: Visitor, at: Date): Visitor {
  const { recoveryOpensAt } = visitor.account
  if (!recoveryOpensAt) return visitor
  const isOwn = visitor.session.method === 'delayed_recovery'
  return recoveryAt(recoveryOpensAt, at) && !isOwn
    ? visitor
    : { ...visitor, account: { ...visitor.account, recoveryOpensAt: null } }
}

/** Whether a wait keeps the account's access tokens closed. */
export const keepsTokensClosed = ({ recoveryOpensAt }: Pick<Account, 'recoveryOpensAt'>, at: Date): boolean =>
  recoveryAt(recoveryOpensAt, at) !== undefined
