import { eq, type SQL, sql } from 'drizzle-orm'
import type { Db } from '../client.ts'
import { placeholders } from '../placeholders.ts'
import { prepared } from '../prepared.ts'
import { accounts, factors, recoveryCodes, sessions } from '../schema.ts'
import type { Shared } from '../shared-rows.ts'

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
  system: sessions.system,
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

const own = placeholders({ tokenHash: sessions.tokenHash })

const select = <Columns extends Record<string, SQL>>(db: Db, columns: Columns) =>
  db
    .select({ ...viewer, ...columns })
    .from(sessions)
    .innerJoin(accounts, eq(accounts.id, sessions.accountId))
    .where(eq(sessions.tokenHash, own.tokenHash))

type Viewer = Awaited<ReturnType<typeof select<Record<never, never>>>>[number]
type Content<Columns> = { [Name in keyof Columns]: Columns[Name] extends SQL<infer Value> ? Value : never }

/**
 * The hot read: who is signed in, by the hash of the session's token, and what a page shows about the account, in one prepared
 * statement. `content` may name columns of `sessions` and `accounts`; `later` are its placeholders.
 */
export function viewerRead<
  Columns extends Record<string, SQL> = Record<never, never>,
  Values extends object = Record<never, never>,
>(
  db: Db,
  name: string,
  content: Columns = {} as Columns,
  later: Values = {} as Values,
): (
  tokenHash: string,
  ...values: keyof Values extends never ? [] : [NoInfer<Values>]
) => Promise<Shared<Viewer & Content<Columns>> | undefined> {
  const rows = select(db, content) as unknown as PromiseLike<(Viewer & Content<Columns>)[]>
  const find = prepared<object, Viewer & Content<Columns>>(name, { ...own, ...later }, rows)
  return async (tokenHash, ...[values]) => (await find({ tokenHash, ...values }))[0]
}
