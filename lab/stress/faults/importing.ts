import assert from 'node:assert/strict'
import { eq } from 'drizzle-orm'
import { accounts, memberships } from '../../../db/schema.ts'
import { stateOf } from '../../../testing/invariants.ts'
import { newEmail } from '../../../testing/people.ts'
import type { Round } from './command-flow.ts'
import type { World } from './world.ts'

/** Three people a round: one with nothing more, one with a device and two groups, one who is suspended. */
export async function importing(world: World): Promise<() => Round> {
  const device = `otpauth://totp/Elsewhere:her?secret=${'MFRGGZDFMZTWQ2LK'.repeat(2)}&issuer=Elsewhere`
  return () => {
    rounds++
    const groups = ['a', 'b'].map((name) => ({ name: `${name}${rounds}`, until: null }))
    const base = { displayName: 'Ada', passwordHash: world.passwordHash, groups: [] }
    const people = [base, { ...base, device, groups }, { ...base, device, suspendedFor: 'Closed there' }]
    const rows = people.map((person, index) => ({
      at: `${index + 1}`,
      name: '',
      person: { ...person, email: newEmail() },
    }))
    async function howMany() {
      let there = 0
      for (const { person } of rows) if (await isWhole(world, person)) there++
      await world.assertInvariants()
      return there
    }
    return {
      given: [JSON.stringify(rows)],
      settings: {},
      async afterKill() {
        assert.ok((await howMany()) <= rows.length, 'some of them are there, and whole')
      },
      async atTheEnd() {
        assert.equal(await howMany(), rows.length)
      },
    }
  }
}

let rounds = 0

/** False where nothing of it is there. Half an account fails. */
async function isWhole(
  world: World,
  person: { email: string; device?: string; suspendedFor?: string; groups: unknown[] },
) {
  const [there] = await world.db.select({ id: accounts.id }).from(accounts).where(eq(accounts.email, person.email))
  if (!there) return false
  const { account, factors, recoveryCodes, kinds } = await stateOf(world, person.email)
  const joined = await world.db.select().from(memberships).where(eq(memberships.accountId, account.id))
  assert.deepEqual(
    [factors.length, recoveryCodes.length, joined.length, account.suspendedFor ?? undefined],
    [person.device ? 1 : 0, person.device ? 12 : 0, person.groups.length, person.suspendedFor],
  )
  assert.deepEqual(kinds.toSorted(), [
    ...(person.suspendedFor ? ['account_suspended'] : []),
    ...person.groups.map(() => 'group_joined'),
    ...(person.device ? ['second_factor_on'] : []),
    'signed_up',
  ])
  return true
}
