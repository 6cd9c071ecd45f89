import { and, eq, lt } from 'drizzle-orm'
import { preparedWrite } from '../../prepared-writes.ts'
import { factors } from '../../schema.ts'
import { must } from '../../transaction.ts'
import type { FactorWrite } from './factor-write.ts'

const KIND = 'totp'

/** The column `counter` has the highest accepted time step, which only ever grows. */
export const totpWrites = {
  accept: (of: { factorId: string; step: number; now: Date }): FactorWrite => ({
    kind: KIND,
    steps: (tx) => [must(acceptStep(tx, of))],
  }),

  acceptNoneUntil: ({ accountId, step }: { accountId: number; step: number }): FactorWrite => ({
    kind: KIND,
    steps: (tx) => [
      tx
        .update(factors)
        .set({ counter: step })
        .where(and(eq(factors.accountId, accountId), eq(factors.kind, KIND), lt(factors.counter, step))),
    ],
  }),
}

const acceptStep = preparedWrite(
  'accept_step',
  { factorId: factors.id, step: factors.counter, now: factors.lastUsedAt },
  (tx, later) =>
    tx
      .update(factors)
      .set({ counter: later.step, lastUsedAt: later.now })
      .where(and(eq(factors.id, later.factorId), lt(factors.counter, later.step)))
      .returning({ id: factors.id }),
)
