import { randomUUID } from 'node:crypto'
import { sql } from 'drizzle-orm'
import { column } from './columns.ts'
import { freeUid } from './uids.ts'

const { table, text, integer, time, index, uniqueIndex } = column
/** The door a session came in by, and the only one it opens. */
type Client = 'browser' | 'api'

/** What an account may do on the site. */
type Role = 'member' | 'operator'

/** What a policy can ask for. */
type Demand = 'required' | 'phishing_resistant'

/** What an app behind the gate asks of whoever comes to it. */
type AppLevel = 'password' | 'second_factor' | 'phishing_resistant'

/** How a session was signed in. */
type Method =
  | 'password'
  | 'authenticator'
  | 'passkey'
  | 'recovery_code'
  | 'trusted_browser'
  | 'rescue_code'
  | 'delayed_recovery'

const owner = () =>
  integer('account_id')
    .notNull()
    .references(() => accounts.id, { onDelete: 'cascade' })
/** Where something came from: "192.0.2.14", "Firefox", "Linux". Null where it named no system. */
const origin = () => ({
  address: text('address').notNull(),
  browser: text('browser').notNull(),
  system: text('system'),
})

export const accounts = table(
  'accounts',
  {
    id: integer('id').primaryKey(), // 48 random bits, so it doesn't tell how many accounts there are
    uid: integer('uid')
      .notNull()
      .unique()
      .$defaultFn(() => freeUid()), // its number for clients of `/1.0/` with 32-bit integers
    email: text('email').notNull().unique(), // in the form that app/lib/email-address.ts makes
    username: text('username').notNull().unique(), // in the form that app/lib/username.ts makes
    usernameLook: text('username_look').notNull().unique(), // so no two look the same
    displayName: text('display_name'), // null until its owner gives one
    displayNameLook: text('display_name_look'), // folded, for searching
    role: text('role').$type<Role>().notNull().default('member'),
    /** When its owner followed the link in a mail to it; null until then. */
    emailConfirmedAt: time('email_confirmed_at'),
    /** When the account last got another address; null: never. */
    emailChangedAt: time('email_changed_at'),
    passwordHash: text('password_hash').notNull(), // argon2id, PHC string
    passwordChangedAt: time('password_changed_at').notNull(),
    /** Grows with every change of password or second factor. What began under an older one can't finish. */
    securityVersion: integer('security_version').notNull(),
    /** Set by an operator. From then on, neither the account's sessions nor its access tokens open anything. */
    suspendedAt: time('suspended_at'),
    suspendedFor: text('suspended_for'), // the operator's reason
    /** A guest's account opens nothing from then on; null: it has no end. */
    endsAt: time('ends_at'),
    /** When housekeeping deletes it, unless its owner takes that back; null: never. */
    deleteAt: time('delete_at'),
    /** Set by "This was not me". The account's access tokens open nothing until its owner allows them again. */
    tokensFrozenAt: time('tokens_frozen_at'),
    /** When its owner last saw the recovery codes; null: not since these were made. */
    recoveryCodesSeenAt: time('recovery_codes_seen_at'),
    createdAt: time('created_at').notNull(),
  },
  (t) => [
    index('accounts_operators').on(t.id).where(sql`role = 'operator'`),
    index('accounts_delete_at').on(t.deleteAt).where(sql`delete_at is not null`),
    index('accounts_display_name_look').on(t.displayNameLook, t.id),
  ],
)

