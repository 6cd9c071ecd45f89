// Rows like those of a product after many years, made by the database itself. Every key grows with its row's number, so
// tables and indexes are written from left to right. Keys spread over their whole range, so real people's rows fall anywhere.
import { TOTP } from '../../app/two-factor/factors/totp/totp.ts'
import type { Dialect } from '../../db/columns.ts'

const ALPHABET = '-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz' // base64url in the order of text
const IDS = 2 ** 48
const DAY = 24 * 60 * 60_000
/** Four letters each, which the database cuts out. */
const FIRST_NAMES = 'AlanBertCarlDoraEditFinnGregHedyIvanJoanKurtLiseMaryNinaOlgaPaulRosaSvenTinaYuri'
const NAME = 4
const MIXED = 2654435761 // odd, so every account has a username of its own (Knuth, multiplicative hashing)

const PER_ACCOUNT = { recoveryCodes: 12, events: 4, sessions: 1, accessTokens: 1, knownBrowsers: 2 }

/** What the accounts are found by. */
export const firstNames: string[] = FIRST_NAMES.match(/.{4}/g) ?? []
export const usernameOf = (i: number) => `m${((BigInt(i) * BigInt(MIXED)) % 2n ** 32n).toString(16).padStart(8, '0')}`
export function byAddress(i: number, accounts: number) {
  const id = 1 + i * Math.floor(IDS / accounts)
  return { id, email: `${id.toString(16).padStart(12, '0')}@example.com` }
}

/** This many accounts, each with a second factor, recovery codes, events, a session, an access token and known browsers. */
export async function populate(
  run: (statement: string) => Promise<unknown>,
  { dialect, accounts, passwordHash, now }: { dialect: Dialect; accounts: number; passwordHash: string; now: number },
): Promise<void> {
  const { series, hex, time } = dialect === 'sqlite' ? sqlite : postgres
  /** For row `i` of all rows: one character that runs through the alphabet, then its number. */
  const key = (of: number, length: number) =>
    `substr('${ALPHABET}', cast(1 + i * ${ALPHABET.length} / ${of} as integer), 1) || ${hex('i', 15)}${length > 16 ? ` || '${'x'.repeat(length - 16)}'` : ''}`
  const owner = (each: number) => `1 + (i / ${each}) * ${Math.floor(IDS / accounts)}`
  const past = time(`${now - 300 * DAY} + (i % 300) * ${DAY}`)
  const later = (of: number) => time(`${now + DAY} + i * ${DAY} / ${of}`) // ascending as well, because housekeeping deletes by it
  const origin = { address: `'192.0.2.' || (i % 250)`, browser: `'Firefox'`, system: `'Linux'` }

  const fill = async (table: string, each: number, columns: (many: number) => Record<string, string>) => {
    const many = accounts * each
    const chosen = columns(many)
    await run(
      `insert into ${table} (${Object.keys(chosen).join(', ')}) ${series(many, Object.values(chosen).join(', '))}`,
    )
  }

  // These names are in no order, so accounts that a search finds lie anywhere.
  const anywhere = `((i * ${MIXED}) % ${2 ** 32})`
  const username = `'m' || ${hex(anywhere, 8)}`
  const displayName = `substr('${FIRST_NAMES}', 1 + ${NAME} * cast(${anywhere} % ${FIRST_NAMES.length / NAME} as integer), ${NAME}) || ' ' || ${hex(anywhere, 8)}`

  await fill('accounts', 1, () => ({
    id: owner(1),
    uid: '1 + i', // real people's begin far beyond
    email: `${hex(owner(1), 12)} || '@example.com'`,
    username,
    username_look: username,
    display_name: displayName,
    display_name_look: `lower(${displayName})`,
    password_hash: `'${passwordHash}'`,
    password_changed_at: past,
    security_version: '2',
    created_at: past,
  }))
  await fill('factors', 1, (many) => ({
    ...{
      id: key(many, 16),
      account_id: owner(1),
      kind: `'${TOTP}'`,
      slot: `'${TOTP}'`,
      secret: `'b1.${'s'.repeat(64)}'`,
    },
    ...{ counter: '1', added_at: past },
  }))
  await fill('recovery_codes', PER_ACCOUNT.recoveryCodes, (many) => ({
    ...{ id: key(many, 16), account_id: owner(12), position: '1 + i % 12', hash: `'b1.' || ${key(many, 43)}` },
    ...{ sealed: `'b1.${'s'.repeat(51)}'`, made_at: past },
  }))
  await fill('events', PER_ACCOUNT.events, (many) => ({
    ...{ id: key(many, 24), account_id: owner(PER_ACCOUNT.events), kind: `'signed_in'`, method: `'authenticator'` },
    ...{ at: time(`${now - 300 * DAY} + (i % ${PER_ACCOUNT.events}) * ${DAY}`), ...origin },
  }))
  await fill('sessions', PER_ACCOUNT.sessions, (many) => ({
    ...{ id: key(many, 16), token_hash: key(many, 43), account_id: owner(1), client: `'browser'` },
    ...{ method: `'authenticator'`, started_at: past, last_seen_at: past, expires_at: later(many), ...origin },
  }))
  await fill('access_tokens', PER_ACCOUNT.accessTokens, (many) => ({
    ...{ id: key(many, 16), account_id: owner(1), token_hash: key(many, 43), hint: `'lk_…abcd'` },
    ...{ description: `'Nightly backup'`, scopes: `'account:read'`, created_at: past, expires_at: later(many) },
  }))
  await fill('known_browsers', PER_ACCOUNT.knownBrowsers, (many) => ({
    ...{ token_hash: key(many, 43), account_id: owner(PER_ACCOUNT.knownBrowsers) },
    ...{ first_seen_at: past, last_seen_at: time(`${now - DAY} + i * ${DAY} / ${many}`) },
  }))
  await fill('limits', 1, (many) => ({
    ...{ key: `'password:' || ${key(many, 43)} || ':192.0.2.1'`, count: '1', blocked_until_ms: '0' },
    expires_at_ms: `${now + DAY} + i * ${DAY} / ${many}`,
  }))
}

const sqlite = {
  series: (many: number, columns: string) =>
    `with recursive numbers(i) as (select 0 union all select i + 1 from numbers where i < ${many - 1}) select ${columns} from numbers`,
  hex: (number: string, digits: number) => `printf('%0${digits}x', ${number})`,
  time: (ms: string) => ms,
}

const postgres = {
  series: (many: number, columns: string) =>
    `select ${columns} from generate_series(0::bigint, ${many - 1}) as numbers(i)`,
  hex: (number: string, digits: number) => `lpad(to_hex(${number}), ${digits}, '0')`,
  time: (ms: string) => `to_timestamp((${ms}) / 1000.0)`,
}
