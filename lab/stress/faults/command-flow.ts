import type { Command } from './command.ts'
import type { World } from './world.ts'

/** What an operator runs, over what `begin` made, once for each of its points. */
export type CommandFlow = { name: Command; begin(world: World): Promise<() => Promise<Round> | Round> }

export type Round = {
  /** What the command is told. */
  given?: string[]
  settings: Record<string, string>
  /** What must hold if it died at some point. */
  afterKill(): Promise<void>
  /** And once it ran to its end after that, with what it answered. */
  atTheEnd(answered: unknown): Promise<void>
}
