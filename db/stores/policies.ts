import { asc, eq } from 'drizzle-orm'
import { type Database, unlessOrphaned } from '../client.ts'
import { groups, policies } from '../schema.ts'
import { type AnyEventRow, insertEvents } from './statements.ts'

/** The scope of the one that is for all accounts. No group's id. */
export const EVERYBODY = 'everybody'

type Row = Omit<typeof policies.$inferInsert, 'scope' | 'groupId'> & { group: { id: string } | undefined }

const scopeOf = (group: { id: string } | undefined) => group?.id ?? EVERYBODY

export const policyStore = ({ db, atomically }: Database) => ({
  /** The one for everybody first, then by the group's name. */
  async policies() {
    const rows = await db
      .select({ level: policies.level, holdsFrom: policies.holdsFrom, group: groups.name })
      .from(policies)
      .leftJoin(groups, eq(groups.id, policies.groupId))
      .orderBy(asc(groups.name))
    return [...rows.filter(({ group }) => group === null), ...rows.filter(({ group }) => group !== null)]
  },

  /** In the place of what held for them. False if the group is gone. */
  setPolicy({ group, level, holdsFrom, event }: Row & { event: AnyEventRow }): Promise<boolean> {
    const row = { scope: scopeOf(group), groupId: group?.id ?? null, level, holdsFrom }
    return unlessOrphaned(
      atomically((tx) => [
        tx.insert(policies).values(row).onConflictDoUpdate({ target: policies.scope, set: { level, holdsFrom } }),
        insertEvents(tx, event),
      ]),
    )
  },

  async dropPolicy({ group, event }: Pick<Row, 'group'> & { event: AnyEventRow }): Promise<void> {
    await atomically((tx) => [tx.delete(policies).where(eq(policies.scope, scopeOf(group))), insertEvents(tx, event)])
  },
})
