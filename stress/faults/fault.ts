import type { Dialect } from '#db/columns.ts'
import type { Postgres } from '../../scripts/postgres.ts'

/** What a fault may use: the server that it may stop, where it is its own, and for how many milliseconds a lock is held. */
export type Bed = { postgres?: Postgres; heldFor: number }

/** One row of the table, and where it is quick one test. */
export type Fault = {
  name: string
  /** The attack of the list it is about. */
  attack: string
  expected: string
  on: Dialect[]
  /** Only in the long form: it is slow, or needs rights that not every machine gives. */
  long?: true
  /** What was seen. Throws where it is not what is expected. */
  run(bed: Bed): Promise<string>
}

export const BOTH: Dialect[] = ['sqlite', 'postgres']
