import { eq, ne, or, sql } from 'drizzle-orm'
import type { Database, Db } from '../client.ts'
import { accounts } from '../schema.ts'
import { hasSecondFactor } from './statements.ts'

/** Whose account an operator is about to change. */
export const ownerStore = ({ db }: Database) => ({
  async ownerNamed({ email, username }: { email: string | undefined; username: string | undefined }) {
    const [owner] = await db
      .select({
        id: accounts.id,
        email: accounts.email,
        emailConfirmedAt: accounts.emailConfirmedAt,
        username: accounts.username,
        role: accounts.role,
        hasSecondFactor,
        suspendedAt: accounts.suspendedAt,
        securityVersion: accounts.securityVersion,
      })
      .from(accounts)
      .where(
        or(
          email === undefined ? undefined : eq(accounts.email, email),
          username === undefined ? undefined : eq(accounts.username, username),
        ),
      )
    return owner
  },
})

const isOperator = sql`role = 'operator'` // as the index accounts_operators has it

/** Two that would each leave the other as the last operator wait for one another. Comes first in a transaction. */
export const lockOperators = (tx: Db) => tx.update(accounts).set({ role: sql`role` }).where(isOperator)

/** Of an account that is about to go: it is no operator, or another one can still work. After `lockOperators`. */
export const leavesAnOperator = (accountId: number) =>
  or(
    ne(accounts.role, 'operator'),
    sql`exists (select 1 from ${accounts} as others where others.role = 'operator' and others.id <> ${accountId} and others.suspended_at is null and others.delete_at is null and others.ends_at is null)`,
  )
