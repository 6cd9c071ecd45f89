import { z } from 'zod'
import { appNamed, changeApp, createApp, deleteApp, listApps } from '#app/gate/apps.ts'
import { type AppValues, asWritten, type Change, type WrittenApp } from '#app/gate/written-app.ts'
import { COMMAND_LINE } from '#app/operators/command-line.ts'
import { NO_SUCH_APP, refusal } from './app-refusals.ts'
import { command, flag, option, Refused, repeated, WrongUsage, word } from './command/command.ts'
import { opened } from './command/opened.ts'
import { reasonOption } from './command/reason.ts'
import { table } from './command/table.ts'

const NAME = word(z.string(), 'The name of the app, as access tokens call it.')
const by = (why: string | undefined) => ({ operatorId: null, reason: why ?? null, origin: COMMAND_LINE })

const asked = {
  title: option(z.string(), { value: 'TEXT', means: 'What people call it. Its name, if left out.' }),
  host: repeated(z.string(), {
    value: 'HOST',
    means: 'Where it is: photos.example.com. The first is where people are sent.',
  }),
  group: repeated(z.string(), { value: 'GROUP', means: 'Whom it is open to. Without one: nobody.' }),
  level: option(z.string(), {
    value: 'LEVEL',
    means: 'What it asks for: password, second_factor or phishing_resistant.',
  }),
  'max-age': option(z.string(), {
    value: 'TIME',
    means: 'How old the proof may be: 15m, 8h. Else as long as the session lasts.',
  }),
  public: repeated(z.string(), {
    value: 'PATH',
    means: 'Open to everybody: /share/ and all below it, or /feed alone.',
  }),
  path: repeated(z.string(), { value: 'RULE', means: 'A path that asks for more: "/admin/ second_factor 15m".' }),
  network: repeated(z.string(), { value: 'RULE', means: 'Where the app asks for less: "192.0.2.0/24 password".' }),
  tokens: flag('Access tokens with its scope open it.'),
  'no-identity': flag("It isn't told who is there."),
  reason: reasonOption(),
}

const changes = {
  ...asked,
  nobody: flag('Open to no group.'),
  'no-max-age': flag('A proof is good as long as the session.'),
  'no-paths': flag('No path has a rule of its own.'),
  'no-networks': flag('No network has a rule of its own.'),
  'no-tokens': flag('Access tokens open it no longer.'),
  identity: flag('It is told who is there.'),
}

