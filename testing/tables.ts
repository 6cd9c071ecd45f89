import { eq, getTableName } from 'drizzle-orm'
import { hashToken, newToken } from '#app/lib/tokens.ts'
import type { Database } from '#db/client.ts'
import * as schema from '#db/schema.ts'
import type { From } from './browser.ts'
import type { Latchkey } from './product.ts'

/** Every row of every table by the table's name: to see that nothing changed, and that nothing secret is in it. */
export async function everyRow({ database }: { database: Pick<Database, 'db'> }): Promise<Record<string, string[]>> {
  const tables = Object.values(schema).map(async (table) => {
    const rows = await database.db.select().from(table)
    return [getTableName(table), rows.map((row) => JSON.stringify(row)).sort()] as const
  })
  return Object.fromEntries(await Promise.all(tables))
}

export async function accountOf({ database }: Pick<Latchkey, 'database'>, email: string) {
  const [account] = await database.db.select().from(schema.accounts).where(eq(schema.accounts.email, email))
  if (!account) throw new Error(`There is no account ${email}.`)
  return account
}

/** The account's log, oldest first: `signed_in authenticator`, `code_wrong` and so on. */
export async function loggedEvents(product: Pick<Latchkey, 'database'>, email: string): Promise<string[]> {
  const { id } = await accountOf(product, email)
  const rows = await product.database.db.select().from(schema.events).where(eq(schema.events.accountId, id))
  return rows
    .sort((a, b) => a.at.getTime() - b.at.getTime() || (a.id < b.id ? -1 : 1))
    .map(({ kind, method }) => (method ? `${kind} ${method}` : kind))
}

/** Browsers that each owe a code. Written by the store itself: no password is typed, and no limit counts them. */
export async function manyOwingCode(product: Latchkey, email: string, many: number, from: From = {}) {
  const account = await accountOf(product, email)
  return await Promise.all(
    Array.from({ length: many }, async () => {
      const token = newToken(account.id)
      const pending = {
        tokenHash: hashToken(token),
        accountId: account.id,
        securityVersion: account.securityVersion,
        attemptsLeft: 5,
        expiresAt: new Date(product.clock.now().getTime() + 5 * 60_000),
      }
      await product.deps.signIns.startPending({ pending, forgiven: { delays: [] } })
      const visiting = product.browser(from)
      visiting.cookies.set('__Host-latchkey-pending', token)
      return visiting
    }),
  )
}
