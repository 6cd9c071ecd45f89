import { and, asc, eq, isNull, lte } from 'drizzle-orm'
import { type Database, must } from '../client.ts'
import { accessTokens, accounts } from '../schema.ts'
import { type MailRow, queueMails } from './statements.ts'

type Planned = { id: string; expiresAt: Date | null; endMailAt: Date | null }

/** Mails about the ends of access tokens, which are due at a time in the token's row. */
export const tokenEndStore = ({ db, atomically }: Database) => ({
  dueTokenEnds: async (now: Date, limit: number) =>
    await db
      .select({
        id: accessTokens.id,
        accountId: accounts.id,
        email: accounts.email,
        emailConfirmedAt: accounts.emailConfirmedAt,
        suspendedAt: accounts.suspendedAt,
        endsAt: accounts.endsAt,
        description: accessTokens.description,
        hint: accessTokens.hint,
        expiresAt: accessTokens.expiresAt,
        endMailAt: accessTokens.endMailAt,
      })
      .from(accessTokens)
      .innerJoin(accounts, eq(accounts.id, accessTokens.accountId))
      .where(lte(accessTokens.endMailAt, now))
      .orderBy(asc(accessTokens.endMailAt))
      .limit(limit),

  /** The UPDATE decides: its guard gives the mail to one process, and to none if the end was changed meanwhile. */
  passTokenEnd: ({ token, next, mail }: { token: Planned; next: Date | null; mail: MailRow | undefined }) =>
    atomically((tx) => [
      must(
        tx
          .update(accessTokens)
          .set({ endMailAt: next })
          .where(
            and(
              eq(accessTokens.id, token.id),
              is(accessTokens.endMailAt, token.endMailAt),
              is(accessTokens.expiresAt, token.expiresAt),
            ),
          )
          .returning({ id: accessTokens.id }),
      ),
      ...(mail ? [queueMails(tx, mail)] : []),
    ]),
})

const is = (column: typeof accessTokens.endMailAt | typeof accessTokens.expiresAt, at: Date | null) =>
  at === null ? isNull(column) : eq(column, at)
