import { and, eq, inArray, isNull, notExists } from 'drizzle-orm'
import { recoveryCodes, sessions } from '../../schema.ts'
import { must } from '../../transaction.ts'
import type { FactorWrite } from './factor-write.ts'

const unused = (accountId: number) => and(eq(recoveryCodes.accountId, accountId), isNull(recoveryCodes.usedAt))

export const recoveryCodeWrites = {
  /** Uses the code up, which is the one of these hashes. After the last code the next page makes new ones: the password has just been typed. */
  use: (of: { accountId: number; hashes: string[]; codesShownUntil: Date; now: Date }): FactorWrite => ({
    kind: 'recovery-codes',
    steps: (tx) => [
      must(
        tx
          .update(recoveryCodes)
          .set({ usedAt: of.now, sealed: null })
          .where(and(unused(of.accountId), inArray(recoveryCodes.hash, of.hashes)))
          .returning({ id: recoveryCodes.id }),
      ),
    ],
    afterwards: (tx, session) => [
      tx
        .update(sessions)
        .set({ codesShownUntil: of.codesShownUntil })
        .where(
          and(
            eq(sessions.id, session.id),
            notExists(tx.select({ id: recoveryCodes.id }).from(recoveryCodes).where(unused(of.accountId))),
          ),
        ),
    ],
  }),
}
