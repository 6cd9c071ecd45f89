import assert from 'node:assert/strict'
import { after, afterEach, describe, test } from 'node:test'
import { eq } from 'drizzle-orm'
import { events, gateSessions, sessions } from '#db/schema.ts'
import { accountOf, everyRow, latchkey, signedUp } from '#testing/index.ts'
import { assertInvariants } from '#testing/invariants.ts'
import { hashToken } from '../lib/tokens.ts'
import { COMMAND_LINE } from '../operators/command-line.ts'
import { createGroup, deleteGroup } from '../operators/groups.ts'
import { applyApps, everyApp, planApps } from './apply.ts'
import { changeApp, createApp, deleteApp } from './apps.ts'
import { asWritten, type WrittenApp } from './written-app.ts'

const product = await latchkey()
const { clock, database, deps } = product
afterEach(async () => {
  assert.deepEqual(product.faults, [])
  await assertInvariants(database)
})
after(product.close)

const BY = { operatorId: null, reason: 'By the file.', origin: COMMAND_LINE }
const app = (name: string, hosts: string[], of: Partial<WrittenApp> = {}): WrittenApp => ({
  ...{ name, title: '', hosts, groups: [], level: 'password', maxAge: '', paths: [], networks: [] },
  ...{ takesTokens: false, tellsIdentity: true, ...of },
})

async function planned(wanted: WrittenApp[]) {
  const found = await planApps(deps, wanted)
  assert.ok(found.ok, 'there is a plan')
  return found.plan
}
const apply = async (wanted: WrittenApp[]) => applyApps(deps, { wanted, plan: await planned(wanted) }, BY)
const now = async () => (await everyApp(deps)).map(asWritten)

