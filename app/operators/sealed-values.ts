import { keyIdOf, type Purpose, type SealedAs, type Vault } from '../lib/vault.ts'
import { PAYLOAD } from '../mail/links.ts'
import { QUEUED } from '../mail/mail.ts'
import { sealedIn } from '../two-factor/enrolment.ts'
import { SECRET } from '../two-factor/factor-secret.ts'
import { openCode, recoveryCodeText, SHOWN_CODE } from '../two-factor/recovery-codes.ts'

export const EVENT_SEAL: Purpose = 'event-seal'

/** A row with something in it that needs a key. */
export type SealedRow = {
  /** What the table's rows are ordered by. */
  key: string
  accountId: number | null
  value: string | null
  /** A keyed hash beside it; null where nothing is compared with it. */
  hash: string | null
}

/** In their place, the same values made with the newest key. */
export type Renewed = { value?: string; hash?: string }

export type Judged = {
  /** The ids of the keys that its values were made with. */
  keyIds: string[]
  /** Of the keys that we have, those that it can't do without. */
  needs: string[]
  opens: boolean
  renewed?: Renewed
}

type Judge = (vault: Vault, row: SealedRow) => Judged

const sealedAs =
  ({ purpose, place }: SealedAs): Judge =>
  (vault, { key, value }) =>
    value === null ? NOTHING : judged(vault, purpose, place(key), value)

/** Every table with sealed values. */
export const SEALED_TABLES = {
  factors: sealedAs(SECRET),
  recovery_codes: judgedCode,
  mails: sealedAs(QUEUED),
  mail_links: sealedAs(PAYLOAD),
  pending_enrolments: judgedEnrolment,
  openid_records: sealedAs({ purpose: 'openid-record', place: (id) => `openid_records ${id}` }),
  openid_keys: sealedAs({ purpose: 'openid-key', place: (id) => `openid_keys ${id}` }),
  event_seals: judgedSeal,
  event_chain_ends: judgedSeal,
} satisfies Record<string, Judge>

export type SealedTable = keyof typeof SEALED_TABLES

/** Where the values of each purpose are kept. Those of cookies and answers end within minutes. */
export const KEPT_IN = {
  'factor-secret': 'factors',
  'recovery-code': 'recovery_codes',
  'recovery-code-hash': 'recovery_codes',
  mail: 'mails',
  'mail-link': 'mail_links',
  enrolment: 'pending_enrolments',
  'enrolment-signature': 'a cookie',
  'openid-record': 'openid_records',
  'openid-key': 'openid_keys',
  'openid-cookie': 'a cookie',
  'event-seal': 'event_seals',
  'access-token-once': 'a cookie',
  'client-secret-once': 'a cookie',
  'factor-challenge': 'an answer',
  'rescue-code-hash': 'an answer', // which an operator holds for fifteen minutes
} satisfies Record<Purpose, SealedTable | 'a cookie' | 'an answer'>

const NOTHING: Judged = { keyIds: [], needs: [], opens: true }

function judged(vault: Vault, purpose: Purpose, place: string, sealed: string): Judged {
  const keyId = keyIdOf(sealed)
  const opened = vault.open(purpose, place, sealed)
  if (!opened) return { keyIds: [keyId], needs: [], opens: false }
  const known = { keyIds: [keyId], needs: [keyId], opens: true }
  return keyId === vault.keyIds[0] ? known : { ...known, renewed: { value: vault.seal(purpose, place, opened) } }
}

/** Nobody can make the hash under another key but from the code, which the sealed copy has until it is used. */
function judgedCode(vault: Vault, row: SealedRow): Judged {
  const copy = sealedAs(SHOWN_CODE)(vault, row)
  if (row.hash === null) return copy
  const keyId = keyIdOf(row.hash)
  const isKnown = vault.keyIds.includes(keyId)
  const both = {
    keyIds: [...new Set([...copy.keyIds, keyId])],
    needs: isKnown ? [...new Set([...copy.needs, keyId])] : copy.needs,
  }
  const code = openCode(vault, { id: row.key, sealed: row.value })
  const text = code === null ? undefined : recoveryCodeText(row.accountId ?? 0, code)
  const agrees = text !== undefined && (!isKnown || vault.verifies('recovery-code-hash', text, row.hash))
  if (!agrees) return { ...both, opens: false }
  const renewed = {
    ...copy.renewed,
    ...(keyId !== vault.keyIds[0] && { hash: vault.hash('recovery-code-hash', text) }),
  }
  return { ...both, opens: true, ...(Object.keys(renewed).length > 0 && { renewed }) }
}

/** `value` is what it is made of. */
function judgedSeal(vault: Vault, { value, hash }: SealedRow): Judged {
  if (value === null || hash === null) return NOTHING
  const keyId = keyIdOf(hash)
  if (!vault.verifies(EVENT_SEAL, value, hash)) return { keyIds: [keyId], needs: [], opens: false }
  const known = { keyIds: [keyId], needs: [keyId], opens: true }
  return keyId === vault.keyIds[0] ? known : { ...known, renewed: { hash: vault.hash(EVENT_SEAL, value) } }
}

function judgedEnrolment(vault: Vault, { value }: SealedRow): Judged {
  const found = value === null ? undefined : sealedIn(value)
  if (!found) return { ...NOTHING, opens: false }
  const { renewed, ...rest } = judged(vault, 'enrolment', found.place, found.sealed)
  return renewed?.value === undefined ? rest : { ...rest, renewed: { value: found.with(renewed.value) } }
}
