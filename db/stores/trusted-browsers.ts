import { and, eq, gt, inArray } from 'drizzle-orm'
import { type Database, type Db, must } from '../client.ts'
import { type accounts, trustedBrowsers } from '../schema.ts'
import { type EventRow, insertEvents } from './statements.ts'

export type Trust = { browser: typeof trustedBrowsers.$inferInsert; replaces: string | undefined }
export type TrustUse = {
  accountId: number
  securityVersion: number
  fromHash: string
  toHash: string
  address: string
  browser: string
  system: string | null
  now: Date
}

const held = (accountId: number, tokenHash: string) =>
  and(eq(trustedBrowsers.accountId, accountId), eq(trustedBrowsers.tokenHash, tokenHash))

/** Trusted by the account as it is now, and not too long ago. */
export const isTrusted = ({ id, securityVersion }: typeof accounts, now: Date) =>
  and(
    eq(trustedBrowsers.accountId, id),
    eq(trustedBrowsers.securityVersion, securityVersion),
    gt(trustedBrowsers.expiresAt, now),
  )

/** Removes the browser's earlier trust, which would stay on the list and be worth nothing. */
export const insertTrust = (tx: Db, { browser, replaces }: Trust) => [
  ...(replaces ? [tx.delete(trustedBrowsers).where(held(browser.accountId, replaces))] : []),
  tx.insert(trustedBrowsers).values(browser),
]

/** If two come with one token, the slower finds it gone. */
export const useTrust = (tx: Db, { accountId, securityVersion, fromHash, toHash, now, ...origin }: TrustUse) =>
  must(
    tx
      .update(trustedBrowsers)
      .set({ tokenHash: toHash, lastUsedAt: now, ...origin })
      .where(
        and(
          held(accountId, fromHash),
          eq(trustedBrowsers.securityVersion, securityVersion),
          gt(trustedBrowsers.expiresAt, now),
        ),
      )
      .returning({ id: trustedBrowsers.id }),
  )

export const trustedBrowserStore = ({ db, atomically }: Database) => ({
  /** One transaction each: if two forget the same browser at once, one succeeds and one event says so. */
  async forgetBrowsers(accountId: number, ids: string[], event: (id: string) => EventRow): Promise<string[]> {
    const own = and(eq(trustedBrowsers.accountId, accountId), inArray(trustedBrowsers.id, ids))
    const forgotten: string[] = []
    for (const { id } of await db.select({ id: trustedBrowsers.id }).from(trustedBrowsers).where(own)) {
      const gone = await atomically((tx) => [
        must(tx.delete(trustedBrowsers).where(eq(trustedBrowsers.id, id)).returning({ id: trustedBrowsers.id })),
        insertEvents(tx, event(id)),
      ])
      if (gone) forgotten.push(id)
    }
    return forgotten
  },
})
