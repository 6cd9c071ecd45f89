import { randomBytes } from 'node:crypto'
import { encodeBase64urlNoPadding } from '@oslojs/encoding'
import { hashToken } from '../lib/tokens.ts'
import type { SealedAs, Vault } from '../lib/vault.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** What a link does, and how long it works. */
export const LINK_LIFE = {
  confirm_email: 24 * HOUR,
  change_email: 24 * HOUR,
  reset_password: 30 * MINUTE,
  not_me: 72 * HOUR,
  keep_account: 7 * 24 * HOUR, // as long as the account is still there
  lost_everything: HOUR,
  stop_recovery: 37 * DAY, // the longest wait and the time after it; it goes with what it stops
} as const satisfies Record<string, number>

export type LinkPurpose = keyof typeof LINK_LIFE

/** As stored: only the token's hash, and only a sealed copy of the payload. */
export type MailLink = {
  tokenHash: string
  accountId: number
  purpose: LinkPurpose
  payload: string | null
  createdAt: Date
  expiresAt: Date
}

/** What a link is about, if its purpose doesn't say. JSON. */
export type LinkPayload = Record<string, string | number | null>

/**
 * A link for a mail: the row for the store, and the token, which is only in the mail. `about` is when the thing happened that the mail reports, if the mail is written later.
 */
export function newLink(
  vault: Vault,
  {
    accountId,
    purpose,
    payload,
    about,
  }: { accountId: number; purpose: LinkPurpose; payload?: LinkPayload; about?: Date },
  now: Date,
): { token: string; link: MailLink } {
  const token = newLinkToken()
  const tokenHash = hashToken(token)
  return {
    token,
    link: {
      tokenHash,
      accountId,
      purpose,
      payload: payload ? vault.seal(PAYLOAD.purpose, place(tokenHash), Buffer.from(JSON.stringify(payload))) : null,
      createdAt: about ?? now,
      expiresAt: new Date(now.getTime() + LINK_LIFE[purpose]),
    },
  }
}

/** 256 random bits, base64url. */
export const newLinkToken = (): string => encodeBase64urlNoPadding(randomBytes(32))

/** The shape of a link's token, so we refuse junk before asking the database. */
export const looksLikeLinkToken = (text: string): boolean => /^[\w-]{43}$/.test(text)

/** Undefined if there is none, or if it doesn't open. */
export function linkPayload(vault: Vault, { tokenHash, payload }: MailLink): LinkPayload | undefined {
  const opened = payload === null ? undefined : vault.open(PAYLOAD.purpose, place(tokenHash), payload)
  return opened && JSON.parse(Buffer.from(opened).toString())
}

const place = (tokenHash: string) => `mail_links ${tokenHash}`
export const PAYLOAD: SealedAs = { purpose: 'mail-link', place }
