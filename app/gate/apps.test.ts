import assert from 'node:assert/strict'
import { after, afterEach, describe, test } from 'node:test'
import { eq } from 'drizzle-orm'
import { appHosts, events, gateSessions, sessions } from '#db/schema.ts'
import { accountOf, everyRow, latchkey, signedUp } from '#testing/index.ts'
import { assertInvariants } from '#testing/invariants.ts'
import { hashToken } from '../lib/tokens.ts'
import { COMMAND_LINE } from '../operators/command-line.ts'
import { createGroup, deleteGroup } from '../operators/groups.ts'
import { appNamed, changeApp, createApp, deleteApp, listApps } from './apps.ts'
import { asWritten, type WrittenApp } from './written-app.ts'

const product = await latchkey()
const { clock, database, deps } = product
afterEach(async () => {
  assert.deepEqual(product.faults, [])
  await assertInvariants(database)
})
after(product.close)

const BY = { operatorId: null, reason: 'We need it.', origin: COMMAND_LINE }
let made = 0
function written(of: Partial<WrittenApp> = {}): WrittenApp {
  const name = `app-${++made}`
  const none = { title: '', groups: [], maxAge: '', paths: [], networks: [], takesTokens: false, tellsIdentity: true }
  return { name, hosts: [`${name}.example.com`], level: 'password', ...none, ...of }
}
const create = (of: Partial<WrittenApp> = {}) => createApp(deps, written(of), BY)
const wrongIn = (result: Awaited<ReturnType<typeof changeApp>>) =>
  result.ok || result.wrong === 'no_such_app'
    ? []
    : result.wrong.map(({ field, at, reason }) => `${field} ${at} ${reason}`)

async function group() {
  const name = `group-${++made}`
  await createGroup(deps, name, BY)
  return name
}