export const sessions = table(
  'sessions',
  {
    id: text('id').primaryKey(), // names the session where the name isn't secret
    tokenHash: text('token_hash').notNull().unique(), // SHA-256 of the token that the browser holds
    accountId: owner(),
    client: text('client').$type<Client>().notNull().default('browser'),
    method: text('method').$type<Method>().notNull(),
    startedAt: time('started_at').notNull(),
    lastSeenAt: time('last_seen_at').notNull(),
    expiresAt: time('expires_at').notNull(),
    /** Until when this session may show the recovery codes, after the password. */
    codesShownUntil: time('codes_shown_until'),
    /** When it last showed a second factor; null: it never did. */
    provedAt: time('proved_at'),
    /** When it last showed one that its owner holds, which a recovery code is not; null: it never did. */
    heldAt: time('held_at'),
    /** When it last showed one that resists phishing; null: it never did. */
    resistedAt: time('resisted_at'),
    /** When its owner last typed the password again; null: not since it began. */
    passwordAt: time('password_at'),
    ...origin(),
  },
  (t) => [index('sessions_account').on(t.accountId), index('sessions_expiry').on(t.expiresAt)],
)

/** Password right, code still owed. A table of its own, so it can never pass for a session. */
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
    slot: text('slot').notNull(), // the kind if an account may have only one, or else the device's id
    secret: text('secret').notNull(), // sealed
    name: text('name').notNull().default('Authenticator'), // the owner's name for the device
    counter: integer('counter').notNull(), // what its kind compares an answer to, such as the last time step
    resistsPhishing: integer('resists_phishing').$type<0 | 1>().notNull().default(0), // as its kind does
    credentialId: text('credential_id').unique(), // what a device is known by everywhere; null where it is known by nothing
    isBackedUp: integer('is_backed_up').$type<0 | 1>(), // whether there are copies of it, as it said last; null where it says nothing
    addedAt: time('added_at').notNull(),
    lastUsedAt: time('last_used_at'),
  },
  (t) => [uniqueIndex('factors_account_slot').on(t.accountId, t.slot)],
)

/** What a passkey calls its account: 32 random bytes (WebAuthn section 5.4.3), made once, so that no device holds two of one account. */
export const userHandles = table('user_handles', {
  accountId: owner().primaryKey(),
  handle: text('handle').notNull().unique(), // base64url
})

/** Challenges that somebody answered before anybody was signed in. They are good once, whatever the answer was. */
export const spentChallenges = table(
  'spent_challenges',
  {
    hash: text('hash').primaryKey(), // SHA-256
    expiresAt: time('expires_at').notNull(),
  },
  (t) => [index('spent_challenges_expiry').on(t.expiresAt)],
)

export const recoveryCodes = table(
  'recovery_codes',
  {
    id: text('id').primaryKey(),
    accountId: owner(),
    position: integer('position').notNull(), // 1 to 12, as printed
    hash: text('hash').notNull(), // keyed HMAC-SHA-256, key id in front
    sealed: text('sealed'), // the code, for showing it again; destroyed when it is used
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
    /** The value before the last regeneration, which works for a while if its owner chose that. */
    previousHash: text('previous_hash').unique(),
    previousUntil: time('previous_until'),
    lastUsedAt: time('last_used_at'),
    lastAddress: text('last_address'),
    lastBrowser: text('last_browser'),
    lastSystem: text('last_system'),
    /** When a mail about its end is due; null: none is left, or it has no end. */
    endMailAt: time('end_mail_at'),
  },
  (t) => [index('access_tokens_account').on(t.accountId), index('access_tokens_end_mail').on(t.endMailAt)],
)

/** The log a person can read. Each row is written in the transaction of what it records. */
export const events = table(
  'events',
  {
    id: text('id').primaryKey(),
    accountId: integer('account_id').references(() => accounts.id, { onDelete: 'set null' }), // null once its owner is deleted
    kind: text('kind').notNull(),
    method: text('method').$type<Method>(), // of sign-ins
    /** The id of a factor or access token, if "This was not me" needs to find it. */
    subject: text('subject'),
    /** `due` until its mail is in the queue. The mailing waits for this row itself. */
    notice: text('notice').$type<'due'>(),
    at: time('at').notNull(),
    /** Who did it, unless it was the account's owner. */
    actor: text('actor').$type<'operator'>(),
    operatorId: integer('operator_id'), // null from the command line. No reference: it outlives a deleted operator
    reason: text('reason'), // the operator's
    ...origin(),
  },
  (t) => [
    index('events_account_at').on(t.accountId, t.at),
    index('events_notice').on(t.notice),
    index('events_at').on(t.at),
  ],
)

