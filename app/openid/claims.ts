import { groupsNow } from '../gate/check.ts'
import type { Account } from '../identity/visitor.ts'
import type { AtClient } from './visitor-at.ts'

/** What a client can ask for, and what it hears of the person by it. */
export const CLAIMS_OF = {
  openid: ['sub'],
  email: ['email', 'email_verified'],
  profile: ['name', 'preferred_username'],
  groups: ['groups'],
} as const
export const SCOPES = [...Object.keys(CLAIMS_OF), 'offline_access'] as const

const ALWAYS: ReadonlySet<string> = new Set(['acr', 'amr', 'auth_time'])
const ofScope = (scope: string): readonly string[] => CLAIMS_OF[scope as keyof typeof CLAIMS_OF] ?? []

/** Whether one of the scopes tells it. What is said of the sign-in itself goes with any. */
export const isToldBy = (claim: string, scopes: readonly string[]): boolean =>
  ALWAYS.has(claim) || scopes.some((scope) => ofScope(scope).includes(claim))

/** What a client can hear of somebody; the library picks what it may. */
export function claimsOf(
  { now }: { now(): Date },
  found: AtClient & { account: Pick<Account, 'id' | 'email' | 'username' | 'displayName' | 'emailConfirmedAt'> },
  use: string,
): { sub: string } & Record<string, unknown> {
  const { account } = found
  const sub = String(account.id)
  if (found.apps[0]?.isStrict && use === 'id_token') return { sub }
  const held = groupsNow(found, now())
  return {
    sub,
    email: account.email,
    email_verified: account.emailConfirmedAt !== null,
    name: account.displayName ?? account.username,
    preferred_username: account.username,
    groups: held.map(({ name }) => name),
    ...groupClaimsOf(found, new Set(held.map(({ groupId }) => groupId))),
  }
}

/** One text, or several in a list where the groups that somebody is in say different things. */
function groupClaimsOf({ claims }: Pick<AtClient, 'claims'>, held: ReadonlySet<string>): Record<string, unknown> {
  const values = new Map<string, Set<string>>()
  for (const { groupId, claim, value } of claims)
    if (held.has(groupId)) values.set(claim, (values.get(claim) ?? new Set()).add(value))
  return Object.fromEntries([...values].map(([claim, of]) => [claim, of.size > 1 ? [...of].sort() : [...of][0]]))
}
