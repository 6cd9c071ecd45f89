import assert from 'node:assert/strict'
import { after, afterEach, describe, test } from 'node:test'
import { eq } from 'drizzle-orm'
import { accounts, events, memberships } from '#db/schema.ts'
import { accountOf, everyRow, latchkey, newEmail, signedUp } from '#testing/index.ts'
import { assertInvariants } from '#testing/invariants.ts'
import { keepHouse } from '../process/housekeeping.ts'
import { COMMAND_LINE } from './command-line.ts'
import { addMember, createGroup, deleteGroup, groupsOf, listGroups, membersOf, removeMember } from './groups.ts'

const product = await latchkey()
const { clock, database, deps } = product
afterEach(async () => {
  assert.deepEqual(product.faults, [])
  await assertInvariants(database)
})
after(product.close)

const SECOND = 1000
const BY = { operatorId: null, reason: 'She asked.', origin: COMMAND_LINE }
const create = (name: string) => createGroup(deps, name, BY)
const add = (group: string, called: string, until: Date | null = null) => addMember(deps, { group, called, until }, BY)
const remove = (group: string, called: string) => removeMember(deps, { group, called }, BY)
const reasonOf = (result: { ok: true } | { ok: false; reason: string }) => (result.ok ? 'done' : result.reason)
const namesOf = async (email: string) =>
  (await groupsOf(deps, (await accountOf(product, email)).id)).map(({ name }) => name)

let made = 0
async function group() {
  const name = `group-${++made}`
  await create(name)
  return name
}

describe('a group', () => {
  test('has a name that people type and programs compare, and no second group has it, however many ask', async () => {
    for (const name of ['', 'Family', 'a b', 'a:b', '-a', 'é', 'a'.repeat(33), 'a\0b'])
      assert.equal(reasonOf(await create(name)), 'no_name', name)
    for (const name of ['a', '0', 'staff-2027', 'a.b_c', 'a'.repeat(32)])
      assert.equal(reasonOf(await create(name)), 'done')
    const answers = await Promise.all(Array.from({ length: 10 }, () => create('once')))
    assert.deepEqual(answers.map(reasonOf).sort(), ['done', ...Array(9).fill('there_already')])
  })

  test('is deleted with its memberships, and takes no account along', async () => {
    const name = await group()
    const { email } = await signedUp(product)
    await add(name, email)
    assert.equal(reasonOf(await deleteGroup(deps, name, BY)), 'done')
    assert.equal(reasonOf(await deleteGroup(deps, name, BY)), 'no_such_group')
    assert.deepEqual(await namesOf(email), [])
    assert.equal(await membersOf(deps, name), undefined)
  })
})

