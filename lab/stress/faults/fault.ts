import type { Dialect } from '../../../db/columns.ts'
import type { Postgres } from '../../../tools/postgres.ts'

/** What a fault may use: a server that it may stop, if it is its own, and how many milliseconds to hold a lock. */
export type Bed = { postgres?: Postgres; heldFor: number }

/** One row of the table, and one test if it is quick. */
export type Fault = {
  name: string
  /** The attack in the list that it is about. */
  attack: string
  expected: string
  on: Dialect[]
  /** Only in the long form: it's slow, or needs rights that not every machine gives. */
  long?: true
  /** What we saw. Throws if it isn't what we expect. */
  run(bed: Bed): Promise<string>
}

export const BOTH: Dialect[] = ['sqlite', 'postgres']
