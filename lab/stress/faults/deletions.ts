import assert from 'node:assert/strict'
import { eq } from 'drizzle-orm'
import { accounts, events, formerUsernames, mails, sessions } from '../../../db/schema.ts'
import { stateOf } from '../../../testing/invariants.ts'
import type { CommandFlow } from './command-flow.ts'
import { makePerson } from './people.ts'
import type { World } from './world.ts'

/** An account that goes for good: each round has another one, which is due. It is there whole, or nothing of it is. */
const deleting = (name: 'delete' | 'delete what is due'): CommandFlow => ({
  name,
  begin: async (world) => async () => {
    const { id, email } = await makePerson(world, 2)
    // As if it had been asked for a week ago, which ended the session.
    await world.db
      .update(accounts)
      .set({ deleteAt: new Date(0), role: 'member' })
      .where(eq(accounts.id, id))
    await world.db.delete(sessions).where(eq(sessions.accountId, id))
    const whole = await stateOf(world, email)
    const before = await counts(world)
    const ending = async () => {
      const { deleted, kept, mailed } = await counts(world)
      return [deleted - before.deleted, kept - before.kept, mailed - before.mailed]
    }
    const isThere = async () =>
      (await world.db.select({ id: accounts.id }).from(accounts).where(eq(accounts.id, id))).length === 1
    return {
      given: [email],
      settings: {},
      async afterKill() {
        await world.assertInvariants()
        if (await isThere()) {
          const { count: _, ...now } = await stateOf(world, email)
          const { count: __, ...then } = whole
          assert.deepEqual(now, then, 'nothing of it is gone')
          assert.deepEqual(await ending(), [0, 0, 0])
        } else assert.deepEqual(await ending(), [1, 1, 1])
      },
      async atTheEnd() {
        await world.assertInvariants()
        assert.ok(!(await isThere()), 'the account is gone')
        assert.deepEqual(await ending(), [1, 1, 1], 'it was deleted once, its username is kept, and its owner is told')
        const left = (await world.db.select().from(events)).filter(({ accountId }) => accountId === id)
        assert.deepEqual(left, [], 'its events have no person')
      },
    }
  },
})

export const DELETIONS = [deleting('delete'), deleting('delete what is due')]

async function counts({ db }: World) {
  const log = await db.select({ kind: events.kind }).from(events).where(eq(events.kind, 'account_deleted'))
  return {
    deleted: log.length,
    kept: (await db.select().from(formerUsernames)).length,
    mailed: (await db.select({ id: mails.id }).from(mails)).length,
  }
}
