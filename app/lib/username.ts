import { randomInt } from 'node:crypto'

const LENGTH_AT_MOST = 32
const FORM = /^[a-z0-9][a-z0-9._-]{1,31}$/i

/** Nobody may pass for the site or the people who run it. RFC 2142 has the names of mailboxes. */
const RESERVED = [
  ...[
    'admin',
    'administrator',
    'moderator',
    'operator',
    'operators',
    'owner',
    'root',
    'staff',
    'superuser',
    'sysadmin',
  ],
  ...['system', 'daemon', 'nobody', 'anonymous', 'guest', 'everyone', 'me', 'null', 'undefined', 'latchkey'],
  ...['abuse', 'billing', 'help', 'hostmaster', 'info', 'mail', 'mailer-daemon', 'marketing', 'noc', 'no-reply'],
  ...['postmaster', 'sales', 'security', 'support', 'webmaster', 'www'],
]

export type Username =
  | { ok: true; username: string }
  | { ok: false; reason: 'no_username' | 'reserved_username' | 'too_long_username' }

/** As we store it: in lower case, without blanks around it, and no name that only the site itself may have. */
export function readUsername(typed: string): Username {
  const text = typed.trim()
  if (text.length > LENGTH_AT_MOST) return { ok: false, reason: 'too_long_username' }
  // Before lower-casing, which would turn some other letters (the Kelvin sign) into ours.
  if (!FORM.test(text)) return { ok: false, reason: 'no_username' }
  const username = text.toLowerCase()
  return RESERVED_LOOKS.has(lookOf(username)) ? { ok: false, reason: 'reserved_username' } : { ok: true, username }
}

/** As it is looked up: undefined if no account can have it. Whether we'd still give it to anybody doesn't matter here. */
export function readKnownUsername(typed: string): string | undefined {
  const text = typed.trim()
  return FORM.test(text) ? text.toLowerCase() : undefined
}

/**
 * Equal for names that look the same, of which only one account can have one: dots and dashes don't count, and letters that are
 * easily taken for others (UTS 39) are one.
 */
export const lookOf = (username: string): string =>
  username.replace(/[._-]/g, '').replace(/0/g, 'o').replace(/1/g, 'l').replace(/rn/g, 'm').replace(/vv/g, 'w')

const RESERVED_LOOKS = new Set(RESERVED.map(lookOf))

const SUFFIX = 5 // a dash and four digits

/** What to try for a new account, in this order: the local part of its address if it can be one, then the same with digits. */
export function suggestUsernames(email: string, digits = () => randomInt(1000, 10_000)): string[] {
  const local = email.slice(0, email.lastIndexOf('@')).replace(/\+.*/, '')
  const base = local
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/^[^a-z0-9]+/, '')
    .slice(0, LENGTH_AT_MOST - SUFFIX)
  const own = readUsername(base)
  const before = own.ok ? base : 'member'
  return [...(own.ok ? [base] : []), ...Array.from({ length: 4 }, () => `${before}-${digits()}`)]
}
