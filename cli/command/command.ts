import { z } from 'zod'

/** What a command has done: in words for people, and as data for programs (`--json`). */
export type Outcome = {
  said: string
  data: object
  /** The answer is no, such as for what was checked: exit code 1. */
  isNo?: boolean
}

/** In the place of an outcome, where the lines that `print` got are all there is. */
export const PRINTED: Outcome = { said: '', data: {} }

/** Not done, and why, in sentences for the operator. Exit code 1. */
export class Refused extends Error {}

/** Not typed as it must be. Exit code 2. */
export class WrongUsage extends Error {}

/** What commands hear and say besides their outcome. */
export type Terminal = {
  /** A line while the work goes on. With `--json` nobody hears it. */
  tell(line: string): void
  /** A line of what was asked for, with `--json` too. The command then ends with `PRINTED`. */
  print(line: string): void
  /**
   * Asks before something is lost: true if the operator types `answer`, or has typed `--yes`. `Refused` if there is nobody to
   * ask. Only for commands that say `asks`.
   */
  confirm(question: string, answer?: string): Promise<boolean>
}

/** A word after the command's name, or an option. `value` is what help calls the option's value; without it, it's a switch. */
type Row = { means: string; value?: string; isRepeatable?: true }
const rows = z.registry<Row>()

export const word = <Value>(kind: z.ZodType<Value, string | undefined>, means: string) => kind.register(rows, { means })

export const option = <Value>(kind: z.ZodType<Value, string>, row: Row & { value: string }) =>
  kind.optional().register(rows, row)

/** An option that may be there several times. */
export const repeated = <Value>(kind: z.ZodType<Value, string>, row: Row & { value: string }) =>
  z
    .array(kind)
    .default([])
    .register(rows, { ...row, isRepeatable: true })

export const flag = (means: string) => z.boolean().default(false).register(rows, { means })

export type Part = Row & { name: string; isOptional: boolean }

/** One thing that `latchkey` does. */
export type Command = {
  /** A sentence for the list of commands. */
  does: string
  words: Part[]
  options: Part[]
  /** It calls `confirm`, so it takes `--yes`. */
  asks: boolean
  /** `WrongUsage` if a word or an option isn't what it must be. */
  run(typed: { words: string[]; options: Record<string, unknown> }, terminal: Terminal): Promise<Outcome>
}

/** By the word that follows the noun, or under '' where the noun says it all. */
export type Noun = Record<string, Command>

/** The words come in the order of `words`. */
export function command<Words extends z.ZodObject, Options extends z.ZodObject>({
  does,
  words,
  options,
  asks = false,
  run,
}: {
  does: string
  words: Words
  options: Options
  asks?: boolean
  run(given: { words: z.output<Words>; options: z.output<Options> }, terminal: Terminal): Promise<Outcome> | Outcome
}): Command {
  const parts = { words: partsOf(words), options: partsOf(options) }
  return {
    does,
    ...parts,
    asks,
    async run(typed, terminal) {
      const named = Object.fromEntries(typed.words.map((value, index) => [parts.words[index]?.name, value]))
      return await run({ words: read(words, named), options: read(options, typed.options) }, terminal)
    },
  }
}

function read<Shape extends z.ZodObject>(shape: Shape, values: Record<string, unknown>): z.output<Shape> {
  const { success, data, error } = shape.safeParse(values)
  if (!success) throw new WrongUsage(error.issues.map(({ message }) => message).join(' '))
  return data
}

const partsOf = ({ shape }: z.ZodObject): Part[] =>
  Object.entries(shape).map(([name, kind]) => {
    const row = rows.get(kind)
    if (!row) throw new Error(`${name} is not described.`)
    return { ...row, name, isOptional: z.safeParse(kind, undefined).success }
  })
