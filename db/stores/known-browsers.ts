import { eq, sql } from 'drizzle-orm'
import type { Database } from '../client.ts'
import { placeholders } from '../placeholders.ts'
import { prepared } from '../prepared.ts'
import { accounts, knownBrowsers } from '../schema.ts'

/** As many as one browser can hold. */
export const presented = placeholders({
  browser0: knownBrowsers.tokenHash,
  browser1: knownBrowsers.tokenHash,
  browser2: knownBrowsers.tokenHash,
  browser3: knownBrowsers.tokenHash,
  browser4: knownBrowsers.tokenHash,
})

const known = sql`select ${knownBrowsers}.token_hash from ${knownBrowsers} where ${knownBrowsers}.account_id = ${accounts}.id`
const those = sql.join(
  Object.values(presented).map((hash) => sql`${hash}`),
  sql`, `,
)

/** Columns for a prepared read that includes the table accounts, and the values for their placeholders. */
export const recognition = {
  knownBrowser: sql<string | null>`(${known} and ${knownBrowsers}.token_hash in (${those}) limit 1)`,
  hasKnownBrowsers: sql`exists (${known})`.mapWith(Boolean),
}
export const presenting = ([browser0 = '', browser1 = '', browser2 = '', browser3 = '', browser4 = '']: string[]) => ({
  browser0,
  browser1,
  browser2,
  browser3,
  browser4,
})

export function knownBrowserStore({ db }: Database) {
  const owned = placeholders({ accountId: accounts.id })
  const recognise = prepared(
    'recognise_browser',
    { ...owned, ...presented },
    db.select(recognition).from(accounts).where(eq(accounts.id, owned.accountId)),
  )

  return {
    async recognise(accountId: number, browserHashes: string[]) {
      const [row] = await recognise({ accountId, ...presenting(browserHashes) })
      return row ?? { knownBrowser: null, hasKnownBrowsers: false }
    },
  }
}
