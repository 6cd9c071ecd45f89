import { and, eq, inArray, or, type SQL, sql } from 'drizzle-orm'
import type { Db } from '../client.ts'
import { listOf } from '../lists.ts'
import { placeholders } from '../placeholders.ts'
import { prepared } from '../prepared.ts'
import { accessTokens, accounts, factors, memberships, policies, recoveryCodes, sessions } from '../schema.ts'
import type { Shared } from '../shared-rows.ts'
import { EVERYBODY } from './policies.ts'
import { recoveryOpensAt } from './statements.ts'

export const session = {
  id: sessions.id,
  tokenHash: sessions.tokenHash,
  client: sessions.client,
  method: sessions.method,
  startedAt: sessions.startedAt,
  lastSeenAt: sessions.lastSeenAt,
  expiresAt: sessions.expiresAt,
  codesShownUntil: sessions.codesShownUntil,
  provedAt: sessions.provedAt,
  heldAt: sessions.heldAt,
  resistedAt: sessions.resistedAt,
  passwordAt: sessions.passwordAt,
  address: sessions.address,
  browser: sessions.browser,
  system: sessions.system,
}

export const token = {
  id: accessTokens.id,
  tokenHash: accessTokens.tokenHash,
  scopes: accessTokens.scopes,
  expiresAt: accessTokens.expiresAt,
  previousUntil: accessTokens.previousUntil,
  lastUsedAt: accessTokens.lastUsedAt,
}

const factorsSince = (which?: SQL) =>
  sql<Date | null>`(select min(${factors.addedAt}) from ${factors} where ${and(eq(factors.accountId, accounts.id), which)})`.mapWith(
    factors.addedAt,
  )

export const accountOfToken = {
  id: accounts.id,
  uid: accounts.uid,
  email: accounts.email,
  role: accounts.role,
  endsAt: accounts.endsAt,
  suspendedAt: accounts.suspendedAt,
  deleteAt: accounts.deleteAt,
  tokensFrozenAt: accounts.tokensFrozenAt,
  recoveryOpensAt,
  secondFactorSince: factorsSince(),
  phishingResistantSince: factorsSince(eq(factors.resistsPhishing, 1)),
}

export const account = {
  ...accountOfToken,
  username: accounts.username,
  displayName: accounts.displayName,
  emailConfirmedAt: accounts.emailConfirmedAt,
  securityVersion: accounts.securityVersion,
  passwordChangedAt: accounts.passwordChangedAt,
  recoveryCodesLeft:
    sql<number>`(select count(*) from ${recoveryCodes} where ${recoveryCodes.accountId} = ${accounts.id} and ${recoveryCodes.usedAt} is null)`.mapWith(
      Number,
    ),
}

/** The policies for everybody and for the account's groups. Which of them count now, the rules know. */
export const policiesOf = (db: Db) =>
  listOf(
    db
      .select({ level: policies.level, holdsFrom: policies.holdsFrom, until: memberships.until })
      .from(policies)
      .leftJoin(memberships, and(eq(memberships.groupId, policies.scope), eq(memberships.accountId, accounts.id)))
      .where(
        or(
          eq(policies.scope, EVERYBODY),
          inArray(
            policies.scope,
            db.select({ id: memberships.groupId }).from(memberships).where(eq(memberships.accountId, accounts.id)),
          ),
        ),
      ),
  )

const shown = placeholders({ tokenHash: sessions.tokenHash })

const bySession = <Columns extends Record<string, SQL>>(db: Db, columns: Columns) =>
  db
    .select({ session, account: { ...account, policies: policiesOf(db) }, ...columns })
    .from(sessions)
    .innerJoin(accounts, eq(accounts.id, sessions.accountId))
    .where(eq(sessions.tokenHash, shown.tokenHash))

/** By the value it has, or the one it had before. */
const byToken = <Columns extends Record<string, SQL>>(db: Db, columns: Columns) =>
  db
    .select({ token, account: { ...accountOfToken, policies: policiesOf(db) }, ...columns })
    .from(accessTokens)
    .innerJoin(accounts, eq(accounts.id, accessTokens.accountId))
    .where(or(eq(accessTokens.tokenHash, shown.tokenHash), eq(accessTokens.previousHash, shown.tokenHash)))

type Nothing = Record<never, never>
type SignedIn = Awaited<ReturnType<typeof bySession<Nothing>>>[number]
type TokenHolder = Awaited<ReturnType<typeof byToken<Nothing>>>[number]
type Content<Columns> = { [Name in keyof Columns]: Columns[Name] extends SQL<infer Value> ? Value : never }
type Read<Row, Values> = (
  tokenHash: string,
  ...values: keyof Values extends never ? [] : [NoInfer<Values>]
) => Promise<Shared<Row> | undefined>

/**
 * The hot read: who is signed in, by the hash of the session's token, and what a page shows about the account, in one prepared
 * statement. `content` may name columns of `sessions` and `accounts`; `later` are its placeholders.
 */
export const signedInRead = <Columns extends Record<string, SQL>, Values extends object>(
  db: Db,
  name: string,
  content: Columns,
  later: Values,
): Read<SignedIn & Content<Columns>, Values> => first(name, later, bySession(db, content))

/** The same for an access token; `content` may name columns of `accounts`. */
export const tokenHolderRead = <Columns extends Record<string, SQL>, Values extends object>(
  db: Db,
  name: string,
  content: Columns,
  later: Values,
): Read<TokenHolder & Content<Columns>, Values> => first(name, later, byToken(db, content))

function first<Row, Values extends object>(name: string, later: Values, rows: unknown): Read<Row, Values> {
  const find = prepared<object, Row>(name, { ...shown, ...later }, rows as PromiseLike<Row[]>)
  return async (tokenHash, ...[values]) => (await find({ tokenHash, ...values }))[0]
}
