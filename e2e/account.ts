import { randomUUID } from 'node:crypto'
import type { Authenticator } from './authenticator.ts'

/** What a person knows about their account. */
export type Account = { email: string; password: string }

/** The same with what the second factor adds: the authenticator on the phone, and the recovery codes as they were saved. */
export type ProtectedAccount = Account & { authenticator: Authenticator; recoveryCodes: string[] }

/** A new account. Every test has its own, so tests run side by side and against any server. */
export function newAccount(): Account {
  return { email: `ada.${randomUUID().slice(0, 13)}@example.com`, password: newPassword() }
}

export function newPassword(): string {
  return `lantern ${randomUUID()}`
}

/** A recovery code as people see it: ten characters of Crockford's base32 (no i, l, o, u), in two groups. */
export const RECOVERY_CODE = /[0-9a-hjkmnp-tv-z]{5}-[0-9a-hjkmnp-tv-z]{5}/

/** Looks like a recovery code but isn't one of the account's (except for one chance in 2^50 per code). */
export const STRANGE_RECOVERY_CODE = '22222-zzzzz'
