import { type OperatorsEvent, operatorsEvent } from '../identity/security-events.ts'
import { newId } from '../lib/tokens.ts'
import type { Acting } from '../operators/acting.ts'
import { GROUP_NAME } from '../operators/groups.ts'
import type { App } from './check.ts'
import type { NetworkRule, PathRule } from './requirement.ts'
import {
  type AppValues,
  appIn,
  asWritten,
  type Change,
  changed,
  inOrder,
  type WrittenApp,
  type Wrong,
} from './written-app.ts'

const PAGE = 50

/** An app with all that belongs to it. The first host is the one that people are sent to. */
export type KeptApp = App & {
  createdAt: Date
  /** Another one after each change. */
  revision: string
  hosts: readonly Readonly<{ host: string }>[]
  groups: readonly Readonly<{ name: string }>[]
  paths: readonly Readonly<PathRule>[]
  networks: readonly Readonly<NetworkRule>[]
  /** Its client of OpenID Connect, if it has one: then it can do without a host. */
  clients: readonly Readonly<{ appId: string }>[]
}

/** An app as the store writes it. */
export type AppRows = App & {
  createdAt: Date
  hosts: string[]
  groupIds: string[]
  paths: PathRule[]
  networks: NetworkRule[]
}

export type AppStore = {
  /** False if the name or a host is taken, or a group is gone. */
  createApp(of: { app: AppRows; event: OperatorsEvent }): Promise<boolean>
  /**
   * False if the app is gone or in another revision by now than `was`, a host is taken by another, or a group is gone. A host that stays
   * keeps its gate sessions.
   */
  changeApp(of: { app: AppRows; was: string; event: OperatorsEvent }): Promise<boolean>
  /** False if there is none of that name. */
  deleteApp(of: { name: string; event: OperatorsEvent }): Promise<boolean>
  listApps(of: { after: string | undefined; most: number }): Promise<KeptApp[]>
  appNamed(name: string): Promise<KeptApp | undefined>
  /** Those of the hosts that are taken, and the app each belongs to. */
  hostsTaken(hosts: string[]): Promise<{ host: string; app: string }[]>
}

export type AppDeps = {
  apps: AppStore
  groups: { groupsNamed(names: string[]): Promise<{ id: string; name: string }[]> }
  baseUrl: string
  now(): Date
}
type Changed = { ok: true; app: AppValues } | { ok: false; wrong: Wrong[] }

export async function createApp(deps: AppDeps, written: WrittenApp, by: Acting): Promise<Changed> {
  const found = await judged(deps, written, 'new', true)
  if (!found.ok) return found
  const at = deps.now()
  const app = { ...found.rows, id: newId(), createdAt: at }
  const event = operatorsEvent('app_created', app.name, { by, at })
  if (await deps.apps.createApp({ app, event })) return { ok: true, app: found.app }
  return createApp(deps, written, by) // something was taken or went meanwhile: look again
}

export async function changeApp(
  deps: AppDeps,
  name: string,
  change: Change,
  by: Acting,
): Promise<Changed | { ok: false; wrong: 'no_such_app' }> {
  const kept = await named(deps, name)
  if (!kept) return { ok: false, wrong: 'no_such_app' }
  const found = await judged(deps, changed(asWritten(valuesOf(kept)), change), 'changed', kept.clients.length === 0)
  if (!found.ok) return found
  const at = deps.now()
  const app = { ...found.rows, id: kept.id, createdAt: kept.createdAt }
  const event = operatorsEvent('app_changed', name, { by, at })
  if (await deps.apps.changeApp({ app, was: kept.revision, event })) return { ok: true, app: found.app }
  return changeApp(deps, name, change, by)
}

/** With everything that sessions have at its hosts. Access tokens that name it open nothing from then on. */
export const deleteApp = async (
  { apps, now }: Pick<AppDeps, 'apps' | 'now'>,
  name: string,
  by: Acting,
): Promise<boolean> =>
  GROUP_NAME.test(name) && apps.deleteApp({ name, event: operatorsEvent('app_deleted', name, { by, at: now() }) })

/** Fifty at a time, by name. `next` is where the next page begins. */
export async function listApps({ apps }: Pick<AppDeps, 'apps'>, after?: string) {
  const rows = await apps.listApps({ after, most: PAGE + 1 })
  const page = rows.slice(0, PAGE).map(valuesOf)
  return { apps: page, next: rows.length > PAGE ? page.at(-1)?.name : undefined }
}

export async function appNamed({ apps }: Pick<AppDeps, 'apps'>, name: string): Promise<AppValues | undefined> {
  const kept = await named({ apps }, name)
  return kept && valuesOf(kept)
}

/** What is no name is asked of no database: PostgreSQL takes no NUL in a text. */
const named = async ({ apps }: Pick<AppDeps, 'apps'>, name: string) =>
  GROUP_NAME.test(name) ? await apps.appNamed(name) : undefined

export const valuesOf = (kept: KeptApp): AppValues => {
  const { name, title, level, maxAge, takesTokens, tellsIdentity } = kept
  const hosts = kept.hosts.map(({ host }) => host)
  const groups = kept.groups.map(({ name }) => name)
  const lists = { hosts, groups, paths: [...kept.paths], networks: [...kept.networks] }
  return inOrder({ name, title, level, maxAge, takesTokens, tellsIdentity, ...lists })
}

/** What is written, and what the database says of it. */
async function judged(deps: AppDeps, written: WrittenApp, is: 'new' | 'changed', needsHost: boolean) {
  const read = appIn(written, { ...deps, needsHost })
  if (!read.ok) return read
  const { app } = read
  const there = await deps.groups.groupsNamed(app.groups)
  const taken = (await deps.apps.hostsTaken(app.hosts)).filter((host) => is === 'new' || host.app !== app.name)
  const wrong: Wrong[] = []
  if (is === 'new' && (await deps.apps.appNamed(app.name)))
    wrong.push({ field: 'name', at: 0, value: app.name, reason: 'there_already' })
  for (const [at, host] of app.hosts.entries())
    if (taken.some((of) => of.host === host)) wrong.push({ field: 'hosts', at, value: host, reason: 'host_taken' })
  for (const group of app.groups)
    if (!there.some(({ name }) => name === group))
      wrong.push({ field: 'groups', at: lineOf(written.groups, group), value: group, reason: 'no_such_group' })
  if (wrong.length > 0) return { ok: false as const, wrong }
  const { groups: _, ...rest } = app
  return { ok: true as const, app, rows: { ...rest, groupIds: there.map(({ id }) => id) } }
}

const lineOf = (lines: readonly string[], text: string) => lines.findIndex((line) => line.trim() === text)
