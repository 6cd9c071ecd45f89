import type { MailedKind } from '../identity/security-events.ts'
import type { Origin } from '../lib/origin.ts'
import { newIdInOrder } from '../lib/tokens.ts'
import type { SealedAs, Vault } from '../lib/vault.ts'

/** What a mail tells, and where its link leads. Its sentences are written when it is sent. Moments in milliseconds, as it is kept as JSON. */
export type Mail = { to: string; href?: string } & (
  | { about: 'notice'; values: Noticed }
  | { about: 'secured' | 'restored' | 'account_made'; values: { account: string } }
  | { about: 'confirm_email' | 'change_email' | 'reset_password' | 'address_left' | 'address_tried'; values: Origin }
  | { about: 'lost_everything'; values: Origin & { hours: number } }
  | {
      about: 'recovery_waits'
      values: Origin & { account: string; begunAt: number; opensAt: number; endsAt: number; at: number }
    }
  | { about: 'email_changed'; values: Origin & { newEmail: string } }
  | { about: 'deletion_requested'; values: Origin & { account: string; deleteAt: number } }
  | { about: 'deletion_near'; values: { account: string; deleteAt: number } }
  | { about: 'account_deleted'; values: { account: string; at: number; isByOperator: boolean; reason: string | null } }
  | { about: 'restored_elsewhere'; values: { account: string; email: string } }
  | { about: 'invitation'; values: { until: number; asOperator: boolean; accountEndsAt: number | null } }
  | { about: 'token_ends'; values: { account: string; description: string; hint: string; endsAt: number; at: number } }
  | { about: 'address_kept'; values: Origin & { keptUntil: number } }
)

/** A security event, as its notice tells it. `leftAt`: when the account left that mailbox's address, where it goes by another. */
type Noticed = Origin & {
  kind: MailedKind
  account: string
  leftAt?: number | undefined
  at: number
  /** Who did it, unless it was the account's owner, and why. A mail that an earlier version queued says neither. */
  actor?: 'operator' | null
  reason?: string | null
  authenticatorRefused: boolean
}

/** What a mail says. `paragraphs` are plain text; `link` is the one thing to press. */
export type Message = {
  /** BCP 47. */
  language?: string
  to: string
  subject: string
  paragraphs: string[]
  link?: { text: string; href: string }
  /** Below the link, smaller: what to do if it isn't for the reader. */
  after?: string[]
}

/** As queued: sealed, because a link in it is a secret. Milliseconds, because SQL calculates with them. */
export type QueuedMail = {
  id: string
  accountId: number | null
  sealed: string
  createdAt: Date
  nextAttemptAtMs: number
}

/** The row for the queue, of an account or of somebody who has none yet. The store writes it in the transaction that it reports. */
export function queuedMail(vault: Vault, accountId: number | null, mail: Mail, now: Date): QueuedMail {
  const id = newIdInOrder()
  const sealed = vault.seal(QUEUED.purpose, place(id), Buffer.from(JSON.stringify(mail)))
  return { id, accountId, sealed, createdAt: now, nextAttemptAtMs: now.getTime() }
}

/** Undefined if it doesn't open, because the key is lost or it is damaged. Earlier versions queued the words. */
export function openMail(vault: Vault, { id, sealed }: { id: string; sealed: string }): Mail | Message | undefined {
  const opened = vault.open(QUEUED.purpose, place(id), sealed)
  return opened && JSON.parse(Buffer.from(opened).toString())
}

const place = (id: string) => `mails ${id}`
export const QUEUED: SealedAs = { purpose: 'mail', place }

/** Puts a mail in words, in the language of the site. */
export type WriteMail = (mail: Mail) => Message

/** What the queue holds, in words. */
export const messageOf = (queued: Mail | Message, write: WriteMail): Message =>
  'about' in queued ? write(queued) : queued