/**
 * The chain that `log verify` follows: one row for each event, in the order they were sealed. No reference to the event, because it
 * has to show that one is gone.
 */
export const eventSeals = table('event_seals', {
  position: integer('position').primaryKey(), // from 1, without gaps
  eventId: text('event_id').notNull().unique(),
  person: text('person').notNull(), // SHA-256 of the salt and of what says whose event it is
  salt: text('salt'), // null once that is erased from the event
  digest: text('digest').notNull(), // SHA-256 of the one before, the event and `person`
  seal: text('seal').notNull(), // keyed HMAC-SHA-256, key id in front
})

/** Where the chain begins and ends, so that what retention took isn't missed, and what somebody else took is. */
export const eventChainEnds = table('event_chain_ends', {
  which: text('which').$type<'oldest' | 'newest'>().primaryKey(), // `oldest`: of those that are gone, the last
  position: integer('position').notNull(),
  digest: text('digest').notNull(),
  at: time('at').notNull(),
  seal: text('seal').notNull(),
})

/** Mail that is owed. A row goes when the mail server has taken the mail. Milliseconds, because SQL calculates with them. */
export const mails = table(
  'mails',
  {
    id: text('id').primaryKey(), // also in the Message-ID, so a receiver recognizes a second copy
    accountId: integer('account_id').references(() => accounts.id, { onDelete: 'cascade' }), // null for who has none yet
    sealed: text('sealed').notNull(), // receiver, subject and text: links in it are secrets
    createdAt: time('created_at').notNull(),
    attempts: integer('attempts').notNull().default(0),
    nextAttemptAtMs: integer('next_attempt_at_ms').notNull(),
    /** Until then, it belongs to the process that is sending it. */
    claimedUntilMs: integer('claimed_until_ms').notNull().default(0),
    lastError: text('last_error'), // why the last try failed, and the code that the mail server answered, if it did
    lastReply: integer('last_reply'),
  },
  (t) => [index('mails_next_attempt').on(t.nextAttemptAtMs), index('mails_account').on(t.accountId)],
)

/** Links that went out by mail. Each works once, for one purpose, until it ends. */
export const mailLinks = table(
  'mail_links',
  {
    tokenHash: text('token_hash').primaryKey(), // SHA-256 of the token in the link
    accountId: owner(),
    purpose: text('purpose')
      .$type<
        | 'confirm_email'
        | 'change_email'
        | 'reset_password'
        | 'not_me'
        | 'keep_account'
        | 'lost_everything'
        | 'stop_recovery'
      >()
      .notNull(),
    payload: text('payload'), // sealed: the new address, or what to undo
    createdAt: time('created_at').notNull(),
    expiresAt: time('expires_at').notNull(),
  },
  (t) => [index('mail_links_account').on(t.accountId, t.purpose), index('mail_links_expiry').on(t.expiresAt)],
)

/** An address that an account has left. It is kept for the account, and hears what happens, while "This was not me" can bring it back. */
export const formerAddresses = table(
  'former_addresses',
  {
    id: text('id').primaryKey(),
    accountId: owner(),
    email: text('email').notNull(),
    leftAt: time('left_at').notNull(), // never the same for two that one account left
    expiresAt: time('expires_at').notNull(),
    kept: text('kept').notNull(), // JSON: the factors, access tokens and recovery codes at that time
  },
  (t) => [
    index('former_addresses_email').on(t.email),
    index('former_addresses_account').on(t.accountId),
    index('former_addresses_expiry').on(t.expiresAt),
  ],
)

/** A username that an account has had. Nobody else can take it until then, so nobody is mistaken for who had it. */
export const formerUsernames = table(
  'former_usernames',
  {
    usernameLook: text('username_look').primaryKey(),
    accountId: integer('account_id'), // no reference: it outlives a deleted account
    keptUntil: time('kept_until').notNull(),
  },
  (t) => [index('former_usernames_kept').on(t.keptUntil), index('former_usernames_account').on(t.accountId)],
)

