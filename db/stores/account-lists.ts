import { and, asc, count, desc, eq, gt, gte, isNull, lt, lte, not, or, sql } from 'drizzle-orm'
import type { Database } from '../client.ts'
import { accessTokens, accounts, events, factors, groups, memberships, recoveryCodes, sessions } from '../schema.ts'

const listed = {
  id: accounts.id,
  email: accounts.email,
  username: accounts.username,
  displayName: accounts.displayName,
  role: accounts.role,
  suspendedAt: accounts.suspendedAt,
  endsAt: accounts.endsAt,
  createdAt: accounts.createdAt,
}

/** Sorted by bytes, also on PostgreSQL (migration `search`), so all with one beginning are one range of an index. */
const FIELDS = { email: accounts.email, username: accounts.username, name: accounts.displayNameLook }

type Beginning = {
  field: keyof typeof FIELDS
  beginning: string
  after: { key: string; id: number } | undefined
  atMost: number
}

/** What operators read of accounts. */
export function accountListStore({ db }: Database) {
  return {
    async accountsBy({ field, beginning, after, atMost }: Beginning) {
      const column = FIELDS[field]
      const from = after && after.key > beginning ? after.key : beginning
      const seen = after && and(eq(column, after.key), lte(accounts.id, after.id))
      return await db
        .select({ ...listed, key: sql<string>`${column}` })
        .from(accounts)
        .where(and(gte(column, from), lt(column, `${beginning}\u{10FFFF}`), seen && not(seen)))
        .orderBy(asc(column), asc(accounts.id))
        .limit(atMost)
    },

    async detailsOf(
      accountId: number,
      { now, seenAfter, events: many }: { now: Date; seenAfter: Date; events: number },
    ) {
      const [account] = await db
        .select({
          ...listed,
          emailConfirmedAt: accounts.emailConfirmedAt,
          passwordChangedAt: accounts.passwordChangedAt,
          tokensFrozenAt: accounts.tokensFrozenAt,
          suspendedFor: accounts.suspendedFor,
          deleteAt: accounts.deleteAt,
        })
        .from(accounts)
        .where(eq(accounts.id, accountId))
      if (!account) return undefined
      const [codes] = await db
        .select({ left: count() })
        .from(recoveryCodes)
        .where(and(eq(recoveryCodes.accountId, accountId), isNull(recoveryCodes.usedAt)))
      return {
        account,
        sessions: await db
          .select(shownSession)
          .from(sessions)
          .where(
            and(eq(sessions.accountId, accountId), gt(sessions.expiresAt, now), gt(sessions.lastSeenAt, seenAfter)),
          )
          .orderBy(desc(sessions.lastSeenAt)),
        factors: await db
          .select({ kind: factors.kind, name: factors.name, addedAt: factors.addedAt, lastUsedAt: factors.lastUsedAt })
          .from(factors)
          .where(eq(factors.accountId, accountId))
          .orderBy(asc(factors.addedAt)),
        recoveryCodesLeft: codes?.left ?? 0,
        tokens: await db
          .select(shownToken)
          .from(accessTokens)
          .where(eq(accessTokens.accountId, accountId))
          .orderBy(desc(accessTokens.createdAt)),
        groups: await db
          .select({ name: groups.name, until: memberships.until })
          .from(memberships)
          .innerJoin(groups, eq(groups.id, memberships.groupId))
          .where(and(eq(memberships.accountId, accountId), or(isNull(memberships.until), gt(memberships.until, now))))
          .orderBy(asc(groups.name)),
        events: await db
          .select(shownEvent)
          .from(events)
          .where(eq(events.accountId, accountId))
          .orderBy(desc(events.at), desc(events.id))
          .limit(many),
      }
    },
  }
}

// Named one by one, so that nothing secret of a row comes along.

const shownSession = {
  ...{ id: sessions.id, client: sessions.client, startedAt: sessions.startedAt, lastSeenAt: sessions.lastSeenAt },
  ...{ expiresAt: sessions.expiresAt, address: sessions.address, browser: sessions.browser, system: sessions.system },
}
const shownToken = {
  ...{ id: accessTokens.id, description: accessTokens.description, createdAt: accessTokens.createdAt },
  ...{ expiresAt: accessTokens.expiresAt, lastUsedAt: accessTokens.lastUsedAt },
}
const shownEvent = {
  ...{ kind: events.kind, at: events.at, actor: events.actor, reason: events.reason },
  ...{ address: events.address, browser: events.browser, system: events.system },
}
