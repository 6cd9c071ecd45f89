import { randomBytes } from 'node:crypto'
import { encodeBase64urlNoPadding } from '@oslojs/encoding'
import { hashToken } from '../lib/tokens.ts'
import type { Vault } from '../lib/vault.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

/** What a link does, and for how long it is good. */
export const LINK_LIFE = {
  confirm_email: 24 * HOUR,
  change_email: 24 * HOUR,
  reset_password: 30 * MINUTE,
  not_me: 72 * HOUR,
} as const satisfies Record<string, number>

export type LinkPurpose = keyof typeof LINK_LIFE

/** As stored: of the token only its hash, of the payload only a sealed copy. */
export type MailLink = {
  tokenHash: string
  accountId: number
  purpose: LinkPurpose
  payload: string | null
  createdAt: Date
  expiresAt: Date
}

/** What a link is about, where its purpose alone does not say it. JSON. */
export type LinkPayload = Record<string, string | number | null>

/**
 * A link for a mail: the row for the store, and the token, which stands in the mail alone. 256 random bits, base64url. `about`: when
 * that happened of which the mail tells, where it is written later.
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
  const token = encodeBase64urlNoPadding(randomBytes(32))
  const tokenHash = hashToken(token)
  return {
    token,
    link: {
      tokenHash,
      accountId,
      purpose,
      payload: payload ? vault.seal('mail-link', place(tokenHash), Buffer.from(JSON.stringify(payload))) : null,
      createdAt: about ?? now,
      expiresAt: new Date(now.getTime() + LINK_LIFE[purpose]),
    },
  }
}

/** The shape of a link's token, so we refuse junk before asking the database. */
export const looksLikeLinkToken = (text: string): boolean => /^[\w-]{43}$/.test(text)

/** Undefined when there is none, or when it does not open. */
export function linkPayload(vault: Vault, { tokenHash, payload }: MailLink): LinkPayload | undefined {
  const opened = payload === null ? undefined : vault.open('mail-link', place(tokenHash), payload)
  return opened && JSON.parse(Buffer.from(opened).toString())
}

const place = (tokenHash: string) => `mail_links ${tokenHash}`
