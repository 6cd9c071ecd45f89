import { and, desc, eq, gt, inArray, isNull, lt, lte, ne, or, type SQL, sql } from 'drizzle-orm'
import { type Database, type Db, must, unlessOrphaned } from '../client.ts'
import { accounts, groups, invitationGroups, invitations, memberships } from '../schema.ts'
import { type AnyEventRow, insertEvents, type MailRow, queueMails } from './statements.ts'

type InvitationRow = typeof invitations.$inferInsert & { id: string }
type Place = { createdAt: Date; id: string }
type Used = { id: string; accountId: number; email: string; now: Date }

/** The one that the server prints at its start. It works while nobody has an account, and is on no list. */
const FIRST_OPERATOR = 'first-operator'

/** Invitations as operators see them, and as who holds one uses it. */
export const invitationStore = ({ db, atomically }: Database) => ({
  /** False if one of the groups is gone. */
  makeInvitation: ({
    invitation,
    groups: joined,
    mail,
    event,
  }: {
    invitation: InvitationRow
    groups: { groupId: string; until: Date | null }[]
    mail: MailRow | undefined
    event: AnyEventRow
  }) =>
    unlessOrphaned(
      atomically((tx) => [
        tx.insert(invitations).values(invitation),
        ...(joined.length > 0
          ? [tx.insert(invitationGroups).values(joined.map((of) => ({ invitationId: invitation.id, ...of })))]
          : []),
        insertEvents(tx, event),
        ...(mail ? [queueMails(tx, mail)] : []),
      ]),
    ),

  /** At most `most`, the latest first, from the one after `after`. */
  async listInvitations({ after, most }: { after: Place | undefined; most: number }) {
    const later = after && [
      lte(invitations.createdAt, after.createdAt),
      or(lt(invitations.createdAt, after.createdAt), lt(invitations.id, after.id)),
    ]
    const rows = await db
      .select()
      .from(invitations)
      .where(and(ne(invitations.id, FIRST_OPERATOR), ...(later ?? [])))
      .orderBy(desc(invitations.createdAt), desc(invitations.id))
      .limit(most)
    return await withGroups(
      db,
      rows.map(({ tokenHash: _, ...row }) => row),
    )
  },

  /** False if it was used or revoked, or has ended. */
  revokeInvitation: ({ id, now, event }: { id: string; now: Date; event: AnyEventRow }) =>
    atomically((tx) => [
      must(
        tx
          .update(invitations)
          .set({ revokedAt: now })
          .where(and(eq(invitations.id, id), ne(invitations.id, FIRST_OPERATOR), live(now)))
          .returning({ id: invitations.id }),
      ),
      insertEvents(tx, event),
    ]),

  /** The live one. Looking at it changes nothing, because programs that scan mail open every link. */
  async invitationBehind(tokenHash: string, now: Date) {
    const [row] = await db
      .select()
      .from(invitations)
      .where(and(eq(invitations.tokenHash, tokenHash), live(now), or(ne(invitations.id, FIRST_OPERATOR), nobodyBut())))
    if (!row) return undefined
    const [found] = await withGroups(db, [row])
    return found && { ...found, isForFirstOperator: row.id === FIRST_OPERATOR }
  },

  /** Uses it up without an account. False if somebody was faster. */
  spendInvitation: ({ id, email, now }: Omit<Used, 'accountId'>) =>
    atomically((tx) => [must(use(tx, { id, accountId: null, email, now }))]),

  hasAccounts: async () => (await db.select({ id: accounts.id }).from(accounts).limit(1)).length > 0,

  /** In the place of the one before, also where several servers start together. False, and nothing done, where there is an account. */
  replaceFirstOperatorLink: (of: { tokenHash: string; createdAt: Date; expiresAt: Date }) =>
    atomically((tx) => [
      tx
        .insert(invitations)
        .values({ id: FIRST_OPERATOR, role: 'operator', ...of })
        .onConflictDoUpdate({ target: invitations.id, set: { ...of, usedAt: null, usedBy: null, revokedAt: null } }),
      must(
        tx
          .select({ id: invitations.id })
          .from(invitations)
          .where(and(eq(invitations.id, FIRST_OPERATOR), nobodyBut())),
      ),
    ]),
})

/** Goes on for one caller, and puts its account into the groups. Comes after the statement that makes the account. */
export const useInvitation = (tx: Db, used: Used) => [
  must(use(tx, used)),
  tx.insert(memberships).select(
    tx
      .select({
        accountId: accounts.id,
        groupId: invitationGroups.groupId,
        until: invitationGroups.until,
        addedAt: accounts.createdAt,
      })
      .from(invitationGroups)
      .innerJoin(accounts, eq(accounts.id, used.accountId))
      .where(eq(invitationGroups.invitationId, used.id)),
  ),
]

const use = (
  tx: Db,
  { id, accountId, email, now }: { id: string; accountId: number | null; email: string; now: Date },
) =>
  tx
    .update(invitations)
    .set({ usedAt: now, usedBy: accountId })
    .where(
      and(
        eq(invitations.id, id),
        live(now),
        or(isNull(invitations.email), eq(invitations.email, email)),
        or(ne(invitations.id, FIRST_OPERATOR), nobodyBut(accountId)),
      ),
    )
    .returning({ id: invitations.id })

const live = (now: Date): SQL | undefined =>
  and(isNull(invitations.usedAt), isNull(invitations.revokedAt), gt(invitations.expiresAt, now))

/** No account is there, or this one alone. */
const nobodyBut = (accountId: number | null = null) =>
  sql`not exists (select 1 from ${accounts} ${accountId === null ? sql`` : sql`where ${accounts.id} <> ${accountId}`})`

async function withGroups<Row extends { id: string }>(db: Db, rows: Row[]) {
  const joined =
    rows.length === 0
      ? []
      : await db
          .select({
            invitationId: invitationGroups.invitationId,
            groupId: groups.id,
            name: groups.name,
            until: invitationGroups.until,
          })
          .from(invitationGroups)
          .innerJoin(groups, eq(groups.id, invitationGroups.groupId))
          .where(
            inArray(
              invitationGroups.invitationId,
              rows.map(({ id }) => id),
            ),
          )
          .orderBy(groups.name)
  return rows.map((row) => ({
    ...row,
    groups: joined
      .filter(({ invitationId }) => invitationId === row.id)
      .map(({ groupId, name, until }) => ({ groupId, name, until })),
  }))
}
