import { lookOf, suggestUsernames } from '../lib/username.ts'

export type Name = { username: string; usernameLook: string }

export type UsernameStore = {
  /** Of these, what an account has or what is kept for one, other than `exceptFor`. */
  takenLooks(looks: string[], now: Date, exceptFor?: number): Promise<string[]>
}

const NINETY_DAYS = 90 * 24 * 60 * 60_000
/** Until when a username that is given up at that moment is kept from others. */
export const keptUntil = (at: Date): Date => new Date(at.getTime() + NINETY_DAYS)

export const named = (username: string): Name => ({ username, usernameLook: lookOf(username) })

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
