import { and, asc, eq, gt, ne, or, sql } from 'drizzle-orm'
import { type Database, type Db, must } from '../client.ts'
import { accounts, formerAddresses } from '../schema.ts'

export type FormerAddressRow = typeof formerAddresses.$inferInsert

type Holder = { id: number; emailConfirmedAt: Date | null; keptUntil: Date | null }

/** Reads addresses that accounts have left. The statements below write and remove them. */
export const formerAddressStore = ({ db }: Pick<Database, 'db'>) => ({
  /** Those that an account can still return to, in the order it left them. */
  formerAddressesOf: async (accountId: number, now: Date) =>
    await db
      .select()
      .from(formerAddresses)
      .where(and(eq(formerAddresses.accountId, accountId), gt(formerAddresses.expiresAt, now)))
      .orderBy(asc(formerAddresses.leftAt)),

  /** The account with an address, or else the one that it is kept for, and until when. */
  async holderOf(email: string, now: Date): Promise<Holder | undefined> {
    const [owner] = await db
      .select({ id: accounts.id, emailConfirmedAt: accounts.emailConfirmedAt })
      .from(accounts)
      .where(eq(accounts.email, email))
    if (owner) return { ...owner, keptUntil: null }
    const [former] = await db
      .select({ id: formerAddresses.accountId, keptUntil: formerAddresses.expiresAt })
      .from(formerAddresses)
      .where(and(eq(formerAddresses.email, email), gt(formerAddresses.expiresAt, now)))
      .orderBy(sql`${formerAddresses.expiresAt} desc`)
      .limit(1)
    return former && { ...former, emailConfirmedAt: null }
  },
})

export const leaveAddress = (tx: Db, row: FormerAddressRow) => tx.insert(formerAddresses).values(row)

/**
 * Goes on only if the address isn't kept for somebody else. Comes after the statement that gives it to the account: there, the
 * account that takes an address waits for the one that is leaving it, and on PostgreSQL a new statement sees what it wrote.
 */
export const keptForNobodyElse = (tx: Db, { accountId, email, now }: { accountId: number; email: string; now: Date }) =>
  must(
    tx
      .select({ id: accounts.id })
      .from(accounts)
      .where(
        and(
          eq(accounts.id, accountId),
          sql`not exists (select 1 from ${formerAddresses} where ${and(
            eq(formerAddresses.email, email),
            ne(formerAddresses.accountId, accountId),
            gt(formerAddresses.expiresAt, now),
          )})`,
        ),
      ),
  )

/** After the way back was used, it is gone, with everything that began later. */
export const comeBack = (tx: Db, { accountId, id, leftAt }: { accountId: number; id: string; leftAt: Date }) =>
  must(
    tx
      .delete(formerAddresses)
      .where(
        and(
          eq(formerAddresses.accountId, accountId),
          or(eq(formerAddresses.id, id), gt(formerAddresses.leftAt, leftAt)),
        ),
      )
      .returning({ id: formerAddresses.id }),
  )
