import { randomUUID } from 'node:crypto'
import { type Account, newEmail } from '#testing/people.ts'
import type { Authenticator } from './authenticator.ts'

export { type Account, RECOVERY_CODE } from '#testing/people.ts'

/** What the second factor adds: the authenticator on the phone, and the recovery codes as they were saved. */
export type ProtectedAccount = Account & { authenticator: Authenticator; recoveryCodes: string[] }

/** A new account. Every test has its own, so tests run side by side and against any server. */
export function newAccount(): Account {
  return { email: newEmail(), password: newPassword() }
}

export function newPassword(): string {
  return `lantern ${randomUUID()}`
}

/** Looks like a recovery code and isn't one of the account's (except for one chance in 2^50 per code). */
export const STRANGE_RECOVERY_CODE = '22222-zzzzz'
