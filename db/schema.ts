import { column } from './columns.ts'
import { freeUid } from './uids.ts'

const { table, text, integer, time, index, uniqueIndex } = column
/** The door a session came in by, and the only one it opens. */
type Client = 'browser' | 'api'

/** How a session was signed in. */
type Method = 'password' | 'authenticator' | 'recovery_code' | 'trusted_browser'

const owner = () =>
  integer('account_id')
    .notNull()
    .references(() => accounts.id, { onDelete: 'cascade' })
/** Where something came from, as a person would say it: "192.0.2.14", "Firefox on Linux". */
const origin = () => ({ address: text('address').notNull(), browser: text('browser').notNull() })

export const accounts = table('accounts', {
  id: integer('id').primaryKey(), // 48 random bits, so that it does not tell how many accounts there are
  uid: integer('uid')
    .notNull()
    .unique()
    .$defaultFn(() => freeUid()), // what clients of `/1.0/` with 32-bit integers know it by
  email: text('email').notNull().unique(), // in the one form of app/lib/email-address.ts
  /** When its owner followed the link in a mail to it; null until then. */
  emailConfirmedAt: time('email_confirmed_at'),
  passwordHash: text('password_hash').notNull(), // argon2id, PHC string
  passwordChangedAt: time('password_changed_at').notNull(),
  /** Grows with every change of password or second factor. What began under an older one can not finish. */
  securityVersion: integer('security_version').notNull(),
  /** Set by an operator: from then on neither sessions nor access tokens of the account open anything. */
  suspendedAt: time('suspended_at'),
  /** Set by "This was not me": its access tokens open nothing until the owner allows them again. */
  tokensFrozenAt: time('tokens_frozen_at'),
  createdAt: time('created_at').notNull(),
})

export const sessions = table(
  'sessions',
  {
    id: text('id').primaryKey(), // names the session in pages and cookies that are no secret
    tokenHash: text('token_hash').notNull().unique(), // SHA-256 of the token that the browser holds
    accountId: owner(),
    client: text('client').$type<Client>().notNull().default('browser'),
    method: text('method').$type<Method>().notNull(),
    startedAt: time('started_at').notNull(),
    lastSeenAt: time('last_seen_at').notNull(),
    expiresAt: time('expires_at').notNull(),
    /** Until when this session may show the recovery codes: the password was typed for it. */
    codesShownUntil: time('codes_shown_until'),
    ...origin(),
  },
  (t) => [index('sessions_account').on(t.accountId), index('sessions_expiry').on(t.expiresAt)],
)

/** Password right, code still owed. A table of its own, so that it can never pass for a session. */
export const pendingSignIns = table(
  'pending_sign_ins',
  {
    tokenHash: text('token_hash').primaryKey(),
    client: text('client').$type<Client>().notNull().default('browser'),
    accountId: owner(),
    securityVersion: integer('security_version').notNull(),
    attemptsLeft: integer('attempts_left').notNull(),
    expiresAt: time('expires_at').notNull(),
  },
  (t) => [index('pending_sign_ins_account').on(t.accountId), index('pending_sign_ins_expiry').on(t.expiresAt)],
)

/** A row is an active factor. Nothing half-enrolled lives here. */
export const factors = table(
  'factors',
  {
    id: text('id').primaryKey(),
    accountId: owner(),
    kind: text('kind').notNull(),
    slot: text('slot').notNull(), // the kind where an account may have one of it, else the device's own id
    secret: text('secret').notNull(), // sealed
    name: text('name').notNull().default('Authenticator'), // its owner's word for the device
    counter: integer('counter').notNull(), // the highest accepted TOTP time step; only ever grows
    addedAt: time('added_at').notNull(),
    lastUsedAt: time('last_used_at'),
  },
  (t) => [uniqueIndex('factors_account_slot').on(t.accountId, t.slot)],
)

export const recoveryCodes = table(
  'recovery_codes',
  {
    id: text('id').primaryKey(),
    accountId: owner(),
    position: integer('position').notNull(), // 1 to 12, as printed
    hash: text('hash').notNull(), // keyed HMAC-SHA-256, key id in front
    sealed: text('sealed'), // the code, to be shown again; destroyed when it is used
    madeAt: time('made_at').notNull(),
    usedAt: time('used_at'),
  },
  (t) => [uniqueIndex('recovery_codes_account_position').on(t.accountId, t.position)],
)

/** Enrolments begun at `/1.0/`, whose clients keep no cookie: sealed, one per session. They become factors when they are finished. */
export const pendingEnrolments = table(
  'pending_enrolments',
  {
    sessionId: text('session_id')
      .primaryKey()
      .references(() => sessions.id, { onDelete: 'cascade' }),
    enrolment: text('enrolment').notNull(),
    expiresAt: time('expires_at').notNull(),
  },
  (t) => [index('pending_enrolments_expiry').on(t.expiresAt)],
)

