import { runProgram } from '../cli/command/program.ts'
import { NOUNS } from '../cli/nouns.ts'

type Settings = Record<string, string>

/**
 * What an operator types after `latchkey`, with these settings alone and without a terminal: exit code, and what it says. In this
 * process, because one for each command takes a second.
 */
export const commandLine =
  (settings: Settings) =>
  (...typed: string[]) =>
    withSettings(settings, () => latchkey(...typed))

/** The same with the settings that there are. */
export async function latchkey(...typed: string[]) {
  const said = { out: '', err: '' }
  const into = (stream: keyof typeof said) => (text: string) => {
    said[stream] += `${text}\n`
  }
  const status = await runProgram(typed, NOUNS, { out: into('out'), err: into('err'), ask: undefined })
  return { status, ...said }
}

/** As if this process had been started with these settings and a PATH. They are its own, so one at a time. */
export async function withSettings<Result>(settings: Settings, work: () => Promise<Result>): Promise<Result> {
  const before = process.env
  process.env = { PATH: before.PATH, ...settings }
  try {
    return await work()
  } finally {
    process.env = before
  }
}
