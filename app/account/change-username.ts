import { type ConfirmPasswordDeps, confirmPassword, type Renewal, renewal } from '../identity/fresh-password.ts'
import type { Forgiven, Wait } from '../identity/limits.ts'
import { type SecurityEvent, securityEvent } from '../identity/security-events.ts'
import type { SignedIn } from '../identity/visitor.ts'
import type { Origin } from '../lib/origin.ts'
import { lookOf, readUsername, type Username } from '../lib/username.ts'
import { keptUntil, type Name, named, type UsernameStore } from './usernames.ts'

export type ChangeUsernameStore = UsernameStore & {
  /** The former one is kept for the account. False if the new one isn't free for it, or the account changed meanwhile. */
  changeUsername(
    of: Name & {
      accountId: number
      securityVersion: number
      former: Name
      keptUntil: Date
      now: Date
      renewal: Renewal
      event: SecurityEvent
      forgiven: Forgiven
    },
  ): Promise<boolean>
}

/** `usernamesStay`: the operator lets nobody change theirs. */
export type ChangeUsernameDeps = ConfirmPasswordDeps & { usernames: ChangeUsernameStore; usernamesStay: boolean }

export type ChangeUsernameResult =
  | { ok: true; token: string | undefined }
  | Exclude<Username, { ok: true }>
  | { ok: false; reason: 'usernames_stay' | 'same_username' | 'username_taken' | 'wrong_password' | 'changed' }
  | Wait

/**
 * Changes the username; the session goes on under a new token. The former username stays the account's own for 90 days, so nobody
 * can be taken for who had it.
 */
export async function changeUsername(
  deps: ChangeUsernameDeps,
  visitor: SignedIn,
  typed: { username: string; password: string },
  origin: Origin,
): Promise<ChangeUsernameResult> {
  if (deps.usernamesStay) return { ok: false, reason: 'usernames_stay' }
  const read = readUsername(typed.username)
  if (!read.ok) return read
  const { id: accountId, securityVersion, username } = visitor.account
  if (read.username === username) return { ok: false, reason: 'same_username' }
  const confirmed = await confirmPassword(deps, visitor, typed.password, origin)
  if (!confirmed.ok) return confirmed

  const name = named(read.username)
  const now = deps.now()
  const isTaken = async () => (await deps.usernames.takenLooks([name.usernameLook], now, accountId)).length > 0
  // The attempt stays counted, so nobody can go through the usernames that others have.
  if (await isTaken()) return { ok: false, reason: 'username_taken' }
  const { token, renewal: renewed } = renewal(visitor)
  const changed = await deps.usernames.changeUsername({
    ...name,
    accountId,
    securityVersion,
    former: { username, usernameLook: lookOf(username) },
    keptUntil: keptUntil(now),
    now,
    renewal: renewed,
    event: securityEvent('username_changed', accountId, origin, now),
    forgiven: confirmed.forgiven,
  })
  if (changed) return { ok: true, token }
  return { ok: false, reason: (await isTaken()) ? 'username_taken' : 'changed' }
}
