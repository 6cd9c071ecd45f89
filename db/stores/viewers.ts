import { eq, type SQL, sql } from 'drizzle-orm'
import type { Db } from '../client.ts'
import { later, prepared } from '../prepared.ts'
import { accounts, factors, recoveryCodes, sessions } from '../schema.ts'

const viewer = {
  id: sessions.id,
  tokenHash: sessions.tokenHash,
  accountId: sessions.accountId,
  uid: accounts.uid,
  email: accounts.email,
  emailConfirmedAt: accounts.emailConfirmedAt,
  securityVersion: accounts.securityVersion,
  client: sessions.client,
  method: sessions.method,
  startedAt: sessions.startedAt,
  lastSeenAt: sessions.lastSeenAt,
  expiresAt: sessions.expiresAt,
  codesShownUntil: sessions.codesShownUntil,
  address: sessions.address,
  browser: sessions.browser,
  suspendedAt: accounts.suspendedAt,
  tokensFrozenAt: accounts.tokensFrozenAt,
  passwordChangedAt: accounts.passwordChangedAt,
  secondFactorSince:
    sql<Date | null>`(select min(${factors.addedAt}) from ${factors} where ${factors.accountId} = ${sessions.accountId})`.mapWith(
      factors.addedAt,
    ),
  recoveryCodesLeft:
    sql<number>`(select count(*) from ${recoveryCodes} where ${recoveryCodes.accountId} = ${sessions.accountId} and ${recoveryCodes.usedAt} is null)`.mapWith(
      Number,
    ),
}

const select = <Columns extends Record<string, SQL>>(db: Db, columns: Columns) =>
  db
    .select({ ...viewer, ...columns })
    .from(sessions)
    .innerJoin(accounts, eq(accounts.id, sessions.accountId))
    .where(eq(sessions.tokenHash, later('tokenHash', sessions.tokenHash)))

type Viewer = Awaited<ReturnType<typeof select<Record<never, never>>>>[number]
type Content<Columns> = { [Name in keyof Columns]: Columns[Name] extends SQL<infer Value> ? Value : never }

/**
 * The hot read: who is signed in, by the hash of the session's token, and with it what a page shows of the account, in one
 * prepared statement. `content` may name columns of `sessions` and `accounts`; `values` are for what is `later` in it.
 */
export function viewerRead<Columns extends Record<string, SQL> = Record<never, never>>(
  db: Db,
  name: string,
  content: Columns = {} as Columns,
): (tokenHash: string, values?: Record<string, unknown>) => Promise<(Viewer & Content<Columns>) | undefined> {
  const rows = select(db, content) as unknown as PromiseLike<(Viewer & Content<Columns>)[]>
  const find = prepared(name, rows)
  return async (tokenHash, values = {}) => (await find({ tokenHash, ...values }))[0]
}
