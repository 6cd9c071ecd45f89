import type { Account } from './visitor.ts'

/** What is asked of an account beside its password, from the least to the most. */
export const LEVELS = ['optional', 'required', 'phishing_resistant'] as const
export type Level = (typeof LEVELS)[number]

/** What a policy asks for. */
export type Demand = Exclude<Level, 'optional'>

/** `secondFactor` is what holds for everybody in any case. */
export type PolicyDeps = { secondFactor: Level; now(): Date }

type Owner = Pick<Account, 'role' | 'policies'>

const ALWAYS = new Date(0)

const isEnough = (level: Level, demand: Demand) => LEVELS.indexOf(level) >= LEVELS.indexOf(demand)

/** From when on the account needs what `demand` says. Undefined: it doesn't. */
function dueAt({ secondFactor, now }: PolicyDeps, { role, policies }: Owner, demand: Demand): Date | undefined {
  if (isEnough(secondFactor, demand) || (role === 'operator' && demand === 'required')) return ALWAYS
  const at = now()
  return policies
    .filter(({ level, until, holdsFrom }) => isEnough(level, demand) && (!until || (until > at && until > holdsFrom)))
    .map(({ holdsFrom }) => holdsFrom)
    .reduce<Date | undefined>((first, each) => (first && first <= each ? first : each), undefined)
}

const needs = (deps: PolicyDeps, account: Owner, demand: Demand): boolean => {
  const due = dueAt(deps, account, demand)
  return due !== undefined && due <= deps.now()
}

/** Whether it can't do without one now. */
export const needsSecondFactor = (deps: PolicyDeps, account: Owner): boolean => needs(deps, account, 'required')

/** Whether it can't do without one that resists phishing. */
export const needsResistance = (deps: PolicyDeps, account: Owner): boolean => needs(deps, account, 'phishing_resistant')

const DAY = 24 * 60 * 60_000

/**
 * Days until an account needs a second factor that it lacks, or one that resists phishing, the day that has begun among them. Undefined:
 * nothing is ahead.
 */
export function daysLeft(
  deps: PolicyDeps,
  { account }: { account: Owner & Pick<Account, 'secondFactorSince' | 'phishingResistantSince'> },
): number | undefined {
  const lacking: Demand | undefined = account.secondFactorSince
    ? account.phishingResistantSince
      ? undefined
      : 'phishing_resistant'
    : 'required'
  const due = lacking && dueAt(deps, account, lacking)
  const ahead = due ? due.getTime() - deps.now().getTime() : 0
  return ahead > 0 ? Math.ceil(ahead / DAY) : undefined
}
