import { z } from 'zod'
import { LEVELS, type Level } from './identity/policy.ts'
import { type Network, networkIn } from './lib/network.ts'

/** All that people read about a setting; docs/configuration.md and .env.example are made of it. */
type Row = {
  variable: string
  /** For both. */
  means: string
  /** For the docs alone. */
  more?: string
  /** Where a made-up value tells more than the usual one. */
  example?: string
}
export type SettingRow = Row & {
  /** As someone would write it. */
  usual?: string
  /** In words, where there is no value unless someone sets one. */
  unset?: string
}

/** Reads the text of a variable. What it refuses, it refuses in a sentence that begins with the variable's name. */
type Kind<Value> = (variable: string) => z.ZodType<Value, string>

const rows = z.registry<SettingRow>()

/** A setting that always has a value. */
export const setting = <Value>(kind: Kind<Value>, row: Row & { usual: string }) =>
  kind(row.variable).prefault(row.usual).register(rows, row)

/** A setting that has no value until someone sets it. */
export const settingOrNone = <Value>(kind: Kind<Value>, row: Row & { unset: string }) =>
  kind(row.variable).optional().register(rows, row)

/** The row of each setting, by the name that the configuration knows it by. */
export const rowsOf = (settings: Record<string, z.ZodType>): [name: string, row: SettingRow][] =>
  Object.entries(settings).map(([name, schema]) => {
    const row = rows.get(schema)
    if (!row) throw new Error(`The setting ${name} has no row.`)
    return [name, row]
  })

export const text: Kind<string> = () => z.string()

/** Completes "VARIABLE must …". */
export const matching =
  (pattern: RegExp, must: string): Kind<string> =>
  (name) =>
    z.string().regex(pattern, `${name} must ${must}.`)

export const webAddress: Kind<string> = (name) =>
  z.url({ protocol: /^https?$/, error: `${name} must be a URL such as https://accounts.example.com.` })

export const wholeNumber =
  (least: number, most: number, unit = 1): Kind<number> =>
  (name) =>
    z.coerce
      .number<string>(`${name} must be a number.`)
      .int(`${name} must be a whole number.`)
      .min(least, `${name} must be at least ${least}.`)
      .max(most, `${name} must be at most ${most}.`)
      .transform((number) => number * unit)

export const oneOf =
  <Name extends string>(names: readonly [Name, ...Name[]]): Kind<Name> =>
  (variable) =>
    z.enum(names, `${variable} must be one of ${names.join(', ')}.`)

/** Whether it is the first of two words. */
export const either =
  (first: string, second: string): Kind<boolean> =>
  (variable) =>
    z.enum([first, second], `${variable} must be ${first} or ${second}.`).transform((word) => word === first)

/** How strong the second factor must be. */
export const secondFactorLevel: Kind<Level> = oneOf(LEVELS)

/** Off unless someone says yes: each gives up a protection. */
export const consent = either('yes', 'no')

/** Addresses and networks, as in `127.0.0.1, 10.0.0.0/8`. */
export const networks: Kind<Network[]> = (variable) =>
  z.string().transform((list, context) =>
    list
      .split(/[\s,]+/)
      .filter((entry) => entry !== '')
      .flatMap((entry) => {
        const network = networkIn(entry)
        if (network) return [network]
        context.addIssue(`${variable}: ${entry} is neither an address nor a network such as 10.0.0.0/8.`)
        return []
      }),
  )

const EVERYWHERE: Network[] = [
  { address: '0.0.0.0', prefix: 0, family: 'ipv4' },
  { address: '::', prefix: 0, family: 'ipv6' },
]

/** From where something is reached: `on` is everywhere, `off` nowhere. */
export const reachable: Kind<Network[]> = (variable) =>
  z.union([z.literal('on').transform(() => EVERYWHERE), z.literal('off').transform(() => []), networks(variable)])