describe('a member', () => {
  test('is named by address or username, and what isn’t there is refused and changes nothing', async () => {
    const name = await group()
    const { email } = await signedUp(product)
    const { username } = await accountOf(product, email)
    assert.equal(reasonOf(await add(name, ` ${email.toUpperCase()}`)), 'done')
    assert.deepEqual(await namesOf(email), [name])
    assert.equal(reasonOf(await remove(name, username)), 'done')
    assert.deepEqual(await namesOf(email), [])
    const before = await everyRow(product)
    assert.equal(reasonOf(await remove(name, email)), 'no_member')
    assert.equal(reasonOf(await add('nobodys', email)), 'no_such_group')
    assert.equal(reasonOf(await add(name, newEmail())), 'no_such_account')
    assert.equal(reasonOf(await add(name, 'no such name')), 'no_such_account')
    assert.equal(reasonOf(await add(name, email, clock.now())), 'over')
    assert.deepEqual(await everyRow(product), before)
  })

  test('P09: past the end of a membership, it is as if it weren’t there, to the second, before housekeeping and after', async () => {
    const name = await group()
    const { email } = await signedUp(product)
    await add(name, email, new Date(clock.now().getTime() + 60 * SECOND))
    const seen = async () => [
      await namesOf(email),
      (await membersOf(deps, name))?.members.map((member) => member.email),
      (await listGroups(deps, `${name.slice(0, -1)}`)).groups.find((each) => each.name === name)?.members,
    ]
    clock.advance(59 * SECOND)
    assert.deepEqual(await seen(), [[name], [email], 1])
    clock.advance(SECOND)
    assert.deepEqual(await seen(), [[], [], 0])
    assert.equal(reasonOf(await remove(name, email)), 'no_member')
    await keepHouse(deps, { rest: async () => {} })
    assert.deepEqual(await seen(), [[], [], 0])
    await add(name, email)
    assert.deepEqual(await seen(), [[name], [email], 1])
  })

  test('is added to no group that is deleted at that very moment, nor is who is deleted then, and nothing is half done', async () => {
    for (const what of ['no_such_group', 'no_such_account'] as const) {
      const name = await group()
      const { email } = await signedUp(product)
      const { id } = await accountOf(product, email)
      const owners = {
        async ownerNamed(of: Parameters<typeof deps.owners.ownerNamed>[0]) {
          const found = await deps.owners.ownerNamed(of)
          if (what === 'no_such_group') await deleteGroup(deps, name, BY)
          else await database.db.delete(accounts).where(eq(accounts.id, id))
          return found
        },
      }
      const added = await addMember({ ...deps, owners }, { group: name, called: email, until: null }, BY)
      assert.equal(reasonOf(added), what)
      assert.deepEqual(await database.db.select().from(memberships).where(eq(memberships.accountId, id)), [])
      const joined = await database.db.select().from(events).where(eq(events.subject, name))
      assert.ok(
        joined.every(({ kind }) => kind !== 'group_joined'),
        'nobody is told',
      )
    }
  })

  test('has one end: the one that was said last', async () => {
    const name = await group()
    const { email } = await signedUp(product)
    const ends = [60, 30, 90].map((seconds) => new Date(clock.now().getTime() + seconds * SECOND))
    for (const until of [...ends, null]) {
      await add(name, email, until)
      assert.deepEqual(
        (await membersOf(deps, name))?.members.map((member) => member.until),
        [until],
      )
    }
  })

  test('finds in its log who put it there and why, and hears by mail', async () => {
    const name = await group()
    const { email } = await signedUp(product)
    const { id } = await accountOf(product, email)
    await add(name, email)
    await remove(name, email)
    const log = (await database.db.select().from(events)).filter(({ accountId }) => accountId === id)
    const told = log.filter(({ subject }) => subject === name)
    assert.deepEqual(told.map(({ kind }) => kind).sort(), ['group_joined', 'group_left'])
    for (const { actor, operatorId, reason, address, browser, notice } of told)
      assert.deepEqual(
        [actor, operatorId, reason, address, browser, notice],
        ['operator', null, BY.reason, 'server', 'latchkey', 'due'],
      )
  })
})

test('groups and members are listed fifty at a time, and each once', async () => {
  const site = await latchkey()
  const names = Array.from({ length: 103 }, (_, n) => `g${n}`)
  for (const name of names) await createGroup(site.deps, name, BY)
  const seen: string[] = []
  for (let after: string | undefined; ; ) {
    const page = await listGroups(site.deps, after)
    assert.ok(page.groups.length <= 50, `${page.groups.length}`)
    seen.push(...page.groups.map(({ name }) => name))
    after = page.next
    if (after === undefined) break
  }
  assert.deepEqual(seen.sort(), names.sort())

  const emails: string[] = []
  for (let n = 0; n < 52; n++) {
    const { email } = await signedUp(site)
    emails.push(email)
    await addMember(site.deps, { group: 'g1', called: email, until: null }, BY)
  }
  const first = await membersOf(site.deps, 'g1')
  const second = await membersOf(site.deps, 'g1', first?.next)
  assert.deepEqual([first?.members.length, second?.members.length, second?.next], [50, 2, undefined])
  const found = [first, second].flatMap((page) => page?.members.map(({ email }) => email) ?? [])
  assert.deepEqual(found.sort(), emails.sort())
  await site.close()
})
