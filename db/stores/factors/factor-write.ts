import type { Build, Db } from '../../transaction.ts'
import type { SessionRow } from '../statements.ts'

type Steps = ReturnType<Build>

/** What a kind of factor writes in the transaction of a sign-in. A `must` among it decides whether the answer counts. */
export type FactorWrite = {
  readonly kind: string
  steps(tx: Db): Steps
  /** What follows once the session is there. */
  afterwards?(tx: Db, session: SessionRow): Steps
}
