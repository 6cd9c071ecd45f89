import { type Demand, LEVELS, type Level, type PolicyDeps } from '../identity/policy.ts'
import { type OperatorsEvent, operatorsEvent } from '../identity/security-events.ts'
import type { Acting } from './acting.ts'

type Group = { id: string; name: string }

/** `group` is its name; null: for everybody. */
export type SetPolicy = { group: string | null; level: Demand; holdsFrom: Date }

export type PolicyStore = {
  /** The one for everybody first, then by the group's name. */
  policies(): Promise<SetPolicy[]>
  /** False if the group is gone. */
  setPolicy(of: { group: Group | undefined; level: Demand; holdsFrom: Date; event: OperatorsEvent }): Promise<boolean>
  dropPolicy(of: { group: Group | undefined; event: OperatorsEvent }): Promise<void>
}

export type OperatorPolicyDeps = PolicyDeps & {
  policies: PolicyStore
  groups: { groupsNamed(names: string[]): Promise<Group[]> }
}

export type PolicyRefused = { ok: false; reason: 'no_such_group' | 'weaker_than_setting' }

/** What the setting asks for, and what stands above it. */
export async function policiesNow({ policies, secondFactor }: OperatorPolicyDeps) {
  return { setting: secondFactor, policies: await policies.policies() }
}

/**
 * What is asked of everybody or of one group from `from` on, in the place of what was asked of them before. `optional` asks for
 * nothing more than the setting. It can't ask for less.
 */
export async function setPolicy(
  deps: OperatorPolicyDeps,
  { level, group: name, from }: { level: Level; group: string | undefined; from: Date | undefined },
  by: Acting,
): Promise<{ ok: true; policy: SetPolicy | undefined } | PolicyRefused> {
  if (LEVELS.indexOf(level) < LEVELS.indexOf(deps.secondFactor)) return { ok: false, reason: 'weaker_than_setting' }
  const [group] = name === undefined ? [] : await deps.groups.groupsNamed([name])
  if (name !== undefined && !group) return { ok: false, reason: 'no_such_group' }
  const at = deps.now()
  const event = operatorsEvent('policy_set', `${name ?? 'everybody'}: ${level}`, { by, at })
  if (level === 'optional') {
    await deps.policies.dropPolicy({ group, event })
    return { ok: true, policy: undefined }
  }
  const holdsFrom = from ?? at
  const isSet = await deps.policies.setPolicy({ group, level, holdsFrom, event })
  if (!isSet) return { ok: false, reason: 'no_such_group' }
  return { ok: true, policy: { group: group?.name ?? null, level, holdsFrom } }
}