describe('a list of apps', () => {
  test('becomes all apps there are: one new, one changed, one gone, one as it was, and it says which', async () => {
    await createGroup(deps, 'family', BY)
    const same = app('same', ['same.example'], {
      title: 'Same',
      groups: ['family'],
      paths: ['/b public', '/a password'],
    })
    const changed = app('changed', ['one.example', 'two.example'], { title: 'Changed', maxAge: '1h' })
    for (const one of [same, changed, app('gone', ['gone.example'])]) await createApp(deps, one, BY)
    const wanted = [
      app('new', ['new.example'], { title: 'New' }),
      { ...same, paths: ['/a password', '/b public'] },
      { ...changed, hosts: ['two.example', 'three.example'], maxAge: '', groups: ['family'], takesTokens: true },
    ]
    const before = await everyRow(product)
    const plan = await planned(wanted)
    assert.deepEqual([plan.created.map(({ name }) => name), plan.deleted], [['new'], ['gone']])
    assert.deepEqual(plan.changed, [
      {
        name: 'changed',
        differences: [
          { field: 'maxAge', from: '1h', to: '' },
          { field: 'takesTokens', from: false, to: true },
          { field: 'hosts', gone: ['one.example'], come: ['three.example'] },
          { field: 'groups', gone: [], come: ['family'] },
        ],
      },
    ])
    assert.deepEqual(await everyRow(product), before)

    assert.deepEqual(await apply(wanted), { ok: true })
    const byName = (all: WrittenApp[]) => all.toSorted((a, b) => (a.name < b.name ? -1 : 1))
    assert.deepEqual(byName(await now()), byName(wanted))
    const log = await database.db.select().from(events).where(eq(events.reason, BY.reason)).orderBy(events.id)
    assert.deepEqual(
      log.slice(-3).map(({ kind, subject }) => `${kind} ${subject}`),
      ['app_created new', 'app_changed changed', 'app_deleted gone'],
    )
    const after = await everyRow(product)
    assert.deepEqual(await apply(wanted), { ok: true })
    assert.deepEqual(await everyRow(product), after)
  })

  test('that only names the hosts in another order sends people to another one', async () => {
    await apply([app('ordered', ['a.example', 'b.example'])])
    const other = [app('ordered', ['b.example', 'a.example'])]
    const hosts = { gone: ['a.example', 'b.example'], come: ['b.example', 'a.example'] }
    assert.deepEqual((await planned(other)).changed, [{ name: 'ordered', differences: [{ field: 'hosts', ...hosts }] }])
    await apply(other)
    assert.deepEqual(
      (await now()).map((one) => one.hosts),
      [['b.example', 'a.example']],
    )
  })

  test('keeps what sessions have at hosts that stay, change places, or go from one app to another', async () => {
    await apply([
      app('a', ['a1.example', 'a2.example']),
      app('b', ['b1.example', 'b2.example']),
      app('old', ['o.example']),
    ])
    const { email } = await signedUp(product)
    const { id } = await accountOf(product, email)
    const [session] = await database.db.select().from(sessions).where(eq(sessions.accountId, id))
    const at = clock.now()
    for (const host of ['a1', 'a2', 'b1', 'b2', 'o'].map((name) => `${name}.example`))
      await database.db
        .insert(gateSessions)
        .values({ tokenHash: hashToken(host), sessionId: session?.id ?? '', host, startedAt: at, lastSeenAt: at })
    const wanted = [
      app('a', ['b2.example', 'a1.example']),
      app('b', ['b1.example', 'a2.example']),
      app('renamed', ['o.example']),
    ]
    assert.deepEqual(await apply(wanted), { ok: true })
    const rows = async () => (await database.db.select().from(gateSessions)).map(({ host }) => host).sort()
    assert.deepEqual(await rows(), ['a1.example', 'a2.example', 'b1.example', 'b2.example', 'o.example'])
    assert.deepEqual(
      (await now()).map(({ hosts }) => hosts),
      wanted.map(({ hosts }) => hosts),
    )
    await apply([app('a', ['a1.example'])])
    assert.deepEqual(await rows(), ['a1.example'])
  })

  test('is refused whole where a value is wrong, a name or a host is there twice, or a group isn’t there', async () => {
    await apply([app('there', ['there.example'])])
    const before = await everyRow(product)
    const found = await planApps(deps, [
      app('one', ['one.example', '*.example']),
      app('two', ['two.example', 'there.example']),
      app('two', ['Two.example']),
      app('three', ['three.example'], { groups: ['family', 'nobodys'], level: 'none' }),
      app('four', ['four.example'], { groups: ['family', 'nobodys'] }),
    ])
    assert.deepEqual(!found.ok && found.wrong.map(({ app, field, at, reason }) => `${app} ${field} ${at} ${reason}`), [
      '0 hosts 1 wildcard',
      '2 name 0 twice',
      '2 hosts 0 twice',
      '3 groups 1 no_such_group',
      '3 level 0 no_level',
      '4 groups 1 no_such_group',
    ])
    assert.deepEqual(await everyRow(product), before)
  })

  test('is not applied where apps or groups have changed since somebody saw what it would do', async () => {
    await apply([app('here', ['here.example'])])
    const wanted = [app('here', ['here.example'], { title: 'Here', groups: ['family'] }), app('next', ['next.example'])]
    const meanwhile = [
      [
        () => changeApp(deps, 'here', { level: 'second_factor' }, BY),
        () => changeApp(deps, 'here', { level: 'password' }, BY),
      ],
      [() => createApp(deps, app('next', ['other.example']), BY), () => deleteApp(deps, 'next', BY)],
      [() => deleteGroup(deps, 'family', BY), () => createGroup(deps, 'family', BY)],
    ] as const
    const plan = await planned(wanted)
    for (const [change, undo] of meanwhile) {
      await change()
      const before = await everyRow(product)
      assert.deepEqual(await applyApps(deps, { wanted, plan }, BY), { ok: false, wrong: 'changed_meanwhile' })
      assert.deepEqual(await everyRow(product), before)
      await undo()
    }
    assert.deepEqual(await applyApps(deps, { wanted, plan }, BY), { ok: true })
  })

  test('is not applied in part where a host or a group goes while it is written', async () => {
    await apply([app('here', ['here.example'])])
    const wanted = [app('here', ['here.example'], { groups: ['family'] }), app('next', ['wanted.example'])]
    const meanwhile = [
      () => createApp(deps, app('rival', ['wanted.example']), BY),
      () => deleteGroup(deps, 'family', BY),
    ]
    for (const change of meanwhile) {
      const plan = await planned(wanted)
      const applyLate: typeof deps.apps.applyApps = async (of) => {
        await change()
        return deps.apps.applyApps(of)
      }
      const late = { ...deps, apps: { ...deps.apps, applyApps: applyLate } }
      assert.deepEqual(await applyApps(late, { wanted, plan }, BY), { ok: false, wrong: 'changed_meanwhile' })
      assert.deepEqual((await now()).map(({ name, groups }) => [name, groups.length])[0], ['here', 0])
      await apply([app('here', ['here.example'])])
    }
  })
})