describe('an app', () => {
  test('is kept as it was written, in one form', async () => {
    const groups = [await group(), await group()]
    const all = written({
      title: ' Our photos ',
      hosts: ['Photos.Example.COM.', 'bücher.example:443', 'photos.example.net:8443'],
      groups,
      level: 'second_factor',
      maxAge: '480m',
      paths: ['/share/ public', '/a%20b/ second_factor 15m', '/é second_factor'],
      networks: ['192.0.2.0/24 password', '2001:DB8::/32 public'],
      takesTokens: true,
      tellsIdentity: false,
    })
    const result = await createApp(deps, all, BY)
    const kept = await appNamed(deps, all.name)
    assert.deepEqual(kept?.hosts, ['photos.example.com', 'xn--bcher-kva.example', 'photos.example.net:8443'])
    assert.deepEqual(kept, {
      ...(result.ok && result.app),
      paths: [
        { path: '/a b/', level: 'second_factor', maxAge: 900 },
        { path: '/share/', level: 'public', maxAge: null },
        { path: '/é', level: 'second_factor', maxAge: null },
      ],
    })
    const again = kept && asWritten(kept)
    assert.deepEqual(again, {
      ...all,
      title: 'Our photos',
      hosts: kept?.hosts,
      maxAge: '8h',
      paths: ['/a%20b/ second_factor 15m', '/share/ public', '/é second_factor'],
      networks: ['192.0.2.0/24 password', '2001:db8::/32 public'],
    })
    assert.deepEqual(again && (await changeApp(deps, all.name, again, BY)), { ok: true, app: kept })
  })

  test('is refused with every wrong value in it, each by its line and its reason, and nothing is written', async () => {
    await create({ name: 'there', hosts: ['there.example.com'] })
    const before = await everyRow(product)
    const wrong: [Partial<WrittenApp>, ...string[]][] = [
      ...['', 'Photos', 'a b', 'a:b', '-a'].map((name): [Partial<WrittenApp>, string] => [{ name }, 'name 0 no_name']),
      [{ name: 'there' }, 'name 0 there_already'],
      [{ title: 'a\u202Eb' }, 'title 0 no_title'],
      [{ title: 'a'.repeat(61) }, 'title 0 no_title'],
      [{ hosts: [] }, 'hosts 0 no_hosts'],
      [{ hosts: ['a.example', 'there.example.com'] }, 'hosts 1 host_taken'],
      [{ hosts: ['a.example', 'A.example.'] }, 'hosts 1 twice'],
      [{ hosts: Array.from({ length: 101 }, (_, n) => `h${n}.example`) }, 'hosts 0 too_many'],
      [{ groups: ['nobodys'] }, 'groups 0 no_such_group'],
      [{ groups: ['z', 'a b', 'y'] }, 'groups 1 no_such_group'],
      [{ groups: ['z', 'y'] }, 'groups 1 no_such_group', 'groups 0 no_such_group'],
      ...['public', '', 'Password'].map((level): [Partial<WrittenApp>, string] => [{ level }, 'level 0 no_level']),
      ...['59s', '0m', '-1h', '1.5h', '15', 'm', '366d', '1 h'].map((maxAge): [Partial<WrittenApp>, string] => [
        { maxAge },
        'maxAge 0 no_max_age',
      ]),
      ...[
        'a password',
        '//a password',
        '/a/../b password',
        '/%2e password',
        '/a;b password',
        '/a?b password',
        '/a%2Fb public',
        '/\ud800 public',
      ].map((path): [Partial<WrittenApp>, string] => [{ paths: [path] }, 'paths 0 no_path']),
      [{ paths: ['/a', '/b secret'] }, 'paths 0 no_level', 'paths 1 no_level'],
      [{ paths: ['/a second_factor', '/a password'] }, 'paths 1 twice'],
      [{ paths: ['/a second_factor 1s', '/a second_factor 1h 2h'] }, 'paths 0 no_max_age', 'paths 1 no_max_age'],
      [{ paths: ['/a public 15m'] }, 'paths 0 public_has_no_age'],
      [{ level: 'second_factor', paths: ['/a password'] }, 'paths 0 path_below_app'],
      [
        { networks: ['192.0.2.0/33 public', 'home public', '::1 public x'] },
        ...[0, 1, 2].map((at) => `networks ${at} no_network`),
      ],
      [{ networks: ['192.0.2.0/24 password'] }, 'networks 0 network_not_below'],
      [{ networks: ['192.0.2.0/24 public', '192.0.2.0/24 public'] }, 'networks 1 twice'],
      [
        { hosts: ['*.example'], level: 'none', title: '\t\0' },
        'title 0 no_title',
        'hosts 0 wildcard',
        'level 0 no_level',
      ],
    ]
    for (const [of, ...reasons] of wrong) assert.deepEqual(wrongIn(await create(of)), reasons, JSON.stringify(of))
    assert.deepEqual(await everyRow(product), before)
  })

  test('has whole hosts and no patterns, none that is written as something else, and never the portal’s [G02 G05 G11]', async () => {
    const refused = {
      wildcard: ['*', '*.example.com', 'a.*.example.com', '*.example.com:8443'],
      portal_host: ['latchkey.test', 'LATCHKEY.test.', 'latchkey.test:443', 'latchkey.test:8443', 'ｌatchkey.test'],
      no_host: [
        ...[
          '',
          '.',
          'a..example',
          '.example',
          'https://a.example',
          'a.example/',
          'a.example/b',
          'u@a.example',
          'a.example:',
        ],
        ...[
          'a.example:0',
          'a.example:65536',
          'a_b.example',
          'a b.example',
          'a.example,b.example',
          'a.example\tb',
          '[::1',
        ],
        ...['0x7f.1', '127.1', '2130706433', '[0:0:0:0:0:0:0:1]', '[:::::]', 'xn--a', 'a\0.example', '%61.example'],
      ],
    }
    for (const [reason, hosts] of Object.entries(refused))
      for (const host of hosts)
        assert.deepEqual(wrongIn(await create({ hosts: [host] })), [`hosts 0 ${reason}`], JSON.stringify(host))

    await create({ hosts: ['exact.example', 'straße.example'] })
    for (const host of [
      'EXACT.example',
      'exact.example.',
      'exact.example:443',
      'ｅxact.example',
      'xn--strae-oqa.example',
    ])
      assert.deepEqual(wrongIn(await create({ hosts: [host] })), ['hosts 0 host_taken'], host)
    for (const host of ['not-exact.example', 'sub.exact.example', 'exact.example:8443', 'strasse.example'])
      assert.equal((await create({ hosts: [host] })).ok, true, host)
  })

  test('has its name and its hosts alone, however many ask at once', async () => {
    const named = await Promise.all(Array.from({ length: 10 }, () => create({ name: 'once' })))
    assert.deepEqual(named.flatMap(wrongIn), Array(9).fill('name 0 there_already'))

    const hosts = ['one.example.org', 'two.example.org']
    const taken = await Promise.all(
      Array.from({ length: 10 }, (_, n) => create({ hosts: n % 2 ? hosts : [...hosts].reverse() })),
    )
    assert.equal(taken.filter(({ ok }) => ok).length, 1)
    assert.deepEqual(
      taken.flatMap(wrongIn).sort(),
      [0, 1].flatMap((at) => Array(9).fill(`hosts ${at} host_taken`)),
    )

    const rivals = [written(), written()]
    for (const rival of rivals) await createApp(deps, rival, BY)
    const moved = await Promise.all(
      rivals.map(({ name, hosts }) => changeApp(deps, name, { hosts: [...hosts, 'wanted.example.org'] }, BY)),
    )
    assert.deepEqual(moved.flatMap(wrongIn), ['hosts 1 host_taken'])
  })

  test('is refused if a group of it is deleted while it is written', async () => {
    const name = await group()
    const there = written()
    await createApp(deps, there, BY)
    const groupsNamed: typeof deps.groups.groupsNamed = async (names) => {
      const found = await deps.groups.groupsNamed(names)
      await deleteGroup(deps, name, BY)
      return found
    }
    const late = { ...deps, groups: { ...deps.groups, groupsNamed } }
    assert.deepEqual(wrongIn(await createApp(late, written({ groups: [name] }), BY)), ['groups 0 no_such_group'])
    await createGroup(deps, name, BY)
    const result = await changeApp(late, there.name, { groups: [name] }, BY)
    assert.deepEqual(wrongIn(result), ['groups 0 no_such_group'])
    assert.deepEqual((await appNamed(deps, there.name))?.groups, [])
  })

  test('opens to nobody where its only group is deleted', async () => {
    const name = await group()
    const app = written({ groups: [name] })
    await createApp(deps, app, BY)
    await deleteGroup(deps, name, BY)
    assert.deepEqual((await appNamed(deps, app.name))?.groups, [])
  })

  test('changes only in what is named, and its level no further than its paths and networks go', async () => {
    const app = written({ paths: ['/a password 15m', '/b public'] })
    await createApp(deps, app, BY)
    const before = await appNamed(deps, app.name)
    assert.equal((await changeApp(deps, app.name, { title: 'New', takesTokens: true }, BY)).ok, true)
    assert.deepEqual(await appNamed(deps, app.name), { ...before, title: 'New', takesTokens: 1 })
    const raised = await changeApp(deps, app.name, { level: 'second_factor' }, BY)
    assert.deepEqual(wrongIn(raised), ['paths 0 path_below_app'])
    const networks = ['192.0.2.7 password']
    assert.equal((await changeApp(deps, app.name, { level: 'second_factor', paths: [], networks }, BY)).ok, true)
    const lowered = await changeApp(deps, app.name, { level: 'password' }, BY)
    assert.deepEqual(wrongIn(lowered), ['networks 0 network_not_below'])
    assert.deepEqual(await changeApp(deps, 'nobodys', { title: 'New' }, BY), { ok: false, wrong: 'no_such_app' })
  })
})