export const accessTokens = table(
  'access_tokens',
  {
    id: text('id').primaryKey(),
    accountId: owner(),
    tokenHash: text('token_hash').notNull().unique(), // SHA-256 of the token
    hint: text('hint').notNull(), // its last characters, to tell it from others
    description: text('description').notNull(),
    scopes: text('scopes').notNull(), // separated by spaces
    createdAt: time('created_at').notNull(),
    expiresAt: time('expires_at'), // null: never
    /** The value before the last regeneration, which goes on for a while where its owner chose so. */
    previousHash: text('previous_hash').unique(),
    previousUntil: time('previous_until'),
    lastUsedAt: time('last_used_at'),
    lastAddress: text('last_address'),
    lastBrowser: text('last_browser'),
  },
  (t) => [index('access_tokens_account').on(t.accountId)],
)

/** The log a person can read. Each row is written in the transaction of what it records. */
export const events = table(
  'events',
  {
    id: text('id').primaryKey(),
    accountId: owner(),
    kind: text('kind').notNull(),
    method: text('method').$type<Method>(), // of sign-ins
    /** What it was about, where "This was not me" has to find it again: the id of a factor or an access token. */
    subject: text('subject'),
    /** `due` until the mail about it stands in the queue: the row itself is what the mailing waits for. */
    notice: text('notice').$type<'due'>(),
    at: time('at').notNull(),
    ...origin(),
  },
  (t) => [
    index('events_account_at').on(t.accountId, t.at),
    index('events_notice').on(t.notice),
    index('events_at').on(t.at),
  ],
)

/** Mail that is owed. A row goes when the mail server has taken it. Milliseconds, because SQL calculates with them. */
export const mails = table(
  'mails',
  {
    id: text('id').primaryKey(), // in the Message-ID as well, so that a receiver knows a second copy
    accountId: owner(),
    sealed: text('sealed').notNull(), // receiver, subject and text: links in it are secrets
    createdAt: time('created_at').notNull(),
    attempts: integer('attempts').notNull().default(0),
    nextAttemptAtMs: integer('next_attempt_at_ms').notNull(),
    /** Until then it belongs to the process that is sending it. */
    claimedUntilMs: integer('claimed_until_ms').notNull().default(0),
    lastError: text('last_error'), // in our words
  },
  (t) => [index('mails_next_attempt').on(t.nextAttemptAtMs), index('mails_account').on(t.accountId)],
)

/** Links that went out by mail. Each is good once, for one purpose, until its end. */
export const mailLinks = table(
  'mail_links',
  {
    tokenHash: text('token_hash').primaryKey(), // SHA-256 of the token in the link
    accountId: owner(),
    purpose: text('purpose').$type<'confirm_email' | 'change_email' | 'reset_password' | 'not_me'>().notNull(),
    payload: text('payload'), // sealed: the new address, or what is to be undone
    createdAt: time('created_at').notNull(),
    expiresAt: time('expires_at').notNull(),
  },
  (t) => [index('mail_links_account').on(t.accountId, t.purpose), index('mail_links_expiry').on(t.expiresAt)],
)

/** An address that an account has left: kept for it, and told of what happens, for as long as "This was not me" can put it back. */
export const formerAddresses = table(
  'former_addresses',
  {
    id: text('id').primaryKey(),
    accountId: owner(),
    email: text('email').notNull(),
    leftAt: time('left_at').notNull(), // of two that one account left, never the same
    expiresAt: time('expires_at').notNull(),
    kept: text('kept').notNull(), // JSON: which factors, access tokens and recovery codes there were
  },
  (t) => [
    index('former_addresses_email').on(t.email),
    index('former_addresses_account').on(t.accountId),
    index('former_addresses_expiry').on(t.expiresAt),
  ],
)

/** "Don't ask on this browser for 30 days." */
export const trustedBrowsers = table(
  'trusted_browsers',
  {
    id: text('id').primaryKey(),
    tokenHash: text('token_hash').notNull().unique(), // SHA-256 of the token that the browser holds
    accountId: owner(),
    /** Of the account when it was trusted: after any change of password, e-mail or second factor it is not. */
    securityVersion: integer('security_version').notNull(),
    trustedAt: time('trusted_at').notNull(),
    lastUsedAt: time('last_used_at'),
    expiresAt: time('expires_at').notNull(),
    ...origin(),
  },
  (t) => [index('trusted_browsers_account').on(t.accountId), index('trusted_browsers_expiry').on(t.expiresAt)],
)

/** Browsers that have signed in before. A stranger's wrong guesses do not delay them, and a new one is told of by mail. */
export const knownBrowsers = table(
  'known_browsers',
  {
    tokenHash: text('token_hash').notNull(), // SHA-256 of the token that the browser holds
    accountId: owner(),
    firstSeenAt: time('first_seen_at').notNull(),
    lastSeenAt: time('last_seen_at').notNull(),
  },
  (t) => [
    uniqueIndex('known_browsers_token_account').on(t.tokenHash, t.accountId),
    index('known_browsers_account').on(t.accountId),
    index('known_browsers_last_seen').on(t.lastSeenAt),
  ],
)

/** Attempts, counted for a key such as `address:192.0.2.14`. Milliseconds, because SQL calculates with them. */
export const limits = table(
  'limits',
  {
    key: text('key').primaryKey(), // in the order of bytes, also on PostgreSQL (migration 0003): all that begin alike are one range
    count: integer('count').notNull(),
    blockedUntilMs: integer('blocked_until_ms').notNull(),
    expiresAtMs: integer('expires_at_ms').notNull(),
  },
  (t) => [index('limits_expiry').on(t.expiresAtMs)],
)
