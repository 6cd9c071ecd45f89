import type { Origin } from '../lib/origin.ts'
import { newIdInOrder } from '../lib/tokens.ts'

/** How a session was signed in. */
export type Method =
  | 'password'
  | 'authenticator'
  | 'passkey'
  | 'recovery_code'
  | 'trusted_browser'
  | 'rescue_code'
  | 'delayed_recovery'

type Row = {
  /** When its owner gets an email about it. Whatever is ever mailed has words for it, or doesn't compile. */
  mailed: 'always' | 'sometimes' | 'never'
  /** The account's present address gets a mail with a link of its own, at once. */
  ownMail?: true
  /** Logged as a warning: someone may be attacking, or says so. */
  alarming?: true
  /** An attempt that didn't succeed, and is marked so on the page. */
  failed?: true
}

/** Every kind of event. */
const EVENTS = {
  signed_up: { mailed: 'never' },
  signed_in: { mailed: 'sometimes' },
  signed_out: { mailed: 'never' },
  password_wrong: { mailed: 'never', alarming: true, failed: true },
  password_shown: { mailed: 'never' },
  password_changed: { mailed: 'always' },
  code_wrong: { mailed: 'always', alarming: true, failed: true }, // someone has the password
  tested_code_wrong: { mailed: 'always', alarming: true, failed: true }, // someone is signed in, and guesses
  second_factor_on: { mailed: 'always' },
  second_factor_replaced: { mailed: 'always' },
  second_factor_off: { mailed: 'always' },
  second_factor_shown: { mailed: 'never' },
  recovery_code_used: { mailed: 'always' },
  recovery_codes_viewed: { mailed: 'always' },
  recovery_codes_downloaded: { mailed: 'never' },
  recovery_codes_regenerated: { mailed: 'always' },
  session_ended: { mailed: 'never' },
  token_generated: { mailed: 'always' },
  token_edited: { mailed: 'never' },
  token_regenerated: { mailed: 'always' },
  token_removed: { mailed: 'sometimes' }, // by an operator
  tokens_frozen: { mailed: 'never', alarming: true },
  tokens_released: { mailed: 'never' },
  passkey_counter_fell: { mailed: 'always', alarming: true }, // there may be a copy of it
  authenticator_added: { mailed: 'always' },
  authenticator_renamed: { mailed: 'never' },
  authenticator_removed: { mailed: 'always' },
  browser_trusted: { mailed: 'never' },
  browser_forgotten: { mailed: 'never' },
  app_revoked: { mailed: 'never' },
  signed_out_everywhere: { mailed: 'sometimes' }, // by an operator
  email_confirmed: { mailed: 'never' },
  email_change_requested: { mailed: 'never' },
  email_changed: { mailed: 'never' },
  email_restored: { mailed: 'never' },
  data_downloaded: { mailed: 'always' },
  username_changed: { mailed: 'always' },
  operator_added: { mailed: 'always' },
  operator_removed: { mailed: 'always' },
  group_joined: { mailed: 'always' },
  group_left: { mailed: 'always' },
  password_reset_requested: { mailed: 'never' },
  password_reset: { mailed: 'always' },
  reported_not_me: { mailed: 'never', alarming: true },
  restored: { mailed: 'never' },
  rescue_begun: { mailed: 'always', alarming: true },
  rescue_approved: { mailed: 'always', alarming: true },
  second_factor_rescued: { mailed: 'always' },
  recovery_asked: { mailed: 'never', alarming: true }, // the mail with its link tells
  recovery_begun: { mailed: 'never', alarming: true }, // a mail of its own tells, every day
  recovery_stopped: { mailed: 'always' },
  second_factor_recovered: { mailed: 'always' },
  account_suspended: { mailed: 'always' },
  account_resumed: { mailed: 'always' },
  deletion_requested: { mailed: 'always', alarming: true, ownMail: true },
  deletion_undone: { mailed: 'always' },
  account_deleted: { mailed: 'never' }, // the mail goes with the account, and says so itself
  // Of no account: what operators do that is about none.
  invitation_made: { mailed: 'never' },
  invitation_revoked: { mailed: 'never' },
  group_created: { mailed: 'never' },
  group_deleted: { mailed: 'never' },
  policy_set: { mailed: 'never' },
  app_created: { mailed: 'never' },
  app_changed: { mailed: 'never' },
  app_deleted: { mailed: 'never' },
  client_created: { mailed: 'never' },
  client_changed: { mailed: 'never' },
  client_removed: { mailed: 'never' },
  client_secret_rotated: { mailed: 'never' },
  client_old_secret_ended: { mailed: 'never' },
  openid_keys_rotated: { mailed: 'never' },
} as const satisfies Record<string, Row>

