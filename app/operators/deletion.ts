import { type RemovalDeps, removeAccount } from '../account/deletions.ts'
import { readEmailAddress } from '../lib/email-address.ts'
import { type OwnerDeps, ownerNamed } from './owners.ts'
import type { Operator } from './suspension.ts'

export type DeletionDeps = OwnerDeps & RemovalDeps

export type DeletionResult =
  | { ok: true; email: string }
  | { ok: false; reason: 'no_such_account' | 'not_its_address' | 'last_operator' }

/**
 * Deletes an account at once, with everything of it but its events, which lose the person. Its owner is mailed the reason. `typed`: its
 * address once more, so that nobody deletes another one by mistake.
 */
export async function deleteAccount(
  deps: DeletionDeps,
  name: string,
  by: Operator,
  typed: string,
): Promise<DeletionResult> {
  const owner = await ownerNamed(deps, name)
  if (!owner) return { ok: false, reason: 'no_such_account' }
  const address = readEmailAddress(typed)
  if (!address.ok || address.email !== owner.email) return { ok: false, reason: 'not_its_address' }
  if (await removeAccount(deps, owner, { by })) return { ok: true, email: owner.email }
  return { ok: false, reason: (await ownerNamed(deps, owner.email)) ? 'last_operator' : 'no_such_account' }
}
