import { eq, getTableColumns, getTableName, sql } from 'drizzle-orm'
import { hashToken, newToken } from '#app/lib/tokens.ts'
import type { Database } from '#db/client.ts'
import * as schema from '#db/schema.ts'
import type { From } from './browser.ts'
import { builtReads } from './built-reads.ts'
import type { Latchkey } from './product.ts'

/** Every row of every table by the table's name: to see that nothing changed, and that nothing secret is in it. */
export async function everyRow({ database }: { database: Pick<Database, 'db'> }): Promise<Record<string, string[]>> {
  const tables = reads(database).tables.map(async ({ name, all }) => {
    const rows = await all.execute()
    return [name, rows.map((row) => JSON.stringify(row)).sort()] as const
  })
  return Object.fromEntries(await Promise.all(tables))
}

const reads = builtReads((db) => {
  const email = sql.placeholder('email')
  const account = db.select().from(schema.accounts).where(eq(schema.accounts.email, email))
  const ofAccount = eq(schema.events.accountId, schema.accounts.id)
  return {
    tables: Object.values(schema).map((table) => ({
      name: getTableName(table),
      all: db.select().from(table).prepare(),
    })),
    account: account.prepare(),
    events: db
      .select(getTableColumns(schema.events))
      .from(schema.events)
      .innerJoin(schema.accounts, ofAccount)
      .where(eq(schema.accounts.email, email))
      .prepare(),
  }
})

export async function accountOf({ database }: Pick<Latchkey, 'database'>, email: string) {
  const [account] = await reads(database).account.execute({ email })
  if (!account) throw new Error(`There is no account ${email}.`)
  return account
}

/** The account's log, oldest first: `signed_in authenticator`, `code_wrong` and so on. */
export async function loggedEvents(product: Pick<Latchkey, 'database'>, email: string): Promise<string[]> {
  const rows = await reads(product.database).events.execute({ email })
  if (rows.length === 0) await accountOf(product, email) // or there is none
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