export const groups = table('groups', {
  id: text('id').primaryKey(),
  name: text('name').notNull().unique(), // in the form that app/operators/groups.ts makes
  createdAt: time('created_at').notNull(),
})

const group = () =>
  text('group_id')
    .notNull()
    .references(() => groups.id, { onDelete: 'cascade' })

export const memberships = table(
  'memberships',
  {
    accountId: owner(),
    groupId: group(),
    /** From then on it is as if it weren't there; null: it has no end. */
    until: time('until'),
    addedAt: time('added_at').notNull(),
  },
  (t) => [
    uniqueIndex('memberships_account_group').on(t.accountId, t.groupId),
    index('memberships_group').on(t.groupId, t.accountId),
    index('memberships_until').on(t.until),
  ],
)

/** What stands behind the gate: one program, and what it asks of people. */
export const apps = table('apps', {
  id: text('id').primaryKey(),
  name: text('name').notNull().unique(), // as a group's; access tokens name it: `app:photos`
  title: text('title').notNull(), // what people call it
  level: text('level').$type<AppLevel>().notNull(),
  maxAge: integer('max_age'), // seconds since the proof that `level` asks for; null: however long the session lasts
  takesTokens: integer('takes_tokens').$type<0 | 1>().notNull(),
  /** Whether it hears who is there: `Remote-User` and its like. */
  tellsIdentity: integer('tells_identity').$type<0 | 1>().notNull(),
  createdAt: time('created_at').notNull(),
  /** Another one after each change of the app or its lists, so that what was read of it once is known to be good or not. */
  revision: text('revision')
    .notNull()
    .$onUpdateFn(() => randomUUID()),
})

const app = () =>
  text('app_id')
    .notNull()
    .references(() => apps.id, { onDelete: 'cascade' })

/** In the form that app/gate/hosts.ts makes: "photos.example.com", with a port that isn't the usual one. */
export const appHosts = table(
  'app_hosts',
  {
    host: text('host').primaryKey(),
    appId: app(),
    position: integer('position').notNull(), // from 0; people are sent to the first
  },
  (t) => [uniqueIndex('app_hosts_app_position').on(t.appId, t.position)],
)

/** Whom it is open to. Without a row: nobody. */
export const appGroups = table('app_groups', { appId: app(), groupId: group() }, (t) => [
  uniqueIndex('app_groups_app_group').on(t.appId, t.groupId),
  index('app_groups_group').on(t.groupId),
])

/** Paths that ask for more than the app does, or for nothing at all. */
export const appPaths = table(
  'app_paths',
  {
    appId: app(),
    path: text('path').notNull(), // exactly, or all below it where it ends in a slash
    level: text('level').$type<AppLevel | 'public'>().notNull(),
    maxAge: integer('max_age'), // seconds
  },
  (t) => [uniqueIndex('app_paths_app_path').on(t.appId, t.path)],
)

/** Networks from which the app asks for less than its level. */
export const appNetworks = table(
  'app_networks',
  {
    appId: app(),
    network: text('network').notNull(), // "192.0.2.0/24"
    level: text('level').$type<AppLevel | 'public'>().notNull(),
  },
  (t) => [uniqueIndex('app_networks_app_network').on(t.appId, t.network)],
)

const host = () =>
  text('host')
    .notNull()
    .references(() => appHosts.host, { onDelete: 'cascade' })

const session = () =>
  text('session_id')
    .notNull()
    .references(() => sessions.id, { onDelete: 'cascade' })

/** A session at one host behind the gate. It opens that host and nothing else, and ends with the session. */
export const gateSessions = table(
  'gate_sessions',
  {
    tokenHash: text('token_hash').primaryKey(), // SHA-256 of the token that the browser holds for that host
    sessionId: session(),
    host: host(),
    startedAt: time('started_at').notNull(),
    lastSeenAt: time('last_seen_at').notNull(),
  },
  (t) => [uniqueIndex('gate_sessions_session_host').on(t.sessionId, t.host), index('gate_sessions_host').on(t.host)],
)

