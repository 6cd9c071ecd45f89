import { z } from 'zod'
import { type AppValues, asWritten, type WrittenApp, type Wrong } from '#app/gate/written-app.ts'
import { readJsonText } from '#app/lib/json-text.ts'
import { sentence, shown } from './app-refusals.ts'
import { Refused } from './command/command.ts'
import type { TextFile } from './import/text-file.ts'

const lines = z.array(z.string())
const File = z.strictObject({
  apps: z.array(
    z.strictObject({
      name: z.string(),
      title: z.string().default(''),
      hosts: lines,
      groups: lines.default([]),
      level: z.string(),
      maxAge: z.string().default(''),
      paths: lines.default([]),
      networks: lines.default([]),
      tokens: z.boolean().default(false),
      identity: z.boolean().default(true),
    }),
  ),
})

/** What the file calls each value. */
export const IN_FILE = {
  ...{ name: 'name', title: 'title', hosts: 'hosts', groups: 'groups', level: 'level', maxAge: 'maxAge' },
  ...{ paths: 'paths', networks: 'networks', takesTokens: 'tokens', tellsIdentity: 'identity' },
} as const satisfies Record<keyof WrittenApp, string>

/** What a file says, and how to say what is wrong with it: by the line it stands on. */
export type AppFile = { apps: WrittenApp[]; refusal(wrong: readonly (Wrong & { app: number })[]): Refused }

/** `Refused` with the line and the reason where it isn't such a file. */
export function readAppFile({ name, text }: TextFile): AppFile {
  const json = readJsonText(text)
  const refused = (said: { line: number; why: string }[]) => {
    const inOrder = said.toSorted((a, b) => a.line - b.line).map(({ line, why }) => `${name}:${line}: ${why}`)
    return new Refused([...inOrder, 'Nothing was changed.'].join('\n'))
  }
  if (!json.ok) throw refused([json])
  const read = File.safeParse(json.value)
  if (!read.success)
    throw refused(
      read.error.issues.flatMap((issue) => whyNot(issue).map(({ at, why }) => ({ line: json.lineAt(at), why }))),
    )
  return {
    apps: read.data.apps.map(({ tokens, identity, ...app }) => ({
      ...app,
      takesTokens: tokens,
      tellsIdentity: identity,
    })),
    refusal: (wrong) =>
      refused(wrong.map((one) => ({ line: json.lineAt(['apps', one.app, one.field, one.at]), why: sentence(one) }))),
  }
}

/** As `readAppFile` reads it. */
export const appFileOf = (apps: readonly AppValues[]) => ({
  apps: apps.map((app) => {
    const { takesTokens, tellsIdentity, maxAge, ...written } = asWritten(app)
    const { name, title, hosts, groups, level, paths, networks } = written
    const long = maxAge === '' ? {} : { maxAge }
    return { name, title, hosts, groups, level, ...long, paths, networks, tokens: takesTokens, identity: tellsIdentity }
  }),
})

type Place = { at: readonly PropertyKey[]; why: string }

function whyNot(issue: z.core.$ZodIssue): Place[] {
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({ at: [...issue.path, key], why: `There's no such field here: ${shown(key)}.` }))
  const field = issue.path.findLast((step) => typeof step === 'string')
  const why =
    field === undefined
      ? 'The file is not {"apps": […]}.'
      : `The field ${String(field)} is missing, or isn't what it must be.`
  return [{ at: issue.path, why }]
}
