import { and, eq, gt, inArray, isNull, ne, or, sql } from 'drizzle-orm'
import { type Database, type Db, isDuplicate, must } from '../client.ts'
import { accounts, formerUsernames } from '../schema.ts'
import {
  accountUnchanged,
  type EventRow,
  type Forgiven,
  forgive,
  insertEvents,
  type Renewal,
  renewSession,
} from './statements.ts'

type Name = { username: string; usernameLook: string }
type Change = Name & {
  accountId: number
  securityVersion: number
  former: Name
  keptUntil: Date
  now: Date
  event: EventRow
  renewal: Renewal
  forgiven: Forgiven
}

const NOBODY = -1 // no account has that id

/** Of an account that was deleted, it is kept from all. */
const keptFromOthers = (accountId: number, now: Date) =>
  and(
    or(ne(formerUsernames.accountId, accountId), isNull(formerUsernames.accountId)),
    gt(formerUsernames.keptUntil, now),
  )

export const usernameStore = ({ db, atomically }: Database) => ({
  /** Of these, what an account has or what is kept for one, other than `exceptFor`. */
  async takenLooks(looks: string[], now: Date, exceptFor = NOBODY): Promise<string[]> {
    const [held, kept] = await Promise.all([
      db
        .select({ look: accounts.usernameLook })
        .from(accounts)
        .where(and(inArray(accounts.usernameLook, looks), ne(accounts.id, exceptFor))),
      db
        .select({ look: formerUsernames.usernameLook })
        .from(formerUsernames)
        .where(and(inArray(formerUsernames.usernameLook, looks), keptFromOthers(exceptFor, now))),
    ])
    return [...held, ...kept].map(({ look }) => look)
  },

  /** The old one is kept for the account. False if the new one isn't free for it, or the account changed meanwhile. */
  async changeUsername(change: Change): Promise<boolean> {
    try {
      return await atomically((tx) => changeUsername(tx, change))
    } catch (error) {
      if (isDuplicate(error)) return false // somebody took it at this moment
      throw error
    }
  },

  async changeDisplayName(
    accountId: number,
    names: { displayName: string | null; displayNameLook: string | null },
  ): Promise<void> {
    await atomically((tx) => [tx.update(accounts).set(names).where(eq(accounts.id, accountId))])
  },
})

const changeUsername = (
  tx: Db,
  { accountId, securityVersion, username, usernameLook, former, keptUntil, now, renewal, event, forgiven }: Change,
) => [
  accountUnchanged(tx, accountId, securityVersion),
  must(
    tx
      .update(accounts)
      .set({ username, usernameLook })
      .where(and(eq(accounts.id, accountId), eq(accounts.username, former.username)))
      .returning({ id: accounts.id }),
  ),
  usernameKeptForNobodyElse(tx, { accountId, usernameLook, now }),
  ...(former.usernameLook === usernameLook
    ? []
    : keepUsername(tx, { accountId, usernameLook: former.usernameLook, keptUntil })),
  renewSession(tx, renewal),
  insertEvents(tx, event),
  ...forgive(tx, forgiven),
]

/** Goes on only if the username isn't kept for somebody else. Comes after the statement that gives it to the account. */
export const usernameKeptForNobodyElse = (
  tx: Db,
  { accountId, usernameLook, now }: { accountId: number; usernameLook: string; now: Date },
) =>
  must(
    tx
      .select({ id: accounts.id })
      .from(accounts)
      .where(
        and(
          eq(accounts.id, accountId),
          sql`not exists (select 1 from ${formerUsernames} where ${and(
            eq(formerUsernames.usernameLook, usernameLook),
            keptFromOthers(accountId, now),
          )})`,
        ),
      ),
  )

export const keepUsername = (tx: Db, row: typeof formerUsernames.$inferInsert) => [
  tx.delete(formerUsernames).where(eq(formerUsernames.usernameLook, row.usernameLook)),
  tx.insert(formerUsernames).values(row),
]