/** On their way from the portal to a host, in the URL. Each is spent by the first check that sees it. */
export const gateCodes = table(
  'gate_codes',
  {
    codeHash: text('code_hash').primaryKey(), // SHA-256 of the code
    sessionId: session(),
    host: host(),
    nonceHash: text('nonce_hash').notNull(), // SHA-256 of what the browser that asked for it holds
    expiresAt: time('expires_at').notNull(),
  },
  (t) => [
    index('gate_codes_session').on(t.sessionId),
    index('gate_codes_host').on(t.host),
    index('gate_codes_expiry').on(t.expiresAt),
  ],
)

/** An app as a client of OpenID Connect. Its `client_id` is the app's name. */
export const clients = table('clients', {
  appId: app().primaryKey(),
  /** How it shows at the token endpoint who it is; `client_secret`: by Basic or in the form, as it likes. */
  authMethod: text('auth_method').$type<'client_secret' | 'private_key_jwt' | 'none'>().notNull(),
  secretHash: text('secret_hash'), // SHA-256; null where it has none
  /** The one before, which works for a while after a new one was made. */
  previousHash: text('previous_hash'),
  previousUntil: time('previous_until'),
  jwks: text('jwks'), // JSON: its public keys, or null
  jwksUri: text('jwks_uri'), // where it publishes them
  signingAlg: text('signing_alg').$type<'RS256' | 'ES256' | 'EdDSA'>().notNull(), // of its ID tokens
  needsPkce: integer('needs_pkce').$type<0 | 1>().notNull(),
  /** Whether each person is asked before it hears about them. */
  isThirdParty: integer('is_third_party').$type<0 | 1>().notNull(),
  /** What it knows each person by is made with this, so that no other client knows them by the same; null: by the same as others. */
  pairwiseSalt: text('pairwise_salt'),
  /** Whether claims are only at userinfo, and not in the ID token. */
  isStrict: integer('is_strict').$type<0 | 1>().notNull(),
  /** Whether it may sign in where there is no browser (RFC 8628). */
  usesDeviceFlow: integer('uses_device_flow').$type<0 | 1>().notNull(),
  backchannelUri: text('backchannel_uri'), // where it hears of a sign-out, or null
  createdAt: time('created_at').notNull(),
})

const client = () =>
  text('app_id')
    .notNull()
    .references(() => clients.appId, { onDelete: 'cascade' })

/** Where a client may have people sent back to: with what it asked for, or after signing out. */
export const clientUris = table(
  'client_uris',
  {
    appId: client(),
    purpose: text('purpose').$type<'redirect' | 'signed_out'>().notNull(),
    uri: text('uri').notNull(),
    position: integer('position').notNull(), // from 0
  },
  (t) => [uniqueIndex('client_uris_app_purpose_uri').on(t.appId, t.purpose, t.uri)],
)

/** Claims that a client hears of the members of a group. */
export const clientClaims = table(
  'client_claims',
  {
    appId: client(),
    groupId: group(),
    claim: text('claim').notNull(),
    value: text('value').notNull(),
  },
  (t) => [
    uniqueIndex('client_claims_app_group_claim').on(t.appId, t.groupId, t.claim),
    index('client_claims_group').on(t.groupId),
  ],
)

/**
 * What the OpenID provider keeps: codes, tokens, grants and the like. What belongs to a session ends with it. A grant is
 * one client's in one session, and what is made from it goes with it.
 */
