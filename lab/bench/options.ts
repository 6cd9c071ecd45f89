import { parseArgs } from 'node:util'
import type { Dialect } from '../../db/columns.ts'

export type Options = { databases: Dialect[]; accounts: number[]; rounds: number }

/** `--databases sqlite,postgres --accounts 1000,1000000 --rounds 5`; `--quick` is a thousand accounts and three rounds. */
export function readOptions(args: string[]): Options {
  const text = (fallback: string) => ({ type: 'string', default: fallback }) as const
  const { values } = parseArgs({
    args,
    options: {
      databases: text('sqlite,postgres'),
      accounts: text(''),
      rounds: text(''),
      quick: { type: 'boolean', default: false },
    },
  })
  const { quick } = values
  const databases = values.databases.split(',')
  const accounts = (values.accounts || (quick ? '1000' : '1000,1000000')).split(',').map(Number)
  const rounds = Number(values.rounds || (quick ? 3 : 5))
  if (!databases.every((name): name is Dialect => name === 'sqlite' || name === 'postgres'))
    throw new Error('--databases takes sqlite, postgres, or both with a comma.')
  if (!accounts.every((many) => Number.isInteger(many) && many >= 100 && many <= 5_000_000))
    throw new Error('--accounts takes numbers from 100 to 5000000, with commas.')
  if (!Number.isInteger(rounds) || rounds < 1) throw new Error('--rounds takes a number.')
  return { databases, accounts: accounts.toSorted((a, b) => a - b), rounds }
}