export type EventKind = keyof typeof EVENTS

/** Kinds of events that are mailed at least sometimes. */
export type MailedKind = {
  [Kind in EventKind]: (typeof EVENTS)[Kind]['mailed'] extends 'never' ? never : Kind
}[EventKind]

/** What the log has may come from a newer version, which knows more kinds. */
const rows = new Map<string, Row>(Object.entries(EVENTS))

export const isEventKind = (kind: string): kind is EventKind => rows.has(kind)
export const EVENT_KINDS: readonly string[] = [...rows.keys()]
export const isMailed = (kind: string): kind is MailedKind => (rows.get(kind)?.mailed ?? 'never') !== 'never'
export const hasOwnMail = (kind: string): boolean => rows.get(kind)?.ownMail ?? false
export const isAlarming = (kind: string): boolean => rows.get(kind)?.alarming ?? false
export const isFailed = (kind: string): boolean => rows.get(kind)?.failed ?? false

/** One row of the log that a person reads under Settings → Activity. */
export type SecurityEvent = Origin & {
  id: string
  accountId: number
  kind: EventKind
  method: Method | null
  /** What it is about, if the kind doesn't say: the id of a factor, access token or invitation, or the name of a group or an app. */
  subject: string | null
  /** `due` until its mail is in the queue. */
  notice: 'due' | null
  at: Date
  /** Null where the account's owner did it. */
  actor: 'operator' | null
  /** The operator's account; null where it was done from the command line. */
  operatorId: number | null
  /** The operator's. */
  reason: string | null
}

/** An operator who acts on somebody's account, and why. `operatorId` is null at the command line. */
export type ByOperator = { operatorId: number | null; reason: string | null }

/** Only what has words for an email can be mailed. */
export type About<Kind extends EventKind> = {
  subject?: string | null
  noticed?: [Kind] extends [MailedKind] ? boolean : false
  /** Unless its owner did it. */
  by?: ByOperator | undefined
}

/** The row for something that happens now. The store writes it in the transaction that it records. */
export const securityEvent = <Kind extends EventKind>(
  kind: Kind,
  accountId: number,
  origin: Origin,
  at: Date,
  method: Method | null = null,
  { subject = null, noticed, by }: About<Kind> = {},
): SecurityEvent => ({
  id: newIdInOrder(),
  accountId,
  kind,
  method,
  subject,
  notice: (noticed ?? EVENTS[kind].mailed === 'always') ? 'due' : null,
  at,
  actor: by ? 'operator' : null,
  operatorId: by?.operatorId ?? null,
  reason: by?.reason ?? null,
  ...origin,
})

/** What operators do that is about no account. */
const OF_NO_ACCOUNT = [
  ...(['invitation_made', 'invitation_revoked', 'group_created', 'group_deleted', 'policy_set'] as const),
  ...(['app_created', 'app_changed', 'app_deleted'] as const),
  ...(['client_created', 'client_changed', 'client_removed'] as const),
  ...(['client_secret_rotated', 'client_old_secret_ended', 'openid_keys_rotated'] as const),
] as const
export const isOfNoAccount = (kind: string): boolean => OF_NO_ACCOUNT.some((known) => known === kind)

/** Of what an operator does that is about no account. */
export type OperatorsEvent = Omit<SecurityEvent, 'accountId'> & { accountId: null }

export const operatorsEvent = (
  kind: (typeof OF_NO_ACCOUNT)[number],
  subject: string,
  { by, at }: { by: ByOperator & { origin: Origin }; at: Date },
): OperatorsEvent => ({ ...securityEvent(kind, NOBODY, by.origin, at, null, { subject, by }), accountId: null })

const NOBODY = 0