export const openidRecords = table(
  'openid_records',
  {
    id: text('id').primaryKey(), // SHA-256 of the kind and of what whoever holds it shows
    kind: text('kind').notNull(), // "AuthorizationCode", as the provider calls it
    sessionId: text('session_id').references(() => sessions.id, { onDelete: 'cascade' }),
    appId: text('app_id').references(() => clients.appId, { onDelete: 'cascade' }),
    grantId: text('grant_id'), // as `id` of the grant
    uidHash: text('uid_hash'), // SHA-256 of what else it is found by: a session's uid, or the code that a person types
    payload: text('payload').notNull(), // sealed
    consumedAt: time('consumed_at'),
    expiresAt: time('expires_at').notNull(),
  },
  (t) => [
    index('openid_records_session').on(t.sessionId),
    index('openid_records_app').on(t.appId),
    index('openid_records_grant').on(t.grantId),
    uniqueIndex('openid_records_uid').on(t.uidHash),
    index('openid_records_expiry').on(t.expiresAt),
  ],
)

/** Where a session has signed in. Whatever ends the row tells the client, by a trigger (migration 0020). */
export const openidSignIns = table(
  'openid_sign_ins',
  {
    sessionId: session(),
    appId: client(),
    subject: text('subject').notNull(), // the account's id, of which the provider makes what the client knows the person by
    sid: text('sid').notNull(), // what it knows the session by
    scopes: text('scopes').notNull(), // separated by spaces
    startedAt: time('started_at').notNull(),
    lastUsedAt: time('last_used_at').notNull(),
  },
  (t) => [
    uniqueIndex('openid_sign_ins_session_app').on(t.sessionId, t.appId),
    index('openid_sign_ins_app').on(t.appId),
  ],
)

/** Sign-outs that a client is still to hear of. No reference: its session is gone. Milliseconds, because SQL calculates with them. */
export const openidSignOuts = table(
  'openid_sign_outs',
  {
    id: text('id').primaryKey(),
    appId: text('app_id').notNull(),
    subject: text('subject').notNull(),
    sid: text('sid').notNull(),
    attempts: integer('attempts').notNull().default(0),
    nextAttemptAtMs: integer('next_attempt_at_ms').notNull().default(0),
    /** Until then, it belongs to the process that is sending it. */
    claimedUntilMs: integer('claimed_until_ms').notNull().default(0),
  },
  (t) => [index('openid_sign_outs_next_attempt').on(t.nextAttemptAtMs)],
)

/** What somebody has allowed a client that asks each person. */
export const openidConsents = table(
  'openid_consents',
  {
    accountId: owner(),
    appId: client(),
    scopes: text('scopes').notNull(), // separated by spaces
    givenAt: time('given_at').notNull(),
  },
  (t) => [
    uniqueIndex('openid_consents_account_app').on(t.accountId, t.appId),
    index('openid_consents_app').on(t.appId),
  ],
)

/** What ID tokens are signed with. */
export const openidKeys = table(
  'openid_keys',
  {
    id: text('id').primaryKey(), // the `kid`
    alg: text('alg').$type<'RS256' | 'ES256' | 'EdDSA'>().notNull(),
    position: integer('position').notNull(), // from 1: of two processes that make the next one, the first counts
    sealed: text('sealed').notNull(), // the private key, as JSON (RFC 7517)
    createdAt: time('created_at').notNull(),
    /** Until then it is only published, so that clients know it before they need it. */
    usedFrom: time('used_from').notNull(),
    /** From then on it isn't published any more: the last token that it signed has ended. Null while nothing takes its place. */
    endsAt: time('ends_at'),
  },
  (t) => [uniqueIndex('openid_keys_alg_position').on(t.alg, t.position)],
)

/** What is asked of everybody or of one group beside a password, and from when. Without a row: nothing more than SECOND_FACTOR says. */
export const policies = table(
  'policies',
  {
    scope: text('scope').primaryKey(), // "everybody", or the group's id
    groupId: text('group_id').references(() => groups.id, { onDelete: 'cascade' }),
    level: text('level').$type<Demand>().notNull(),
    holdsFrom: time('holds_from').notNull(),
  },
  (t) => [index('policies_group').on(t.groupId)],
)

