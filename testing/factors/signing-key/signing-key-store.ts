import { and, eq } from 'drizzle-orm'
import { factors } from '#db/schema.ts'
import type { FactorWrite } from '#db/stores/factors/factor-write.ts'
import { must } from '#db/transaction.ts'
import { KIND } from './signing-key.ts'

export const signingKeyWrites = {
  count: (of: { factorId: string; seen: number; count: number; now: Date }): FactorWrite => ({
    kind: KIND,
    steps: (tx) => [
      must(
        tx
          .update(factors)
          .set({ counter: of.count, lastUsedAt: of.now })
          .where(and(eq(factors.id, of.factorId), eq(factors.counter, of.seen)))
          .returning({ id: factors.id }),
      ),
    ],
  }),
}
