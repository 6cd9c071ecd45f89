import { isDeepStrictEqual } from 'node:util'
import { type OperatorsEvent, operatorsEvent } from '../identity/security-events.ts'
import { newId } from '../lib/tokens.ts'
import type { Acting } from '../operators/acting.ts'
import { GROUP_NAME } from '../operators/groups.ts'
import { type AppDeps, type AppRows, type KeptApp, valuesOf } from './apps.ts'
import { type AppValues, appIn, asWritten, type WrittenApp, type Wrong } from './written-app.ts'

const EVERY_ONE = Number.MAX_SAFE_INTEGER

/** What differs: one value for another, or lines that go and lines that come. */
export type Difference = { field: keyof WrittenApp } & (
  | { from: string | boolean; to: string | boolean }
  | { gone: string[]; come: string[] }
)

export type Plan = {
  created: AppValues[]
  changed: { name: string; differences: Difference[] }[]
  deleted: string[]
}

export type ApplyStore = {
  /** All at once. False, and nothing done, if something that it takes for granted has changed. */
  applyApps(of: {
    created: AppRows[]
    changed: AppRows[]
    deleted: { id: string }[]
    /** Whose each host is that goes to another app, by its host. */
    hostsOf: ReadonlyMap<string, string>
    events: OperatorsEvent[]
  }): Promise<boolean>
}

export type ApplyDeps = AppDeps & { apps: ApplyStore }

/** Wrong values by the place of their app in the list. */
export type WrongInList = Wrong & { app: number }
type Refused = { ok: false; wrong: WrongInList[] }

/** Every app there is, by name. */
export const everyApp = async ({ apps }: Pick<AppDeps, 'apps'>): Promise<AppValues[]> =>
  (await apps.listApps({ after: undefined, most: EVERY_ONE })).map(valuesOf)

/** What it takes to have these apps and no others. */
export async function planApps(
  deps: AppDeps,
  wanted: readonly WrittenApp[],
): Promise<{ ok: true; plan: Plan } | Refused> {
  const found = await judged(deps, wanted)
  return found.ok ? { ok: true, plan: found.plan } : found
}

/** Does what `plan` says, in one transaction, unless it is no longer what it takes. A host keeps its gate sessions, whosever it becomes. */
export async function applyApps(
  deps: ApplyDeps,
  { wanted, plan }: { wanted: readonly WrittenApp[]; plan: Plan },
  by: Acting,
): Promise<{ ok: true } | { ok: false; wrong: 'changed_meanwhile' }> {
  const found = await judged(deps, wanted)
  if (!found.ok || !isDeepStrictEqual(found.plan, plan)) return { ok: false, wrong: 'changed_meanwhile' }
  const { created, changed, deleted } = plan
  if (created.length + changed.length + deleted.length === 0) return { ok: true }
  const at = deps.now()
  const idsOf = new Map(found.kept.map((app) => [app.name, app]))
  const rows = (app: AppValues): AppRows => {
    const { groups, ...rest } = app
    const { id, createdAt } = idsOf.get(app.name) ?? { id: newId(), createdAt: at }
    return { ...rest, id, createdAt, groupIds: groups.flatMap((name) => found.groupIds.get(name) ?? []) }
  }
  const isDone = await deps.apps.applyApps({
    created: created.map(rows),
    changed: found.apps.filter(({ name }) => changed.some((one) => one.name === name)).map(rows),
    deleted: deleted.flatMap((name) => idsOf.get(name) ?? []),
    hostsOf: new Map(found.kept.flatMap(({ id, hosts }) => hosts.map(({ host }) => [host, id]))),
    events: [
      ...created.map(({ name }) => operatorsEvent('app_created', name, { by, at })),
      ...changed.map(({ name }) => operatorsEvent('app_changed', name, { by, at })),
      ...deleted.map((name) => operatorsEvent('app_deleted', name, { by, at })),
    ],
  })
  return isDone ? { ok: true } : { ok: false, wrong: 'changed_meanwhile' }
}

