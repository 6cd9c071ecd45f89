import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { eq } from 'drizzle-orm'
import { appNamed, changeApp, createApp } from '#app/gate/apps.ts'
import { COMMAND_LINE } from '#app/operators/command-line.ts'
import { createGroup } from '#app/operators/groups.ts'
import { apps, clients, events } from '#db/schema.ts'
import { latchkey } from '#testing/index.ts'
import {
  changeClient,
  clientNamed,
  createClient,
  endOldSecret,
  isSecretOf,
  listClients,
  removeClient,
  rotateSecret,
} from './manage.ts'
import type { ClientChange } from './written-client.ts'

const product = await latchkey()
const { deps, database } = product
after(product.close)

const BY = { operatorId: null, reason: 'They asked.', origin: COMMAND_LINE }
const REDIRECT = { redirects: ['https://wiki.example.com/callback'] }
let made = 0
const added = async (of: ClientChange = REDIRECT, name = `wiki-${++made}`) => {
  const result = await createClient(deps, { ...REDIRECT, ...of, name }, BY)
  assert.ok(result.ok, JSON.stringify(result))
  return { name, ...result }
}
const eventsAbout = async (name: string) =>
  (await database.db.select().from(events).where(eq(events.subject, name))).map(({ kind }) => kind).sort()
for (const group of ['editors', 'readers']) await createGroup(deps, group, BY)

describe('a client', () => {
  test('is made with its app, read, changed and removed, and each is in the log', async () => {
    const { name, client, secret } = await added({
      ...{ title: 'Wiki', groups: ['readers', 'editors'], level: 'password', maxAge: '15m' },
      ...{ signedOut: ['https://wiki.example.com/bye'], backchannel: 'https://wiki.example.com/logout' },
      ...{ isThirdParty: true, isPairwise: true, isStrict: true, alg: 'ES256', claims: ['editors role chief  editor'] },
    })
    assert.match(secret ?? '', /^[\w-]{43}$/)
    const kept = await clientNamed(deps, name)
    assert.deepEqual(kept, client)
    assert.deepEqual([kept?.groups, kept?.maxAge, kept?.isPairwise], [['editors', 'readers'], 900, 1])
    assert.deepEqual(kept?.claims, [{ group: 'editors', claim: 'role', value: 'chief  editor' }])
    assert.equal((await appNamed(deps, name))?.hosts.length, 0)

    const [before] = await database.db
      .select()
      .from(clients)
      .innerJoin(apps, eq(apps.id, clients.appId))
      .where(eq(apps.name, name))
    const result = await changeClient(
      deps,
      name,
      { redirects: ['https://a.example.com/', 'https://a.example.com/b'], groups: [] },
      BY,
    )
    assert.ok(result.ok && result.secret === undefined)
    assert.deepEqual((await clientNamed(deps, name))?.redirects, ['https://a.example.com/', 'https://a.example.com/b'])
    const [now] = await database.db
      .select()
      .from(clients)
      .innerJoin(apps, eq(apps.id, clients.appId))
      .where(eq(apps.name, name))
    assert.equal(now?.clients.pairwiseSalt, before?.clients.pairwiseSalt)

    assert.deepEqual(await removeClient(deps, name, BY), { ok: true, isAppGone: true })
    assert.equal(await appNamed(deps, name), undefined)
    assert.equal((await removeClient(deps, name, BY)).ok, false)
    assert.deepEqual(await eventsAbout(name), [
      'app_created',
      'app_deleted',
      'client_changed',
      'client_created',
      'client_removed',
    ])
  })
})

describe('an app and its client', () => {
  test('behind the gate as well, the app stays when its client goes', async () => {
    const name = `both-${++made}`
    const gate = { title: 'Both', hosts: [`${name}.example.com`], groups: ['readers'], level: 'password', maxAge: '1h' }
    const app = { name, ...gate, paths: ['/feed public'], networks: [], takesTokens: true, tellsIdentity: false }
    assert.ok((await createApp(deps, app, BY)).ok)
    const { client } = await added({}, name)
    assert.deepEqual(
      [client.title, client.groups, client.level, client.maxAge],
      ['Both', ['readers'], 'password', 3600],
    )
    assert.deepEqual(client.hosts, gate.hosts)
    assert.ok((await changeClient(deps, name, { title: 'Other' }, BY)).ok)
    const kept = await appNamed(deps, name)
    assert.deepEqual([kept?.title, kept?.takesTokens, kept?.paths.length, kept?.hosts], ['Other', 1, 1, gate.hosts])
    assert.deepEqual(await removeClient(deps, name, BY), { ok: true, isAppGone: false })
    assert.deepEqual((await appNamed(deps, name))?.hosts, gate.hosts)
    assert.equal(await clientNamed(deps, name), undefined)
  })

  test('an app can do without a host while it has a client, and never without both', async () => {
    const { name } = await added({})
    assert.ok((await changeApp(deps, name, { title: 'No host' }, BY)).ok)
    assert.ok((await changeApp(deps, name, { hosts: [`${name}.example.com`] }, BY)).ok)
    assert.ok((await changeApp(deps, name, { hosts: [] }, BY)).ok)
    assert.ok((await changeApp(deps, name, { hosts: [`${name}.example.com`] }, BY)).ok)
    await removeClient(deps, name, BY)
    const refused = await changeApp(deps, name, { hosts: [] }, BY)
    assert.ok(!refused.ok && typeof refused.wrong === 'object')
    assert.deepEqual(
      refused.wrong.map(({ reason }) => reason),
      ['no_hosts'],
    )
  })
})

