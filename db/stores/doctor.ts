import { asc, desc, eq, gt, type SQL, sql } from 'drizzle-orm'
import type { Database } from '../client.ts'
import { accounts, factors, limits, mails, pendingSignIns, recoveryCodes } from '../schema.ts'

/** Whether anything is counted under that key. */
export const limitsOf = async ({ db }: Database, key: string): Promise<boolean> =>
  (await db.select({ key: limits.key }).from(limits).where(eq(limits.key, key)).limit(1)).length > 0

/** Why a mail that waits was not taken at its last try; undefined if none failed. */
export async function waitingMails({ db }: Database): Promise<string | undefined> {
  const [mail] = await db.select({ why: mails.lastError }).from(mails).where(gt(mails.attempts, 0)).limit(1)
  return mail && (mail.why ?? 'no reason')
}

/** PostgreSQL only: whether this connection is. */
export async function isEncrypted({ db }: Database): Promise<boolean> {
  const ssl = sql<boolean>`(select ssl from pg_stat_ssl where pid = pg_backend_pid())`
  const [row] = await db.select({ ssl }).from(sql`(select 1) as one`)
  return row?.ssl ?? false
}

/** The first and the last that were added of that kind, at most ten of each. */
export async function someFactors({ db }: Database, kind: string) {
  const of = (order: SQL) =>
    db
      .select({ id: factors.id, secret: factors.secret })
      .from(factors)
      .where(eq(factors.kind, kind))
      .orderBy(order)
      .limit(10)
  return [...(await of(asc(factors.addedAt))), ...(await of(desc(factors.addedAt)))]
}

/** A small set for production: each is a sentence, and rows that must not be there. */
const INVARIANTS: [string, SQL][] = [
  [
    'an account with a second factor has not exactly twelve recovery codes',
    sql`${factors} where (select count(*) from ${recoveryCodes} where ${recoveryCodes.accountId} = ${factors.accountId}) <> 12`,
  ],
  [
    'an account without a second factor has recovery codes',
    sql`${recoveryCodes} where not exists (select 1 from ${factors} where ${factors.accountId} = ${recoveryCodes.accountId})`,
  ],
  [
    'a used recovery code can still be shown, or an unused one not',
    sql`${recoveryCodes} where (${recoveryCodes.usedAt} is null) <> (${recoveryCodes.sealed} is not null)`,
  ],
  [
    'a sign-in waits for the code of an account that has changed since',
    sql`${pendingSignIns} where ${pendingSignIns.securityVersion} <> (select ${accounts.securityVersion} from ${accounts} where ${accounts.id} = ${pendingSignIns.accountId})`,
  ],
]

/** Those that don't hold. */
export async function brokenInvariants({ db }: Database): Promise<string[]> {
  const broken: string[] = []
  for (const [sentence, rows] of INVARIANTS) {
    const [row] = await db
      .select({ isThere: sql<boolean>`exists (select 1 from ${rows})`.mapWith(Boolean) })
      .from(sql`(select 1) as one`)
    if (row?.isThere) broken.push(sentence)
  }
  return broken
}
