import { eq, type SQL, sql } from 'drizzle-orm'
import type { Database } from '../client.ts'
import { later, prepared } from '../prepared.ts'
import { accounts, knownBrowsers } from '../schema.ts'

const HELD_AT_MOST = 5 // by one browser: as many placeholders as a prepared statement has

const hashes = Array.from({ length: HELD_AT_MOST }, (_, index) => `browser${index}`)

const known = sql`select ${knownBrowsers}.token_hash from ${knownBrowsers} where ${knownBrowsers}.account_id = ${accounts}.id`
const presented: SQL = sql.join(
  hashes.map((name) => sql`${later(name, knownBrowsers.tokenHash)}`),
  sql`, `,
)

/** Columns of a prepared read that has the table accounts in it, and the values for their placeholders. */
export const recognition = {
  knownBrowser: sql<string | null>`(${known} and ${knownBrowsers}.token_hash in (${presented}) limit 1)`,
  hasKnownBrowsers: sql`exists (${known})`.mapWith(Boolean),
}
export const presenting = (browserHashes: string[]): Record<string, string> =>
  Object.fromEntries(hashes.map((name, index) => [name, browserHashes[index] ?? '']))

export function knownBrowserStore({ db }: Database) {
  const recognise = prepared(
    'recognise_browser',
    db
      .select(recognition)
      .from(accounts)
      .where(eq(accounts.id, later('accountId', accounts.id))),
  )

  return {
    async recognise(accountId: number, browserHashes: string[]) {
      const [row] = await recognise({ accountId, ...presenting(browserHashes) })
      return row ?? { knownBrowser: null, hasKnownBrowsers: false }
    },
  }
}