async function judged(deps: AppDeps, wanted: readonly WrittenApp[]) {
  const kept = await deps.apps.listApps({ after: undefined, most: EVERY_ONE })
  const named = wanted.flatMap((app) => app.groups.map((name) => name.trim()))
  const groups = await deps.groups.groupsNamed([...new Set(named)].filter((name) => GROUP_NAME.test(name)))
  const groupIds = new Map(groups.map(({ name, id }) => [name, id]))
  const wrong: WrongInList[] = []
  const apps: AppValues[] = []
  const isClient = new Set(kept.flatMap(({ name, clients }) => (clients.length > 0 ? [name] : [])))
  const seen = { name: new Set<string>(), host: new Set<string>() }
  for (const [app, written] of wanted.entries()) {
    const read = appIn(written, { ...deps, needsHost: !isClient.has(written.name) })
    for (const [at, group] of written.groups.map((line) => line.trim()).entries())
      if (GROUP_NAME.test(group) && !groupIds.has(group))
        wrong.push({ app, field: 'groups', at, value: group, reason: 'no_such_group' })
    if (!read.ok) {
      wrong.push(...read.wrong.map((one) => ({ ...one, app })))
      continue
    }
    apps.push(read.app)
    const { name, hosts } = read.app
    if (seen.name.has(name)) wrong.push({ app, field: 'name', at: 0, value: name, reason: 'twice' })
    seen.name.add(name)
    for (const [at, host] of hosts.entries()) {
      if (seen.host.has(host)) wrong.push({ app, field: 'hosts', at, value: host, reason: 'twice' })
      seen.host.add(host)
    }
  }
  if (wrong.length > 0) return { ok: false as const, wrong }
  // The file says what is behind the gate. An app that is a client as well isn't deleted by it, only taken from there.
  for (const app of kept)
    if (app.clients.length > 0 && !seen.name.has(app.name)) apps.push({ ...valuesOf(app), hosts: [] })
  return { ok: true as const, apps, kept, groupIds, plan: planOf(kept, apps) }
}

function planOf(kept: readonly KeptApp[], apps: readonly AppValues[]): Plan {
  const before = new Map(kept.map((app) => [app.name, valuesOf(app)]))
  const names = new Set(apps.map(({ name }) => name))
  const changed = apps.flatMap((app) => {
    const old = before.get(app.name)
    const differences = old ? differencesOf(asWritten(old), asWritten(app)) : []
    return differences.length > 0 ? [{ name: app.name, differences }] : []
  })
  return {
    created: apps.filter(({ name }) => !before.has(name)),
    changed,
    deleted: kept.map(({ name }) => name).filter((name) => !names.has(name)),
  }
}

const VALUES = ['title', 'level', 'maxAge', 'takesTokens', 'tellsIdentity'] as const
const LISTS = ['groups', 'paths', 'networks'] as const

function differencesOf(before: WrittenApp, after: WrittenApp): Difference[] {
  const values = VALUES.filter((field) => before[field] !== after[field]).map((field) => ({
    field,
    from: before[field],
    to: after[field],
  }))
  const lists = LISTS.map((field) => ({ field, ...lines(before[field], after[field]) }))
  const hosts = lines(before.hosts, after.hosts)
  const isSorted = isDeepStrictEqual(before.hosts, after.hosts)
  const inAnotherOrder = { field: 'hosts' as const, gone: [...before.hosts], come: [...after.hosts] }
  return [
    ...values,
    ...(isSorted ? [] : [isEmpty(hosts) ? inAnotherOrder : { field: 'hosts' as const, ...hosts }]),
    ...lists.filter((list) => !isEmpty(list)),
  ]
}

const lines = (before: readonly string[], after: readonly string[]) => ({
  gone: before.filter((line) => !after.includes(line)),
  come: after.filter((line) => !before.includes(line)),
})
const isEmpty = ({ gone, come }: { gone: string[]; come: string[] }) => gone.length + come.length === 0
