import { parseArgs } from 'node:util'
import { reasonOf } from '#app/lib/reasons.ts'
import { type Command, type Noun, type Part, PRINTED, Refused, type Terminal, WrongUsage } from './command.ts'

/** Each noun of the command line, loaded when someone types it. */
export type Nouns = Record<string, () => Promise<Noun>>

export type Output = {
  out(text: string): void
  err(text: string): void
  /** What the operator types at the question, or '' if they leave. Undefined where there is no terminal. */
  ask: ((question: string) => Promise<string>) | undefined
}

export const DONE = 0
export const REFUSED = 1
export const WRONG_USAGE = 2

const YES: Part = { name: 'yes', means: "Don't ask.", isOptional: true }

const COMMON: Part[] = [
  { name: 'json', means: 'Answer in JSON.', isOptional: true },
  { name: 'help', means: 'Say what the command does.', isOptional: true },
]

/** Runs what was typed after `latchkey`. Returns the exit code: 0 done, 1 refused, 2 wrong usage. Prints no stack. */
export async function runProgram(typed: string[], nouns: Nouns, output: Output): Promise<number> {
  const isJson = typed.includes('--json')
  try {
    const { text, isNo } = await answer(typed, nouns, output, isJson)
    if (text !== '') output.out(text)
    return isNo ? REFUSED : DONE
  } catch (error) {
    const message = reasonOf(error)
    const sentence = error instanceof Refused || error instanceof WrongUsage ? message : `Latchkey failed: ${message}`
    output.err(isJson ? JSON.stringify({ error: sentence }) : sentence)
    return error instanceof WrongUsage ? WRONG_USAGE : REFUSED
  }
}

async function answer(typed: string[], nouns: Nouns, { out, ask }: Output, isJson: boolean): Promise<Answer> {
  const [first = '', ...rest] = typed
  if (first === '') throw new WrongUsage(await listOf(nouns))
  if (first === '--help') return { text: await listOf(nouns) }
  if (first === 'help') return { text: await (rest.length === 0 ? listOf(nouns) : helpOn(await find(rest, nouns))) }
  const found = await find(typed, nouns)
  const { words, options } = parse(found)
  if (options.help) return { text: helpOn(found) }
  const { json, yes, ...own } = options
  const terminal = {
    tell: (line: string) => void (isJson || out(line)),
    print: out,
    confirm: confirming(found, ask, yes === true),
  }
  const outcome = await found.command.run({ words, options: own }, terminal)
  if (outcome === PRINTED) return { text: '' }
  return { text: json ? JSON.stringify(outcome.data, null, 2) : outcome.said, isNo: outcome.isNo ?? false }
}

type Answer = { text: string; isNo?: boolean }

const confirming =
  ({ name, command }: Pick<Found, 'name' | 'command'>, ask: Output['ask'], isSure: boolean): Terminal['confirm'] =>
  async (question, answer = 'yes') => {
    if (!command.asks) throw new Error(`latchkey ${name} doesn't say that it asks.`)
    if (isSure) return true
    if (!ask) throw new Refused('Nothing was done. There is no terminal to ask on: add --yes if you are sure.')
    return (await ask(`${question}\nType ${answer} to go on: `)).trim() === answer
  }

/** A command by its name, with what was typed after it. */
type Found = { name: string; command: Command; rest: string[] }

async function find([first = '', second = '', ...rest]: string[], nouns: Nouns): Promise<Found> {
  const noun = Object.hasOwn(nouns, first) ? await nouns[first]?.() : undefined
  if (!noun) throw new WrongUsage(`There is no command ${first}. "latchkey help" lists them.`)
  const inner = second === '' || !Object.hasOwn(noun, second) ? undefined : noun[second]
  if (inner) return { name: `${first} ${second}`, command: inner, rest }
  const command = noun['']
  if (command) return { name: first, command, rest: second === '' ? rest : [second, ...rest] }
  const verbs = Object.keys(noun).map((verb) => `${first} ${verb}`)
  throw new WrongUsage(
    `${second === '' ? 'Say what to do' : `There is no command ${first} ${second}`}: ${verbs.join(', ')}.`,
  )
}

