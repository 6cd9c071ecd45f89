import { type Database, must } from '../client.ts'
import { accounts, factors, memberships, recoveryCodes } from '../schema.ts'
import { keptForNobodyElse } from './former-addresses.ts'
import { type EventRow, insertEvents } from './statements.ts'
import { usernameKeptForNobodyElse } from './usernames.ts'

type Imported = {
  account: typeof accounts.$inferInsert & { id: number }
  factors: (typeof factors.$inferInsert)[]
  codes: (typeof recoveryCodes.$inferInsert)[]
  memberships: (typeof memberships.$inferInsert)[]
  events: EventRow[]
}

export const importedAccountStore = ({ atomically }: Database) => ({
  importAccount: ({ account, events, ...rows }: Imported) =>
    atomically((tx) => [
      must(tx.insert(accounts).values(account).onConflictDoNothing().returning({ id: accounts.id })),
      keptForNobodyElse(tx, { accountId: account.id, email: account.email, now: account.createdAt }),
      usernameKeptForNobodyElse(tx, {
        accountId: account.id,
        usernameLook: account.usernameLook,
        now: account.createdAt,
      }),
      ...(rows.factors.length > 0 ? [tx.insert(factors).values(rows.factors)] : []),
      ...(rows.codes.length > 0 ? [tx.insert(recoveryCodes).values(rows.codes)] : []),
      ...(rows.memberships.length > 0 ? [tx.insert(memberships).values(rows.memberships)] : []),
      insertEvents(tx, ...events),
    ]),
})
