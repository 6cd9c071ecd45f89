import type { SignedIn } from '../identity/visitor.ts'
import { folded } from '../lib/folded.ts'
import { canBeSeen, staysOnItsLine } from '../lib/one-line.ts'

export const DISPLAY_NAME_AT_MOST = 64 // characters

export type DisplayNameStore = {
  /** The second is for searching. */
  changeDisplayName(
    accountId: number,
    names: { displayName: string | null; displayNameLook: string | null },
  ): Promise<void>
}

export type ChangeNameDeps = { displayNames: DisplayNameStore }

type BadName = { ok: false; reason: 'bad_name'; refusal: 'not_text' | 'too_long' }
export type ChangeNameResult = { ok: true } | BadName

/** What others read. Nobody signs in with it, so it takes no password. An empty one takes it away. */
export async function changeName(
  { displayNames }: ChangeNameDeps,
  { account }: SignedIn,
  typed: string,
): Promise<ChangeNameResult> {
  const read = readDisplayName(typed)
  if (!read.ok) return read
  const { displayName, displayNameLook } = read
  await displayNames.changeDisplayName(account.id, { displayName, displayNameLook })
  return { ok: true }
}

/** As it is stored: null where nothing of it can be seen. */
export function readDisplayName(
  typed: string,
): { ok: true; displayName: string | null; displayNameLook: string | null } | BadName {
  const name = typed.trim().normalize('NFC')
  if (!staysOnItsLine(name)) return { ok: false, reason: 'bad_name', refusal: 'not_text' }
  if ([...name].length > DISPLAY_NAME_AT_MOST) return { ok: false, reason: 'bad_name', refusal: 'too_long' }
  const displayName = canBeSeen(name) ? name : null
  return { ok: true, displayName, displayNameLook: displayName && folded(displayName) }
}
