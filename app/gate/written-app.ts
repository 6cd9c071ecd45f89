import { canBeSeen, staysOnItsLine } from '../lib/one-line.ts'
import { GROUP_NAME } from '../operators/groups.ts'
import { canonicalHost, schemeOf } from './hosts.ts'
import { type AppLevel, isLower, type NetworkRule, type PathRule } from './requirement.ts'
import {
  levelIn,
  networkLine,
  networkRuleIn,
  pathLine,
  pathRuleIn,
  type Read,
  secondsIn,
  secondsInWords,
} from './written-rules.ts'

const TITLE_AT_MOST = 60 // characters
const LINES_AT_MOST = 100 // of one field

/** An app as an operator writes it: on a page, in a file and at the command line alike. */
export type WrittenApp = {
  name: string
  /** Empty: as its name. */
  title: string
  hosts: readonly string[]
  groups: readonly string[]
  level: string
  /** `15m`; empty: however long the session lasts. */
  maxAge: string
  /** `/admin/ second_factor 15m` */
  paths: readonly string[]
  /** `192.0.2.0/24 password` */
  networks: readonly string[]
  takesTokens: boolean
  tellsIdentity: boolean
}

/** What is to take the place of what there is. An app keeps its name: access tokens call it so. */
export type Change = { [Key in Exclude<keyof WrittenApp, 'name'>]?: WrittenApp[Key] | undefined }

/** In the form in which it is stored, with its groups by name. */
export type AppValues = {
  name: string
  title: string
  level: AppLevel
  maxAge: number | null
  takesTokens: 0 | 1
  tellsIdentity: 0 | 1
  hosts: string[]
  groups: string[]
  paths: PathRule[]
  networks: NetworkRule[]
}

export type WrongReason =
  | ('no_name' | 'there_already' | 'no_title' | 'no_level' | 'no_max_age' | 'too_many')
  | ('no_hosts' | 'no_host' | 'wildcard' | 'portal_host' | 'host_taken' | 'no_such_group' | 'twice')
  | ('no_path' | 'public_has_no_age' | 'path_below_app' | 'no_network' | 'network_not_below')

/** What is wrong, as it was written. `at` counts the lines of the field from 0. */
export type Wrong = { field: keyof WrittenApp; at: number; value: string; reason: WrongReason }

/** Where the portal is, and whether an app can do without a host: one that is a client of OpenID Connect can. */
export type Site = { baseUrl: string; needsHost?: boolean }

/** The values, or all that is wrong. Whether its groups are there and its hosts free, only the database can say. */
export function appIn(written: WrittenApp, site: Site): { ok: true; app: AppValues } | { ok: false; wrong: Wrong[] } {
  const { needsHost = true } = site
  const wrong: Wrong[] = []
  const say = (field: Wrong['field'], reason: WrongReason, value: string, at = 0) =>
    void wrong.push({ field, at, value, reason })

  /** Each line by itself; no two may be about the same thing. */
  function eachLine<Value>(
    field: 'hosts' | 'groups' | 'paths' | 'networks',
    read: (line: string) => Read<Value, WrongReason>,
    about: (value: Value) => string,
  ): Value[] {
    const found = new Map<string, Value>()
    if (written[field].length > LINES_AT_MOST) say(field, 'too_many', `${written[field].length}`)
    for (const [at, line] of written[field].slice(0, LINES_AT_MOST).entries()) {
      const one = read(line.trim())
      if ('wrong' in one) say(field, one.wrong, line, at)
      else if (found.has(about(one.value))) say(field, 'twice', line, at)
      else found.set(about(one.value), one.value)
    }
    return [...found.values()]
  }

  const { name, maxAge: long } = written
  const title = written.title.trim() || name
  if (!GROUP_NAME.test(name)) say('name', 'no_name', name)
  if (title !== name && !isTitle(title)) say('title', 'no_title', title)

  const hosts = eachLine('hosts', (line) => hostIn(line, site), String)
  if (written.hosts.length === 0 && needsHost) say('hosts', 'no_hosts', '')
  const groups = eachLine('groups', groupIn, String)

  const level = appLevelIn(written.level)
  if ('wrong' in level) say('level', level.wrong, written.level)
  const maxAge = long.trim() === '' ? null : secondsIn(long.trim())
  if (maxAge === undefined) say('maxAge', 'no_max_age', long)

  const floor = 'value' in level ? level.value : undefined
  const paths = eachLine(
    'paths',
    (line) => notBelow(pathRuleIn(line), floor),
    ({ path }) => path,
  )
  const networks = eachLine(
    'networks',
    (line) => below(networkRuleIn(line), floor),
    ({ network }) => network,
  )

  if (wrong.length > 0 || floor === undefined || maxAge === undefined) return { ok: false, wrong }
  const takesTokens = written.takesTokens ? 1 : 0
  const tellsIdentity = written.tellsIdentity ? 1 : 0
  const app = { name, title, level: floor, maxAge, takesTokens, tellsIdentity, hosts, groups, paths, networks } as const
  return { ok: true, app: inOrder(app) }
}

