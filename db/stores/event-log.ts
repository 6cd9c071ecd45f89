import { and, desc, eq, gte, inArray, lt, lte, or } from 'drizzle-orm'
import type { Database } from '../client.ts'
import { accounts, events } from '../schema.ts'

type Place = { at: Date; id: string }
type Filter = {
  kind?: string | undefined
  accountId?: number | undefined
  from?: Date | undefined
  until?: Date | undefined
}

/** The log of all accounts, for operators. `lookedAt`: how many events one search looks at, however few of them it finds. */
export const eventLogStore = ({ db }: Pick<Database, 'db'>, { lookedAt }: { lookedAt: number }) => ({
  async searchEvents({ kind, accountId, from, until }: Filter, before: Place, most: number) {
    const inOrder = [desc(events.at), desc(events.id)]
    const older = and(
      lte(events.at, before.at),
      or(lt(events.at, before.at), lt(events.id, before.id)),
      from && gte(events.at, from),
      until && lt(events.at, until),
      accountId === undefined ? undefined : eq(events.accountId, accountId),
    )
    const looked = db
      .select()
      .from(events)
      .where(older)
      .orderBy(...inOrder)
      .limit(lookedAt)
      .as('looked')
    const found = await db
      .select({
        id: looked.id,
        kind: looked.kind,
        method: looked.method,
        subject: looked.subject,
        at: looked.at,
        actor: looked.actor,
        operatorId: looked.operatorId,
        reason: looked.reason,
        address: looked.address,
        browser: looked.browser,
        system: looked.system,
        account: accounts.email,
        accountUsername: accounts.username,
      })
      .from(looked)
      .leftJoin(accounts, eq(accounts.id, looked.accountId))
      .where(kind === undefined ? undefined : eq(looked.kind, kind))
      .orderBy(desc(looked.at), desc(looked.id))
      .limit(most)
    if (found.length === most) return { found, lookedTo: undefined }
    const [lookedTo] = await db
      .select({ at: events.at, id: events.id })
      .from(events)
      .where(older)
      .orderBy(...inOrder)
      .limit(1)
      .offset(lookedAt - 1)
    return { found, lookedTo }
  },

  /** Of those that there still are. */
  async emailsOf(accountIds: number[]): Promise<Map<number, string>> {
    if (accountIds.length === 0) return new Map()
    const found = await db
      .select({ id: accounts.id, email: accounts.email })
      .from(accounts)
      .where(inArray(accounts.id, accountIds))
    return new Map(found.map(({ id, email }) => [id, email]))
  },
})
