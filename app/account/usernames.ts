import { type ConfirmPasswordDeps, confirmPassword } from '../identity/fresh-password.ts'
import type { Forgiven, Wait } from '../identity/limits.ts'
import { type SecurityEvent, securityEvent } from '../identity/security-events.ts'
import type { SignedIn } from '../identity/visitor.ts'
import type { Origin } from '../lib/origin.ts'
import { lookOf, readUsername, suggestUsernames, type Username } from '../lib/username.ts'

const NINETY_DAYS = 90 * 24 * 60 * 60_000

export type Name = { username: string; usernameLook: string }

export type UsernameStore = {
  /** Of these, what an account has or what is kept for one, other than `exceptFor`. */
  takenLooks(looks: string[], now: Date, exceptFor?: number): Promise<string[]>
}

export type UsernameChangeStore = UsernameStore & {
  /** The old one is kept for the account. False if the new one isn't free for it, or the account changed meanwhile. */
  changeUsername(
    of: Name & {
      accountId: number
      securityVersion: number
      formerLook: string
      keptUntil: Date
      now: Date
      event: SecurityEvent
      forgiven: Forgiven
    },
  ): Promise<boolean>
}

const named = (username: string): Name => ({ username, usernameLook: lookOf(username) })

/**
 * Makes an account with a username that suits its address. `make` answers false if it can't, perhaps because somebody took the
 * username at this moment: then it gets another one.
 */
export async function withUsername(
  { usernames, now }: { usernames: UsernameStore; now(): Date },
  email: string,
  make: (name: Name) => Promise<boolean>,
): Promise<boolean> {
  const suggested = suggestUsernames(email).map(named)
  const isTaken = async (...names: Name[]) =>
    await usernames.takenLooks(
      names.map(({ usernameLook }) => usernameLook),
      now(),
    )
  const taken = await isTaken(...suggested)
  for (const name of suggested.filter(({ usernameLook }) => !taken.includes(usernameLook))) {
    if (await make(name)) return true
    if ((await isTaken(name)).length === 0) return false
  }
  return false
}

export type ChangeUsernameDeps = ConfirmPasswordDeps & { usernames: UsernameChangeStore; usernamesStay: boolean }

export type ChangeUsernameResult =
  | { ok: true }
  | Exclude<Username, { ok: true }>
  | { ok: false; reason: 'usernames_stay' | 'username_taken' | 'wrong_password' | 'changed' }
  | Wait

/** The former username stays the account's own for 90 days: nobody else can be taken for who had it. */
export async function changeUsername(
  deps: ChangeUsernameDeps,
  visitor: SignedIn,
  typed: { username: string; password: string },
  origin: Origin,
): Promise<ChangeUsernameResult> {
  if (deps.usernamesStay) return { ok: false, reason: 'usernames_stay' }
  const read = readUsername(typed.username)
  if (!read.ok) return read
  const { id: accountId, securityVersion, username: former } = visitor.account
  const name = named(read.username)
  const isTaken = async () => (await deps.usernames.takenLooks([name.usernameLook], deps.now(), accountId)).length > 0
  if (await isTaken()) return { ok: false, reason: 'username_taken' }

  const confirmed = await confirmPassword(deps, visitor, typed.password, origin)
  if (!confirmed.ok) return confirmed
  const now = deps.now()
  const changed = await deps.usernames.changeUsername({
    ...name,
    accountId,
    securityVersion,
    formerLook: lookOf(former),
    keptUntil: new Date(now.getTime() + NINETY_DAYS),
    now,
    event: securityEvent('username_changed', accountId, origin, now),
    forgiven: confirmed.forgiven,
  })
  if (changed) return { ok: true }
  return { ok: false, reason: (await isTaken()) ? 'username_taken' : 'changed' }
}
