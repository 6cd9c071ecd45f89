import { z } from 'zod'
import type { Row } from '#app/operators/import/import.ts'
import { moment } from '../command/moments.ts'
import { wrongField } from './fields.ts'
import type { TextFile } from './text-file.ts'

/** A line of the file. There is no role: operators are made one by one. */
const Line = z.strictObject({
  email: z.string(),
  username: z.string().optional(),
  displayName: z.string().optional(),
  passwordHash: z.string(),
  authenticator: z.string().optional(),
  groups: z
    .array(z.union([z.string(), z.strictObject({ name: z.string(), until: moment('until').optional() })]))
    .optional(),
  suspendedFor: z
    .string()
    .trim()
    .min(1)
    .max(500)
    .regex(/^\P{Cc}*$/u)
    .optional(),
})

/** JSON Lines: one person a line. Empty lines count, and say nothing. */
export const rowsOfAccounts = ({ name, text }: TextFile): Row[] =>
  text.split('\n').flatMap((line, index) => (line.trim() === '' ? [] : [rowOf(`${name}:${index + 1}`, line)]))

function rowOf(at: string, line: string): Row {
  const json = parsed(line)
  const read = Line.safeParse(json)
  const name = calledBy(json)
  if (!read.success) return { at, name, refusal: wrongField(read.error) }
  const { email, username, displayName, passwordHash, authenticator, groups = [], suspendedFor } = read.data
  return {
    at,
    name,
    person: {
      ...{ email, username, displayName, passwordHash, suspendedFor },
      device: authenticator,
      groups: groups.map((group) =>
        typeof group === 'string' ? { name: group, until: null } : { name: group.name, until: group.until ?? null },
      ),
    },
  }
}

/** Undefined, which is no person, where it is no JSON. */
function parsed(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

const calledBy = (json: unknown): string => z.object({ email: z.string() }).safeParse(json).data?.email ?? ''