/** Each makes one account. Used and revoked ones stay until they would have ended, for operators to see. */
export const invitations = table(
  'invitations',
  {
    id: text('id').primaryKey(),
    tokenHash: text('token_hash').notNull().unique(), // SHA-256 of the token in the link
    email: text('email'), // the only address it is for; null: for whoever holds it
    role: text('role').$type<Role>().notNull(),
    /** When the account that it makes ends; null: never. */
    accountEndsAt: time('account_ends_at'),
    /** Who invited: an operator's account, or null for the command line. */
    invitedBy: integer('invited_by'),
    createdAt: time('created_at').notNull(),
    /** When it was put into the mail to `email`; null: it was handed over in another way, which proves nothing about a mailbox. */
    sentAt: time('sent_at'),
    expiresAt: time('expires_at').notNull(),
    usedAt: time('used_at'),
    usedBy: integer('used_by'), // neither has a reference: they outlive a deleted account
    revokedAt: time('revoked_at'),
  },
  (t) => [index('invitations_expiry').on(t.expiresAt), index('invitations_created').on(t.createdAt, t.id)],
)

/** The groups that an invited account is in from the start. */
export const invitationGroups = table(
  'invitation_groups',
  {
    invitationId: text('invitation_id')
      .notNull()
      .references(() => invitations.id, { onDelete: 'cascade' }),
    groupId: group(),
    until: time('until'),
  },
  (t) => [
    uniqueIndex('invitation_groups_invitation_group').on(t.invitationId, t.groupId),
    index('invitation_groups_group').on(t.groupId),
  ],
)

/** An operator's code for somebody who has lost the second factor: one for an account, and the newest counts. It goes when it is used. */
export const rescues = table(
  'rescues',
  {
    accountId: integer('account_id')
      .primaryKey()
      .references(() => accounts.id, { onDelete: 'cascade' }),
    codeHash: text('code_hash'), // keyed HMAC-SHA-256, key id in front; null until a second operator approves
    /** The operator's account; null from the command line. No reference: it outlives a deleted operator. */
    askedBy: integer('asked_by'),
    reason: text('reason').notNull(),
    expiresAt: time('expires_at').notNull(),
  },
  (t) => [index('rescues_expiry').on(t.expiresAt)],
)

/** "I've lost everything": a wait, one for an account. Then its owner may set another second factor up. It goes when it is used or stopped. */
export const recoveries = table(
  'recoveries',
  {
    accountId: integer('account_id')
      .primaryKey()
      .references(() => accounts.id, { onDelete: 'cascade' }),
    begunAt: time('begun_at').notNull(),
    /** From then on it opens the set-up, for as long as app/identity/recovery.ts says. */
    opensAt: time('opens_at').notNull(),
    /** When the next mail to its owner is due; null: none is left. */
    mailAt: time('mail_at'),
    ...origin(),
  },
  (t) => [index('recoveries_opens').on(t.opensAt), index('recoveries_mail').on(t.mailAt)],
)

/** "Don't ask on this browser for 30 days." */
export const trustedBrowsers = table(
  'trusted_browsers',
  {
    id: text('id').primaryKey(),
    tokenHash: text('token_hash').notNull().unique(), // SHA-256 of the token that the browser holds
    accountId: owner(),
    /** The account's, when it was trusted. Any change of password, email or second factor ends the trust. */
    securityVersion: integer('security_version').notNull(),
    trustedAt: time('trusted_at').notNull(),
    lastUsedAt: time('last_used_at'),
    expiresAt: time('expires_at').notNull(),
    ...origin(),
  },
  (t) => [index('trusted_browsers_account').on(t.accountId), index('trusted_browsers_expiry').on(t.expiresAt)],
)

/** Browsers that have signed in before. A stranger's wrong guesses don't delay them, and the owner hears about new ones by mail. */
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
    key: text('key').primaryKey(), // sorted by bytes, also on PostgreSQL (migration 0003), so all with one beginning are one range
    count: integer('count').notNull(),
    blockedUntilMs: integer('blocked_until_ms').notNull(),
    expiresAtMs: integer('expires_at_ms').notNull(),
  },
  (t) => [index('limits_expiry').on(t.expiresAtMs)],
)
