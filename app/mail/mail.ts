import { newId } from '../lib/tokens.ts'
import type { Vault } from '../lib/vault.ts'

/** What a mail says. `paragraphs` are plain text; `link` is the one thing to press. */
export type Message = {
  to: string
  subject: string
  paragraphs: string[]
  link?: { text: string; href: string }
  /** Below the link, smaller: what to do if it isn't for the reader. */
  after?: string[]
}

const inUtc = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' })

/** "1 March 2026 at 12:00 UTC". */
export const inWords = (at: Date): string => `${inUtc.format(at)} UTC`

/** As queued: sealed, because a link in it is a secret. Milliseconds, because SQL calculates with them. */
export type QueuedMail = { id: string; accountId: number; sealed: string; createdAt: Date; nextAttemptAtMs: number }

/** The row for the queue. The store writes it in the transaction that it reports. */
export function queuedMail(vault: Vault, accountId: number, message: Message, now: Date): QueuedMail {
  const id = newId()
  const sealed = vault.seal('mail', place(id), Buffer.from(JSON.stringify(message)))
  return { id, accountId, sealed, createdAt: now, nextAttemptAtMs: now.getTime() }
}

/** Undefined if it doesn't open, because the key is lost or it is damaged. */
export function openMail(vault: Vault, { id, sealed }: { id: string; sealed: string }): Message | undefined {
  const opened = vault.open('mail', place(id), sealed)
  return opened && JSON.parse(Buffer.from(opened).toString())
}

const place = (id: string) => `mails ${id}`