describe('a change of a client', () => {
  const during = (name: string, meanwhile: () => Promise<unknown>) => {
    let isFirst = true
    const changeFirst: typeof deps.clients.changeClient = async (of) => {
      if (isFirst) await meanwhile()
      isFirst = false
      return deps.clients.changeClient(of)
    }
    return changeClient(
      { ...deps, clients: { ...deps.clients, changeClient: changeFirst } },
      name,
      { title: 'New' },
      BY,
    )
  }

  test('never brings back a secret that was replaced or ended meanwhile', async () => {
    const { name } = await added()
    let made: string | undefined
    const changed = await during(name, async () => {
      const rotated = await rotateSecret(deps, name, BY)
      made = rotated.ok ? rotated.secret : undefined
    })
    assert.ok(changed.ok && changed.client.title === 'New', 'it is changed all the same')
    assert.ok(await isSecretOf(deps, name, made ?? ''), 'the new secret stays')
    assert.ok((await during(name, () => endOldSecret(deps, name, BY))).ok, 'it is changed all the same')
    assert.equal((await clientNamed(deps, name))?.previousUntil, null)
  })
})

describe('a secret', () => {
  test('is replaced by one that works at once, while the old one is kept for a day, or for as long as is said', async () => {
    const { name, secret } = await added({})
    const rotated = await rotateSecret(deps, name, BY)
    assert.ok(rotated.ok && rotated.secret !== secret)
    assert.equal(rotated.previousUntil?.getTime(), product.clock.now().getTime() + 24 * 60 * 60_000)
    assert.deepEqual((await clientNamed(deps, name))?.previousUntil, rotated.previousUntil)
    const atOnce = await rotateSecret(deps, name, BY, '0')
    assert.ok(atOnce.ok && atOnce.previousUntil === null)
    assert.deepEqual(await rotateSecret(deps, name, BY, 'soon'), { ok: false, wrong: 'no_time' })
    assert.deepEqual((await eventsAbout(name)).filter((kind) => kind === 'client_secret_rotated').length, 2)
    const open = await added({ auth: 'none' })
    assert.equal(open.secret, undefined)
    assert.deepEqual(await rotateSecret(deps, open.name, BY), { ok: false, wrong: 'has_no_secret' })
    assert.deepEqual(await rotateSecret(deps, 'nobody', BY), { ok: false, wrong: 'no_such_client' })
  })

  test('is made when a client gets one for the first time, and goes when it needs none', async () => {
    const { name } = await added({ auth: 'none' })
    const changed = await changeClient(deps, name, { auth: 'client_secret' }, BY)
    assert.ok(changed.ok && changed.secret)
    const again = await changeClient(deps, name, { title: 'Again' }, BY)
    assert.ok(again.ok && again.secret === undefined)
    assert.ok((await changeClient(deps, name, { auth: 'none' }, BY)).ok)
    const [row] = await database.db
      .select({ secret: clients.secretHash })
      .from(clients)
      .innerJoin(apps, eq(apps.id, clients.appId))
      .where(eq(apps.name, name))
    assert.equal(row?.secret, null)
  })
})

test('clients are listed fifty at a time, and each once', async () => {
  const site = await latchkey()
  const names = Array.from({ length: 102 }, (_, n) => `c${n}`)
  for (const name of names) await createClient(site.deps, { ...REDIRECT, name }, BY)
  const seen: string[] = []
  for (let after: string | undefined; ; ) {
    const page = await listClients(site.deps, after)
    assert.ok(page.clients.length <= 50)
    seen.push(...page.clients.map(({ name }) => name))
    after = page.next
    if (after === undefined) break
  }
  await site.close()
  assert.deepEqual(seen, names.toSorted())
})

test('of two that change a client or its app at the same moment, each keeps what the other has changed', async () => {
  const { name } = await added()
  for (let round = 1; round <= 5; round++) {
    const changes = await Promise.all([
      changeClient(deps, name, { title: `Wiki ${round}` }, BY),
      changeClient(deps, name, { redirects: [`https://wiki.example.com/${round}`] }, BY),
      changeApp(deps, name, { maxAge: `${round}m` }, BY),
      changeClient(deps, name, { signedOut: [`https://wiki.example.com/bye/${round}`] }, BY),
    ])
    assert.ok(
      changes.every(({ ok }) => ok),
      JSON.stringify(changes),
    )
    const client = await clientNamed(deps, name)
    assert.deepEqual(
      [client?.title, client?.redirects, client?.maxAge, client?.signedOut],
      [`Wiki ${round}`, [`https://wiki.example.com/${round}`], 60 * round, [`https://wiki.example.com/bye/${round}`]],
    )
  }
})
