import { newId } from './lib/tokens.ts'

/** Where a request came from, in words: an address, and a browser such as "Firefox on Linux". */
export type Origin = { address: string; browser: string }

/** How a session was signed in. */
export type Method = 'password' | 'authenticator' | 'recovery_code' | 'trusted_browser'

/** Every kind of event, and when its owner is mailed. What is mailed has words in mail/notices.ts, or doesn't compile. */
const MAILED = {
  signed_up: 'never',
  signed_in: 'sometimes',
  signed_out: 'never',
  password_wrong: 'never',
  password_changed: 'always',
  code_wrong: 'always', // somebody has the password
  second_factor_on: 'always',
  second_factor_replaced: 'always',
  second_factor_off: 'always',
  recovery_code_used: 'always',
  recovery_codes_viewed: 'always',
  recovery_codes_downloaded: 'never',
  recovery_codes_regenerated: 'always',
  session_ended: 'never',
  token_generated: 'always',
  token_edited: 'never',
  token_regenerated: 'always',
  token_removed: 'never',
  tokens_frozen: 'never',
  tokens_released: 'never',
  authenticator_added: 'always',
  authenticator_renamed: 'never',
  authenticator_removed: 'always',
  browser_trusted: 'never',
  browser_forgotten: 'never',
  signed_out_everywhere: 'never',
  email_confirmed: 'never',
  email_change_requested: 'never',
  email_changed: 'never',
  email_restored: 'never',
  password_reset_requested: 'never',
  password_reset: 'always',
  reported_not_me: 'never',
  restored: 'never',
} as const satisfies Record<string, 'always' | 'sometimes' | 'never'>

export type EventKind = keyof typeof MAILED

/** Kinds of events that have a mail of their own. */
export type ToldKind = { [Kind in EventKind]: (typeof MAILED)[Kind] extends 'never' ? never : Kind }[EventKind]

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

/** Only what has words for a mail can be mailed. */
export type About<Kind extends EventKind> = {
  subject?: string | null
  noticed?: [Kind] extends [ToldKind] ? boolean : false
}

let sequence = 0 // orders what one process writes in the same millisecond; it is no count of anything

/** The row for something that happens now; the store writes it in the transaction of what it records. */
export const securityEvent = <Kind extends EventKind>(
  kind: Kind,
  accountId: number,
  origin: Origin,
  at: Date,
  method: Method | null = null,
  { subject = null, noticed }: About<Kind> = {},
): SecurityEvent => ({
  id: `${(sequence++).toString(36).padStart(8, '0')}${newId()}`,
  accountId,
  kind,
  method,
  subject,
  notice: (noticed ?? MAILED[kind] === 'always') ? 'due' : null,
  at,
  ...origin,
})
