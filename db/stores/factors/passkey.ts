import { eq, sql } from 'drizzle-orm'
import { factors } from '../../schema.ts'
import { must } from '../../transaction.ts'
import type { FactorWrite } from './factor-write.ts'

export const passkeyWrites = {
  use: (of: { factorId: string; counter: number; isBackedUp: boolean; now: Date }): FactorWrite => ({
    kind: 'passkey',
    steps: (tx) => [
      must(
        tx
          .update(factors)
          .set({
            counter: sql`case when ${factors.counter} > ${of.counter} then ${factors.counter} else ${of.counter} end`,
            isBackedUp: of.isBackedUp ? 1 : 0,
            lastUsedAt: of.now,
          })
          .where(eq(factors.id, of.factorId))
          .returning({ id: factors.id }),
      ),
    ],
  }),
}
