import type { Origin } from '../lib/origin.ts'
import { type SecurityEvent, securityEvent } from './security-events.ts'
import type { SignedIn } from './visitor.ts'

export type SignOutDeps = {
  signIns: { signOut(of: { sessionId: string; event: SecurityEvent }): Promise<boolean> }
  now(): Date
}

/** Ends the session; the token in the browser is worth nothing from here on. */
export async function signOut(deps: SignOutDeps, visitor: SignedIn, origin: Origin): Promise<void> {
  await deps.signIns.signOut({
    sessionId: visitor.session.id,
    event: securityEvent('signed_out', visitor.account.id, origin, deps.now()),
  })
}
