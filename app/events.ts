import { newId } from './lib/tokens.ts'

/** Where a request came from, in words: an address, and a browser such as "Firefox on Linux". */
export type Origin = { address: string; browser: string }

/** How a session was signed in. */
export type Method = 'password' | 'authenticator' | 'recovery_code'

export type EventKind =
  | 'signed_up'
  | 'signed_in'
  | 'signed_out'
  | 'password_wrong'
  | 'password_changed'
  | 'code_wrong'
  | 'second_factor_on'
  | 'second_factor_replaced'
  | 'second_factor_off'
  | 'recovery_code_used'
  | 'recovery_codes_viewed'
  | 'recovery_codes_downloaded'
  | 'recovery_codes_regenerated'
  | 'session_ended'
  | 'token_generated'
  | 'token_edited'
  | 'token_regenerated'
  | 'token_removed'

/** One row of the log that a person reads under Settings → Activity. */
export type SecurityEvent = Origin & { id: string; accountId: number; kind: EventKind; method: Method | null; at: Date }

let sequence = 0 // orders what one process writes in the same millisecond; it is no count of anything

/** The row for something that happens now; the store writes it in the transaction of what it records. */
export const securityEvent = (
  kind: EventKind,
  accountId: number,
  origin: Origin,
  at: Date,
  method: Method | null = null,
): SecurityEvent => ({
  id: `${(sequence++).toString(36).padStart(8, '0')}${newId()}`,
  accountId,
  kind,
  method,
  at,
  ...origin,
})
