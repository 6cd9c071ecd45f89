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

export type ChangeNameResult = { ok: true } | { ok: false; reason: 'bad_name'; refusal: 'not_text' | 'too_long' }

/** What others read. Nobody signs in with it, so it takes no password. An empty one takes it away. */
export async function changeName(
  { displayNames }: ChangeNameDeps,
  { account }: SignedIn,
  typed: string,
): Promise<ChangeNameResult> {
  const name = typed.trim().normalize('NFC')
  if (!staysOnItsLine(name)) return { ok: false, reason: 'bad_name', refusal: 'not_text' }
  if ([...name].length > DISPLAY_NAME_AT_MOST) return { ok: false, reason: 'bad_name', refusal: 'too_long' }
  const displayName = canBeSeen(name) ? name : null
  await displayNames.changeDisplayName(account.id, {
    displayName,
    displayNameLook: displayName && folded(displayName),
  })
  return { ok: true }
}
