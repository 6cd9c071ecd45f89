/** Of a password hash that another program has made: whether we take it, or why we don't. */
export type ImportedHash =
  | { ok: true }
  | { ok: false; reason: 'plain_password' | 'other_hash' | 'damaged_hash' | 'costly_hash' }

// What one try at sign-in may take until the hash is renewed: a second of one core, on a machine with a few hundred MiB to spare.
const MEMORY_AT_MOST = 256 * 1024 // KiB
const MEMORY_PASSES_AT_MOST = 512 * 1024 // KiB, each written in every pass
const LANES_AT_MOST = 64

/** A PHC string of argon2id, version 19. RFC 9106 section 3.1 asks for 8 KiB a lane; the salt has 8 bytes or more, the hash 16. */
const ARGON2ID =
  /^\$argon2id\$v=19\$m=([1-9]\d{0,9}),t=([1-9]\d{0,9}),p=([1-9]\d{0,9})\$([A-Za-z0-9+/]{11,64})\$([A-Za-z0-9+/]{22,86})$/

/** The kinds that other programs write: `$id$…` of crypt(3) and PHC, `{SSHA}…` of LDAP. */
const ANY_HASH = /^(\$[A-Za-z0-9-]{1,32}\$|\{[A-Za-z0-9-]{1,32}\})/

export function readImportedHash(text: string): ImportedHash {
  if (!text.startsWith('$argon2id$'))
    return { ok: false, reason: ANY_HASH.test(text) ? 'other_hash' : 'plain_password' }
  const [, memory, passes, lanes, ...encoded] = ARGON2ID.exec(text) ?? []
  const [m, t, p] = [Number(memory), Number(passes), Number(lanes)]
  if (!encoded.every(isBase64) || encoded.length === 0 || m < 8 * p) return { ok: false, reason: 'damaged_hash' }
  return m > MEMORY_AT_MOST || m * t > MEMORY_PASSES_AT_MOST || p > LANES_AT_MOST
    ? { ok: false, reason: 'costly_hash' }
    : { ok: true }
}

/** Without the padding, as PHC strings have it. The last character has no bits that stand for nothing. */
const isBase64 = (text: string) => Buffer.from(text, 'base64').toString('base64').replace(/=+$/, '') === text
