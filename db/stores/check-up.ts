import { and, desc, eq, gt, isNull, lte, or, sql } from 'drizzle-orm'
import type { Database, Db } from '../client.ts'
import { listOf } from '../lists.ts'
import { placeholders } from '../placeholders.ts'
import { accessTokens, accounts, knownBrowsers, recoveryCodes, sessions } from '../schema.ts'
import { signedInRead } from './visitors.ts'

type Times = { today: Date; longAgo: Date; soon: Date }

/** A row of `sessions` is the one of who looks, so the account's others have another name. */
const others = sql.raw('others')

export const checkUpTimes = placeholders({
  today: sessions.expiresAt,
  longAgo: sessions.startedAt,
  soon: accessTokens.expiresAt,
})
const { today, longAgo, soon } = checkUpTimes

/** Where an earlier version made them and nobody saw them since, when they were made. */
const codesSeenAt =
  sql<Date | null>`coalesce(${accounts.recoveryCodesSeenAt}, (select max(${recoveryCodes.madeAt}) from ${recoveryCodes} where ${recoveryCodes.accountId} = ${accounts.id}))`.mapWith(
    accounts.recoveryCodesSeenAt,
  )

const oldSessions = sql`select 1 from ${sessions} as ${others} where ${others}.account_id = ${accounts.id} and ${others}.started_at <= ${longAgo} and ${others}.expires_at > ${today}`
const unseenBrowsers = sql`select 1 from ${knownBrowsers} where ${knownBrowsers.accountId} = ${accounts.id} and ${knownBrowsers.lastSeenAt} <= ${longAgo}`

const toLookAt = and(
  eq(accessTokens.accountId, accounts.id),
  or(isNull(accessTokens.expiresAt), gt(accessTokens.expiresAt, today)),
  or(
    lte(sql`coalesce(${accessTokens.lastUsedAt}, ${accessTokens.createdAt})`, longAgo),
    lte(accessTokens.expiresAt, soon),
  ),
)

const countOf = (rows: ReturnType<typeof sql>) => sql<number>`(select count(*) from (${rows}) as list)`.mapWith(Number)

/** What the dashboard says of the check-up: whether there is anything, by an index of the account's rows. */
export const checkUpAtAGlance = {
  codesSeenAt,
  hasOldBrowsers: sql<boolean>`(exists (${oldSessions}) or exists (${unseenBrowsers}))`.mapWith(Boolean),
  hasTokensToLookAt: sql<boolean>`exists (select 1 from ${accessTokens} where ${toLookAt})`.mapWith(Boolean),
}

const tokens = (db: Db) =>
  db
    .select({
      description: accessTokens.description,
      hint: accessTokens.hint,
      createdAt: accessTokens.createdAt,
      expiresAt: accessTokens.expiresAt,
      lastUsedAt: accessTokens.lastUsedAt,
    })
    .from(accessTokens)
    .where(toLookAt)
    .orderBy(desc(accessTokens.createdAt), desc(accessTokens.id))

export function checkUpStore({ db }: Database) {
  const visitorForCheckUp = signedInRead(
    db,
    'visitor_for_check_up',
    {
      codesSeenAt,
      oldSessions: countOf(oldSessions),
      unseenBrowsers: countOf(unseenBrowsers),
      tokens: listOf(tokens(db)),
    },
    checkUpTimes,
  )
  return {
    visitorForCheckUp: (tokenHash: string, { today, longAgo, soon }: Times) =>
      visitorForCheckUp(tokenHash, { today, longAgo, soon }),
  }
}
