import { type OperatorsEvent, operatorsEvent, type SecurityEvent, securityEvent } from '../identity/security-events.ts'
import { newId } from '../lib/tokens.ts'
import type { Acting } from './acting.ts'
import { type OwnerDeps, ownerNamed } from './owners.ts'

const PAGE = 50

/** `family`, `staff-2027`: what people type, and what programs compare. */
export const GROUP_NAME = /^[a-z0-9][a-z0-9._-]{0,31}$/

export type Group = { id: string; name: string; createdAt: Date }
export type Membership = { accountId: number; groupId: string; until: Date | null; addedAt: Date }
export type Member = { accountId: number; email: string; username: string; until: Date | null; addedAt: Date }
type Account = { id: number; email: string; username: string }

export type GroupStore = {
  /** False if there is one of that name. */
  createGroup(of: { group: Group; event: OperatorsEvent }): Promise<boolean>
  /** False if there is none of that name. */
  deleteGroup(of: { name: string; event: OperatorsEvent }): Promise<boolean>
  listGroups(of: { after: string | undefined; most: number; now: Date }): Promise<(Group & { members: number })[]>
  groupsNamed(names: string[]): Promise<{ id: string; name: string }[]>
  membersOf(groupId: string, of: { after: number | undefined; most: number; now: Date }): Promise<Member[]>
  groupsOf(accountId: number, now: Date): Promise<{ id: string; name: string; until: Date | null }[]>
  /** False if the group or the account is gone. */
  addMember(of: Membership & { event: SecurityEvent }): Promise<boolean>
  /** False if the account isn't in it now. */
  removeMember(of: { accountId: number; groupId: string; now: Date; event: SecurityEvent }): Promise<boolean>
}

export type GroupDeps = OwnerDeps & { groups: GroupStore; now(): Date }
type Refused<Reason extends string> = { ok: false; reason: Reason }

export async function createGroup(
  { groups, now }: Pick<GroupDeps, 'groups' | 'now'>,
  name: string,
  by: Acting,
): Promise<{ ok: true; group: Group } | Refused<'no_name' | 'there_already'>> {
  if (!GROUP_NAME.test(name)) return { ok: false, reason: 'no_name' }
  const at = now()
  const group = { id: newId(), name, createdAt: at }
  const isMade = await groups.createGroup({ group, event: operatorsEvent('group_created', name, { by, at }) })
  return isMade ? { ok: true, group } : { ok: false, reason: 'there_already' }
}

/** Its members stay, without it. Invitations no longer name it. */
export async function deleteGroup(
  { groups, now }: Pick<GroupDeps, 'groups' | 'now'>,
  name: string,
  by: Acting,
): Promise<{ ok: true } | Refused<'no_such_group'>> {
  const event = operatorsEvent('group_deleted', name, { by, at: now() })
  return (await groups.deleteGroup({ name, event })) ? { ok: true } : { ok: false, reason: 'no_such_group' }
}

/** Fifty at a time, by name. `next` is where the next page begins. */
export async function listGroups({ groups, now }: Pick<GroupDeps, 'groups' | 'now'>, after?: string) {
  const rows = await groups.listGroups({ after, most: PAGE + 1, now: now() })
  const page = rows.slice(0, PAGE)
  return { groups: page, next: rows.length > PAGE ? page.at(-1)?.name : undefined }
}

/** Those who are in it now, fifty at a time. Undefined where there is no such group. */
export async function membersOf({ groups, now }: Pick<GroupDeps, 'groups' | 'now'>, name: string, after?: number) {
  const [group] = await groups.groupsNamed([name])
  if (!group) return undefined
  const rows = await groups.membersOf(group.id, { after, most: PAGE + 1, now: now() })
  const page = rows.slice(0, PAGE)
  return { members: page, next: rows.length > PAGE ? page.at(-1)?.accountId : undefined }
}

/** Those that an account is in now. One whose end has come is as if it weren't there, to the millisecond. */
export const groupsOf = ({ groups, now }: Pick<GroupDeps, 'groups' | 'now'>, accountId: number) =>
  groups.groupsOf(accountId, now())

/** `called` is an address or a username. A member who is in it already has the new end from now on. */
export async function addMember(
  deps: GroupDeps,
  wanted: { group: string; called: string; until: Date | null },
  by: Acting,
): Promise<{ ok: true; account: Account } | Refused<'no_such_group' | 'no_such_account' | 'over'>> {
  const { group: name, called, until } = wanted
  const at = deps.now()
  if (until && until <= at) return { ok: false, reason: 'over' }
  const found = await both(deps, name, called)
  if (!found.ok) return found
  const { account, group } = found
  const event = securityEvent('group_joined', account.id, by.origin, at, null, { subject: name, by })
  const membership = { accountId: account.id, groupId: group.id, until, addedAt: at }
  const isAdded = await deps.groups.addMember({ ...membership, event })
  return isAdded ? { ok: true, account } : addMember(deps, wanted, by) // one of them went meanwhile: look again
}

export async function removeMember(
  deps: GroupDeps,
  { group: name, called }: { group: string; called: string },
  by: Acting,
): Promise<{ ok: true; account: Account } | Refused<'no_such_group' | 'no_such_account' | 'no_member'>> {
  const found = await both(deps, name, called)
  if (!found.ok) return found
  const { account, group } = found
  const at = deps.now()
  const event = securityEvent('group_left', account.id, by.origin, at, null, { subject: name, by })
  const isRemoved = await deps.groups.removeMember({ accountId: account.id, groupId: group.id, now: at, event })
  return isRemoved ? { ok: true, account } : { ok: false, reason: 'no_member' }
}

async function both(deps: GroupDeps, name: string, called: string) {
  const [group] = await deps.groups.groupsNamed([name])
  if (!group) return { ok: false, reason: 'no_such_group' } as const
  const owner = await ownerNamed(deps, called)
  if (!owner) return { ok: false, reason: 'no_such_account' } as const
  const { id, email, username } = owner
  return { ok: true, group, account: { id, email, username } } as const
}
