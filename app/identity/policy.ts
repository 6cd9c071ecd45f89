import type { Account, SignedIn } from './visitor.ts'

/** What is asked of an account beside its password, from the least to the most. */
export const LEVELS = ['optional', 'required', 'phishing_resistant'] as const
export type Level = (typeof LEVELS)[number]

/** What a policy asks for. */
export type Demand = Exclude<Level, 'optional'>

/** `secondFactor` is what holds for everybody in any case. */
export type PolicyDeps = { secondFactor: Level; now(): Date }

type Owner = Pick<Account, 'role' | 'policies'>

const ALWAYS = new Date(0)

/** From when on the account needs a second factor. Undefined: it needs none. */
export function secondFactorDueAt({ secondFactor, now }: PolicyDeps, { role, policies }: Owner): Date | undefined {
  if (secondFactor !== 'optional' || role === 'operator') return ALWAYS
  const at = now()
  return policies
    .filter(({ until, holdsFrom }) => !until || (until > at && until > holdsFrom))
    .map(({ holdsFrom }) => holdsFrom)
    .reduce<Date | undefined>((first, each) => (first && first <= each ? first : each), undefined)
}

/** Whether it can't do without one now. */
export function needsSecondFactor(deps: PolicyDeps, account: Owner): boolean {
  const due = secondFactorDueAt(deps, account)
  return due !== undefined && due <= deps.now()
}

const DAY = 24 * 60 * 60_000

/** Days until an account that has no second factor needs one, the one that has begun among them. Undefined: nothing is ahead. */
export function daysLeft(deps: PolicyDeps, { account }: Pick<SignedIn, 'account'>): number | undefined {
  const due = account.secondFactorSince ? undefined : secondFactorDueAt(deps, account)
  const ahead = due ? due.getTime() - deps.now().getTime() : 0
  return ahead > 0 ? Math.ceil(ahead / DAY) : undefined
}
