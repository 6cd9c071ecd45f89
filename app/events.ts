import { newId } from './lib/tokens.ts'

/** Where a request came from, in words: an address, and a browser such as "Firefox on Linux". */
export type Origin = { address: string; browser: string }

/** How a session was signed in. */
export type Method = 'password' | 'authenticator' | 'recovery_code' | 'trusted_browser'

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
  | 'tokens_frozen'
  | 'tokens_released'
  | 'authenticator_added'
  | 'authenticator_renamed'
  | 'authenticator_removed'
  | 'browser_trusted'
  | 'browser_forgotten'
  | 'signed_out_everywhere'
  | 'email_confirmed'
  | 'email_change_requested'
  | 'email_changed'
  | 'email_restored'
  | 'password_reset_requested'
  | 'password_reset'
  | 'reported_not_me'
  | 'restored'

/** What its owner is told of by mail, whatever else happens. Others are told of where their writer says so. */
const NOTICED: ReadonlySet<EventKind> = new Set<EventKind>([
  'second_factor_on',
  'second_factor_replaced',
  'second_factor_off',
  'authenticator_added',
  'authenticator_removed',
  'recovery_code_used',
  'recovery_codes_viewed',
  'recovery_codes_regenerated',
  'password_changed',
  'password_reset',
  'code_wrong', // somebody has the password
  'token_generated',
  'token_regenerated',
])

/** One row of the log that a person reads under Settings → Activity. */
export type SecurityEvent = Origin & {
  id: string
  accountId: number
  kind: EventKind
  method: Method | null
  /** The id of the factor or access token it is about, where there is one. */
  subject: string | null
  /** `due` until the mail about it stands in the queue. */
  notice: 'due' | null
  at: Date
}

let sequence = 0 // orders what one process writes in the same millisecond; it is no count of anything

/** The row for something that happens now; the store writes it in the transaction of what it records. */
export const securityEvent = (
  kind: EventKind,
  accountId: number,
  origin: Origin,
  at: Date,
  method: Method | null = null,
  { subject = null, noticed = NOTICED.has(kind) }: { subject?: string | null; noticed?: boolean } = {},
): SecurityEvent => ({
  id: `${(sequence++).toString(36).padStart(8, '0')}${newId()}`,
  accountId,
  kind,
  method,
  subject,
  notice: noticed ? 'due' : null,
  at,
  ...origin,
})
