import { z } from 'zod'
import { applyApps, type Difference, everyApp, type Plan, planApps } from '#app/gate/apply.ts'
import { COMMAND_LINE } from '#app/operators/command-line.ts'
import { appFileOf, IN_FILE, readAppFile } from './app-file.ts'
import { command, flag, Refused, word } from './command/command.ts'
import { opened } from './command/opened.ts'
import { reasonOption } from './command/reason.ts'
import { readTextFile } from './import/text-file.ts'

/** All apps by a file, and a file of all apps. */
export const wholeFile = {
  apply: command({
    does: 'Makes the apps those of a file in JSON and no others. It shows what that changes, and asks.',
    words: z.object({ FILE: word(z.string(), 'As `latchkey app export` writes it.') }),
    options: z.object({ 'dry-run': flag('Only show what it would change.'), reason: reasonOption() }),
    asks: true,
    async run({ words, options }, { confirm, tell }) {
      const file = readAppFile(await readTextFile(words.FILE))
      const planned = await opened((deps) => planApps(deps, file.apps))
      if (!planned.ok) throw file.refusal(planned.wrong)
      const { plan } = planned
      const isDry = options['dry-run']
      if (countOf(plan) === 0) return { said: 'Nothing to change.', data: { done: !isDry, ...inJson(plan) } }
      if (isDry)
        return {
          said: `${inLines(plan)}\nNothing was changed: this was a dry run.`,
          data: { done: false, ...inJson(plan) },
        }
      tell(inLines(plan))
      if (!(await confirm(`Change ${countOf(plan)} of the apps?`))) throw new Refused('Nothing was changed.')
      const by = { operatorId: null, reason: options.reason ?? null, origin: COMMAND_LINE }
      const done = await opened((deps) => applyApps(deps, { wanted: file.apps, plan }, by))
      if (!done.ok)
        throw new Refused('The apps or their groups have changed meanwhile. Nothing was changed. Run it again.')
      return { said: 'Done.', data: { done: true, ...inJson(plan) } }
    },
  }),

  export: command({
    does: 'Writes all apps as JSON, for `latchkey app apply`.',
    words: z.object({}),
    options: z.object({}),
    async run() {
      const data = appFileOf(await opened(everyApp))
      return { said: JSON.stringify(data, null, 2), data }
    },
  }),
}

const countOf = ({ created, changed, deleted }: Plan) => created.length + changed.length + deleted.length

const inJson = ({ created, ...rest }: Plan) => ({ created: created.map(({ name }) => name), ...rest })

/** What comes with +, what goes with -, and what differs with ~. */
const inLines = ({ created, changed, deleted }: Plan): string =>
  [
    ...created.flatMap((app) => [`+ ${app.name}`, ...valuesOf(appFileOf([app]).apps[0] ?? {})]),
    ...changed.flatMap(({ name, differences }) => [`~ ${name}`, ...differences.flatMap(linesOf)]),
    ...deleted.map((name) => `- ${name}`),
  ].join('\n')

const linesOf = (of: Difference): string[] =>
  'from' in of
    ? [`    ${IN_FILE[of.field]}: ${inWords(of.from)} → ${inWords(of.to)}`]
    : [
        ...of.gone.map((line) => `  - ${IN_FILE[of.field]}: ${line}`),
        ...of.come.map((line) => `  + ${IN_FILE[of.field]}: ${line}`),
      ]

const valuesOf = (app: object): string[] =>
  Object.entries(app).flatMap(([field, value]) =>
    field === 'name' ? [] : [value].flat().map((one) => `    ${field}: ${inWords(one)}`),
  )

const inWords = (value: string | boolean) =>
  value === '' ? 'none' : typeof value === 'boolean' ? (value ? 'yes' : 'no') : value