function parse({ name, command, rest }: Found) {
  const parts = [...optionsOf(command), ...COMMON]
  const known = new Map(parts.map((part) => [part.name, part]))
  const { tokens, values, positionals } = parseArgs({
    args: rest.map((argument) => (isId(argument) && !known.has(argument.slice(2)) ? MARK + argument : argument)),
    strict: false,
    allowPositionals: true,
    tokens: true,
    options: Object.fromEntries(
      parts.map((part) => [
        part.name,
        { type: part.value ? 'string' : 'boolean', multiple: part.isRepeatable === true },
      ]),
    ),
  })
  const words = positionals.map(unmarked)
  const wrong = (what: string) => new WrongUsage(`${what} Usage: ${usageOf({ name, command })}`)
  const seen = new Set<string>()
  for (const token of tokens) {
    if (token.kind !== 'option') continue
    const part = known.get(token.name)
    if (!part) throw wrong(`There is no option ${token.rawName}.`)
    if (seen.has(token.name) && !part.isRepeatable) throw wrong(`${token.rawName} is there twice.`)
    if (part.value && !token.value) throw wrong(`${token.rawName} needs a value.`)
    if (!part.value && token.value !== undefined) throw wrong(`${token.rawName} takes no value.`)
    seen.add(token.name)
  }
  if (!values.help) {
    const missing = command.words.find((part, index) => !part.isOptional && !words[index])
    if (missing) throw wrong(`${missing.name} is missing.`)
    const tooMany = words[command.words.length]
    if (tooMany !== undefined) throw wrong(`${tooMany} is one word too many.`)
  }
  return { words, options: mapped(values) }
}

/** One id in sixty-four begins as an option does, and has a mark before it while options are told from words. No argument contains NUL. */
const isId = (argument: string) => /^-[\w-]{15}$/.test(argument)
const MARK = '\0'
const unmarked = <Of>(of: Of) => (typeof of === 'string' ? of.replace(MARK, '') : of)
const mapped = (values: Record<string, unknown>) =>
  Object.fromEntries(
    Object.entries(values).map(([name, of]) => [name, Array.isArray(of) ? of.map(unmarked) : unmarked(of)]),
  )

const optionsOf = (command: Command) => [...command.options, ...(command.asks ? [YES] : [])]

const usageOf = ({ name, command }: Pick<Found, 'name' | 'command'>) =>
  [
    `latchkey ${name}`,
    ...command.words.map((part) => (part.isOptional ? `[${part.name}]` : part.name)),
    ...optionsOf(command).map((part) => `[${typedAs(part)}]`),
  ].join(' ')

const typedAs = ({ name, value, isRepeatable }: Part) =>
  `--${name}${value ? ` ${value}` : ''}${isRepeatable ? ' …' : ''}`

function helpOn({ name, command }: Found): string {
  const rows: [string, string][] = [
    ...command.words.map((part): [string, string] => [part.name, part.means]),
    ...[...optionsOf(command), ...COMMON].map((part): [string, string] => [typedAs(part), part.means]),
  ]
  return [command.does, '', usageOf({ name, command }), '', ...inTwoColumns(rows)].join('\n')
}

async function listOf(nouns: Nouns): Promise<string> {
  const rows: [string, string][] = []
  for (const [noun, load] of Object.entries(nouns))
    for (const [verb, { does }] of Object.entries(await load())) rows.push([`${noun} ${verb}`.trim(), does])
  return [
    'latchkey COMMAND: what an operator does with Latchkey from a terminal.',
    '',
    ...inTwoColumns(rows),
    '',
    'latchkey help COMMAND says more. Exit codes: 0 done, 1 refused, 2 not typed as it must be.',
  ].join('\n')
}

function inTwoColumns(rows: [string, string][]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length))
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`)
}