/** What stands behind the gate. */
export const app = {
  list: command({
    does: 'Lists the apps behind the gate: fifty at a time.',
    words: z.object({}),
    options: z.object({ after: option(z.string(), { value: 'NEXT', means: 'Go on after the page before.' }) }),
    async run({ options }) {
      const { apps, next } = await opened((deps) => listApps(deps, options.after))
      const rows = apps.map(({ name, level, hosts, groups }) => [
        name,
        level,
        groups.join(' ') || 'nobody',
        hosts.join(' '),
      ])
      const lines = [table(['app', 'level', 'open to', 'hosts'], rows)]
      if (next !== undefined) lines.push(`More: latchkey app list --after ${next}`)
      return {
        said: apps.length === 0 ? 'There are no apps.' : lines.join('\n'),
        data: { apps: apps.map(asWritten), next: next ?? null },
      }
    },
  }),

  show: command({
    does: 'Shows what an app asks, of whom and where.',
    words: z.object({ NAME }),
    options: z.object({}),
    async run({ words }) {
      const found = await opened((deps) => appNamed(deps, words.NAME))
      if (!found) throw new Refused(NO_SUCH_APP)
      return { said: inLines(found), data: asWritten(found) }
    },
  }),

  add: command({
    does: 'Puts an app behind the gate.',
    words: z.object({ NAME }),
    options: z.object(asked),
    async run({ words, options }) {
      const written: WrittenApp = {
        ...{ name: words.NAME, title: options.title ?? '', hosts: options.host, groups: options.group },
        ...{ level: options.level ?? 'second_factor', maxAge: options['max-age'] ?? '' },
        ...{ paths: pathsIn(options), networks: options.network },
        ...{ takesTokens: options.tokens, tellsIdentity: !options['no-identity'] },
      }
      const result = await opened((deps) => createApp(deps, written, by(options.reason)))
      if (!result.ok) throw refusal(result.wrong)
      return { said: inLines(result.app), data: asWritten(result.app) }
    },
  }),

  change: command({
    does: 'Changes what is named of an app. A list that is named takes the place of the one there was.',
    words: z.object({ NAME }),
    options: z.object(changes),
    async run({ words, options }) {
      const change = changeIn(options)
      if (Object.values(change).every((value) => value === undefined)) throw new WrongUsage('Say what to change.')
      const result = await opened((deps) => changeApp(deps, words.NAME, change, by(options.reason)))
      if (result.ok) return { said: inLines(result.app), data: asWritten(result.app) }
      throw result.wrong === 'no_such_app' ? new Refused(`${NO_SUCH_APP} Nothing was changed.`) : refusal(result.wrong)
    },
  }),

  delete: command({
    does: 'Takes an app from the gate, with its client: from then on nobody comes to its hosts.',
    words: z.object({ NAME }),
    options: z.object({ reason: reasonOption() }),
    asks: true,
    async run({ words, options }, { confirm }) {
      if (!(await confirm(`Delete the app ${words.NAME}?`))) throw new Refused('Nothing was changed.')
      const isDeleted = await opened((deps) => deleteApp(deps, words.NAME, by(options.reason)))
      if (!isDeleted) throw new Refused(`${NO_SUCH_APP} Nothing was changed.`)
      return { said: `The app ${words.NAME} is deleted.`, data: { name: words.NAME } }
    },
  }),
}

const pathsIn = (options: { public: string[]; path: string[] }) => [
  ...options.public.map((path) => `${path} public`),
  ...options.path,
]

function changeIn(options: z.output<z.ZodObject<typeof changes>>): Change {
  const opposites = [
    ['tokens', 'no-tokens'],
    ['identity', 'no-identity'],
  ] as const
  for (const [yes, no] of opposites)
    if (options[yes] && options[no]) throw new WrongUsage(`Choose one of --${yes} and --${no}.`)
  const list = (lines: string[], none: boolean, what: string) => {
    if (none && lines.length > 0) throw new WrongUsage(`Choose: ${what}, or none.`)
    return none || lines.length > 0 ? lines : undefined
  }
  return {
    title: options.title,
    hosts: list(options.host, false, '--host'),
    groups: list(options.group, options.nobody, '--group'),
    level: options.level,
    maxAge: options['no-max-age'] ? '' : options['max-age'],
    paths: list(pathsIn(options), options['no-paths'], '--path and --public'),
    networks: list(options.network, options['no-networks'], '--network'),
    takesTokens: options.tokens || (options['no-tokens'] ? false : undefined),
    tellsIdentity: options.identity || (options['no-identity'] ? false : undefined),
  }
}

function inLines(app: AppValues): string {
  const { name, title, hosts, groups, level, maxAge, paths, networks, takesTokens, tellsIdentity } = asWritten(app)
  const rows: Record<string, readonly string[]> = {
    app: [name],
    title: [title],
    host: hosts,
    'open to': groups.length > 0 ? groups : ['nobody'],
    level: [maxAge ? `${level}, shown in the last ${maxAge}` : level],
    path: paths,
    network: networks,
    tokens: [takesTokens ? 'open it' : "don't open it"],
    identity: [tellsIdentity ? 'told' : 'not told'],
  }
  return Object.entries(rows)
    .flatMap(([left, all]) => all.map((right) => `${left.padEnd(9)} ${right}`))
    .join('\n')
}
