import {
  type Arrival,
  isNewBrowser,
  type KnownBrowser,
  type Recognition,
  remembered,
} from '../identity/known-browsers.ts'
import type { Forgiven } from '../identity/limits.ts'
import { recoveryAt } from '../identity/recovery.ts'
import { type SecurityEvent, securityEvent } from '../identity/security-events.ts'
import { type NewSession, newSession } from '../identity/session.ts'
import { newTrust, type Trust } from '../identity/trusted-browsers.ts'
import { newToken } from '../lib/tokens.ts'
import type { SignInAnswer } from '../two-factor/factor.ts'
import { type Holds, stayingEvent } from './sign-in.ts'

/** What a sign-in by a factor leaves behind, in one transaction, for one caller only. */
export type Completion = {
  securityVersion: number
  session: NewSession
  events: SecurityEvent[]
  forgiven: Forgiven
  known: KnownBrowser | undefined
  trust: Trust | undefined
  /** Where the account was to be deleted. */
  stays: SecurityEvent | undefined
  stopsRecovery: boolean
}

/** Somebody who comes, as the account knows them. `trusts`: the tokens of a browser that is not to be asked for a code again. */
export type Arriving = Arrival & { recognised: Recognition; trusts: string[] | undefined }

/** Whose sign-in it is. `recoveryOpensAt` is as in visitor.ts. */
type Owner = {
  accountId: number
  uid: number
  securityVersion: number
  deleteAt: Date | null
  recoveryOpensAt: Date | null
}

/** `token` where the client goes on under one that it has. */
export function complete(
  deps: { now(): Date; sessionLifetime: number },
  owner: Owner,
  arriving: Arriving,
  {
    method,
    forgiven,
    token: kept = newToken(owner.uid),
  }: Pick<SignInAnswer, 'method'> & { forgiven: Forgiven; token?: string },
): { token: string; holds: Holds; completion: Completion } {
  const now = deps.now()
  const { accountId, securityVersion } = owner
  const { client, origin, recognised, trusts } = arriving
  const { token, session } = newSession({ accountId, client, method, token: kept }, origin, now, deps.sessionLifetime)
  const known = remembered(arriving, accountId, recognised, now)
  const noticed = isNewBrowser(recognised, owner)
  const events = [securityEvent('signed_in', accountId, origin, now, method, { noticed })]
  const trusted =
    trusts && method !== 'recovery_code' ? newTrust(trusts, { accountId, securityVersion }, origin, now) : undefined
  if (trusted) {
    const subject = trusted.trust.browser.id
    events.push(securityEvent('browser_trusted', accountId, origin, now, null, { subject }))
  }
  // Somebody with a factor hasn't lost everything. If a stranger began the wait, it ends here, whether or not the owner sees the warning.
  const stopsRecovery = recoveryAt(owner.recoveryOpensAt, now) !== undefined
  if (stopsRecovery) events.push(securityEvent('recovery_stopped', accountId, origin, now))
  const holds = { known: known.token, trusted: trusted?.token }
  const stays = stayingEvent(owner, accountId, origin, now)
  const rows = { session, events, known: known.browser, trust: trusted?.trust, stays, stopsRecovery }
  return { token, holds, completion: { securityVersion, forgiven, ...rows } }
}
