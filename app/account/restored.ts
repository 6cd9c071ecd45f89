import { type SecurityEvent, securityEvent } from '../events.ts'

const STEP = 30_000 // milliseconds of a TOTP time step (RFC 6238 section 4.1)
const WINDOW = 1 // steps that a code may be early

export type RestoredStore = {
  /** In the order of their ids, after `after`. */
  accountsAfter(after: number, limit: number): Promise<{ id: number; tokensFrozenAt: Date | null }[]>
  /** All of it in one transaction. False when the account's access tokens were frozen or released meanwhile. */
  closeRestored(of: {
    accountId: number
    wasFrozen: boolean
    counter: number
    at: Date
    events: SecurityEvent[]
  }): Promise<boolean>
}

export type RestoredDeps = { restored: RestoredStore; now(): Date }

const AT_ONCE = 500
const ORIGIN = { address: 'the server', browser: 'Restored from a backup' }

/**
 * After a database was put back from a backup: what was used up since is in it unused. Ends every session, half-done sign-in
 * and link, forgets trusted browsers, freezes access tokens, spends every recovery code (the next sign-in leads to making
 * new ones) and every authenticator code of this minute. How many accounts it was. Done again, it does it again.
 */
export async function closeAfterRestore({ restored, now }: RestoredDeps): Promise<number> {
  let closed = 0
  let after = -1
  for (;;) {
    const accounts = await restored.accountsAfter(after, AT_ONCE)
    for (const { id: accountId, tokensFrozenAt } of accounts) {
      const at = now()
      const wasFrozen = tokensFrozenAt !== null
      const event = (kind: 'restored' | 'tokens_frozen') => securityEvent(kind, accountId, ORIGIN, at)
      const counter = Math.floor(at.getTime() / STEP) + WINDOW
      const events = [event('restored'), ...(wasFrozen ? [] : [event('tokens_frozen')])]
      if (!(await restored.closeRestored({ accountId, wasFrozen, counter, at, events })))
        throw new Error('An account was changed meanwhile: stop the server, and run this again.')
      closed++
      after = accountId
    }
    if (accounts.length < AT_ONCE) return closed
  }
}