/** All but the hosts, where the first is another than the others. */
export const inOrder = (app: AppValues): AppValues => ({
  ...app,
  groups: app.groups.toSorted(),
  paths: app.paths.toSorted((a, b) => (a.path < b.path ? -1 : 1)),
  networks: app.networks.toSorted((a, b) => (a.network < b.network ? -1 : 1)),
})

/** As an operator would write it; `appIn` makes the same of it again. */
export const asWritten = (app: AppValues): WrittenApp => ({
  ...app,
  maxAge: app.maxAge === null ? '' : secondsInWords(app.maxAge),
  paths: app.paths.map(pathLine),
  networks: app.networks.map(networkLine),
  takesTokens: app.takesTokens === 1,
  tellsIdentity: app.tellsIdentity === 1,
})

export const changed = (app: WrittenApp, change: Change): WrittenApp => ({
  name: app.name,
  title: change.title ?? app.title,
  hosts: change.hosts ?? app.hosts,
  groups: change.groups ?? app.groups,
  level: change.level ?? app.level,
  maxAge: change.maxAge ?? app.maxAge,
  paths: change.paths ?? app.paths,
  networks: change.networks ?? app.networks,
  takesTokens: change.takesTokens ?? app.takesTokens,
  tellsIdentity: change.tellsIdentity ?? app.tellsIdentity,
})

/**
 * One host, exactly. Not the portal's own name, on whatever port: browsers send cookies to all ports of a name, so the app would be
 * handed the portal's.
 */
function hostIn(line: string, { baseUrl }: Site): Read<string, WrongReason> {
  if (line.includes('*')) return { wrong: 'wildcard' }
  const host = canonicalHost(line, schemeOf(baseUrl))
  const url = host === undefined ? undefined : `${schemeOf(baseUrl)}://${host}`
  if (host === undefined || url === undefined || !URL.canParse(url)) return { wrong: 'no_host' }
  const parsed = new URL(url)
  if (nameOf(parsed) === nameOf(new URL(baseUrl))) return { wrong: 'portal_host' }
  return parsed.host === host ? { value: host } : { wrong: 'no_host' }
}

/** `portal.example.com.` with its dot is the same. */
const nameOf = ({ hostname }: URL) => hostname.replace(/\.$/, '')

const groupIn = (line: string): Read<string, WrongReason> =>
  GROUP_NAME.test(line) ? { value: line } : { wrong: 'no_such_group' }

function appLevelIn(text: string): Read<AppLevel, WrongReason> {
  const level = levelIn(text)
  if ('wrong' in level) return level
  return level.value === 'public' ? { wrong: 'no_level' } : { value: level.value }
}

/** A path is open to all or asks for at least what the app does. */
function notBelow(read: Read<PathRule, WrongReason>, floor: AppLevel | undefined): Read<PathRule, WrongReason> {
  if ('wrong' in read || floor === undefined || read.value.level === 'public') return read
  return isLower(read.value.level, floor) ? { wrong: 'path_below_app' } : read
}

/** A network only ever asks for less. */
function below(read: Read<NetworkRule, WrongReason>, floor: AppLevel | undefined): Read<NetworkRule, WrongReason> {
  if ('wrong' in read || floor === undefined) return read
  return isLower(read.value.level, floor) ? read : { wrong: 'network_not_below' }
}

const isTitle = (title: string) =>
  title.length <= TITLE_AT_MOST && !/\p{Cs}/u.test(title) && canBeSeen(title) && staysOnItsLine(title)
