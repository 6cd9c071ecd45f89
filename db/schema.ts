import { column } from './columns.ts'

const { table, text, integer, time, index, uniqueIndex } = column
/** The door a session came in by, and the only one it opens. */
type Client = 'browser' | 'api'

/** How a session was signed in. */
type Method = 'password' | 'authenticator' | 'recovery_code'

const owner = () =>
  integer('account_id')
    .notNull()
    .references(() => accounts.id, { onDelete: 'cascade' })
/** Where something came from, as a person would say it: "192.0.2.14", "Firefox on Linux". */
const origin = () => ({ address: text('address').notNull(), browser: text('browser').notNull() })

export const accounts = table('accounts', {
  id: integer('id').primaryKey(), // 48 random bits, so that it does not tell how many accounts there are
  email: text('email').notNull().unique(), // normalised: trimmed, NFC, lower case
  passwordHash: text('password_hash').notNull(), // argon2id, PHC string
  passwordChangedAt: time('password_changed_at').notNull(),
  /** Grows with every change of password or second factor. What began under an older one can not finish. */
  securityVersion: integer('security_version').notNull(),
  /** Set by an operator: from then on neither sessions nor access tokens of the account open anything. */
  suspendedAt: time('suspended_at'),
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

/** Enrolments begun by `/1.0/`, whose clients keep no cookie: sealed, one per session. They are not factors until they are finished. */
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
    at: time('at').notNull(),
    ...origin(),
  },
  (t) => [index('events_account_at').on(t.accountId, t.at)],
)

/** Attempts, counted for a key such as `address:192.0.2.14`. Milliseconds, because SQL calculates with them. */
export const limits = table(
  'limits',
  {
    key: text('key').primaryKey(),
    count: integer('count').notNull(),
    blockedUntilMs: integer('blocked_until_ms').notNull(),
    expiresAtMs: integer('expires_at_ms').notNull(),
  },
  (t) => [index('limits_expiry').on(t.expiresAtMs)],
)