test('a host that stays keeps what sessions have there, wherever it stands in the list; one that goes takes it along', async () => {
  const { email } = await signedUp(product)
  const { id } = await accountOf(product, email)
  const [session] = await database.db.select().from(sessions).where(eq(sessions.accountId, id))
  const app = written({ hosts: ['a.kept.example', 'b.kept.example', 'c.kept.example'] })
  await createApp(deps, app, BY)
  const at = clock.now()
  for (const host of app.hosts)
    await database.db
      .insert(gateSessions)
      .values({ tokenHash: hashToken(host), sessionId: session?.id ?? '', host, startedAt: at, lastSeenAt: at })
  const hosts = ['d.kept.example', 'c.kept.example', 'a.kept.example']
  assert.equal((await changeApp(deps, app.name, { hosts }, BY)).ok, true)
  const left = async () => (await database.db.select().from(gateSessions)).map(({ host }) => host).sort()
  assert.deepEqual((await appNamed(deps, app.name))?.hosts, hosts)
  assert.deepEqual(await left(), ['a.kept.example', 'c.kept.example'])

  assert.equal(await deleteApp(deps, app.name, BY), true)
  assert.deepEqual(await left(), [])
  assert.equal(await deleteApp(deps, app.name, BY), false)
  assert.equal(await appNamed(deps, app.name), undefined)
  assert.deepEqual(await database.db.select().from(appHosts).where(eq(appHosts.host, 'a.kept.example')), [])
  assert.equal((await create({ hosts })).ok, true)
})

test('the log has who added, changed and deleted an app, and why; what was refused isn’t in it', async () => {
  const app = written()
  await createApp(deps, app, BY)
  await createApp(deps, app, BY)
  await changeApp(deps, app.name, { level: 'none' }, BY)
  await changeApp(deps, app.name, { title: 'New' }, BY)
  await deleteApp(deps, app.name, BY)
  await deleteApp(deps, app.name, BY)
  const log = await database.db.select().from(events).where(eq(events.subject, app.name)).orderBy(events.id)
  assert.deepEqual(log.map(({ kind }) => kind).sort(), ['app_changed', 'app_created', 'app_deleted'])
  for (const { accountId, actor, reason, notice } of log)
    assert.deepEqual([accountId, actor, reason, notice], [null, 'operator', BY.reason, null])
})

test('apps are listed fifty at a time, and each once', async () => {
  const site = await latchkey()
  const names = Array.from({ length: 103 }, (_, n) => `a${n}`)
  for (const name of names) await createApp(site.deps, written({ name, hosts: [`${name}.example`] }), BY)
  const seen: string[] = []
  for (let after: string | undefined; ; ) {
    const page = await listApps(site.deps, after)
    assert.ok(page.apps.length <= 50, `${page.apps.length}`)
    seen.push(...page.apps.map(({ name }) => name))
    after = page.next
    if (after === undefined) break
  }
  assert.deepEqual(seen, [...names].sort())
  await site.close()
})
