import assert from 'node:assert/strict'
import { asc, eq, inArray } from 'drizzle-orm'
import type { WrittenApp } from '../../../app/gate/written-app.ts'
import { hashToken, newId } from '../../../app/lib/tokens.ts'
import { appGroups, appHosts, appPaths, apps, events, gateSessions, groups, sessions } from '../../../db/schema.ts'
import type { Round } from './command-flow.ts'
import { SETTINGS, wholly } from './operators.ts'
import { makePerson } from './people.ts'
import type { World } from './world.ts'

const NAMES = ['comes', 'goes', 'stays']
const MOVES = 'moves.example.test'

/** A file of apps: one that changes, one that comes and takes a host of it, in which somebody is, and one that goes. */
export async function applying(world: World): Promise<() => Promise<Round>> {
  const { db } = world
  const { id: accountId } = await makePerson(world, 1)
  const [session] = await db.select().from(sessions).where(eq(sessions.accountId, accountId))
  const [groupId, at] = [newId(), new Date()]
  await db.insert(groups).values({ id: groupId, name: 'family', createdAt: at })
  return async () => {
    await db.delete(apps) // of the round before
    for (const [name, hosts] of Object.entries({ stays: ['stays.example.test', MOVES], goes: ['goes.example.test'] })) {
      const of = { id: newId(), name, title: 'Old', level: 'second_factor' as const, createdAt: at }
      await db.insert(apps).values({ ...of, takesTokens: 0, tellsIdentity: 1 })
      await db.insert(appHosts).values(hosts.map((host, position) => ({ host, appId: of.id, position })))
      await db.insert(appPaths).values({ appId: of.id, path: '/old/', level: 'public' })
    }
    const visit = {
      tokenHash: hashToken(newId()),
      sessionId: session?.id ?? '',
      host: MOVES,
      startedAt: at,
      lastSeenAt: at,
    }
    await db.insert(gateSessions).values(visit)
    const { length: writtenBefore } = await log(world)
    const done = async () => {
      const list = await db.select().from(apps).orderBy(asc(apps.name))
      assert.deepEqual(
        list.map(({ name, title }) => [name, title]),
        ['comes', 'stays'].map((name) => [name, 'New']),
      )
      const [comes, stays] = list.map(({ id }) => id)
      const hosts = await db.select().from(appHosts).orderBy(asc(appHosts.host))
      assert.deepEqual(
        hosts.map(({ host, appId }) => [host, appId]),
        [
          ['comes.example.test', comes],
          [MOVES, comes],
          ['stays.example.test', stays],
        ],
      )
      assert.deepEqual(
        [await db.$count(appPaths), await db.$count(appGroups), await db.$count(gateSessions)],
        [2, 2, 1],
        'each has its path and its group, and whoever is in stays in',
      )
      assert.equal((await log(world)).length, writtenBefore + NAMES.length, 'each is in the log, once')
    }
    return {
      ...(await wholly(world, done)),
      given: [
        JSON.stringify([written('stays', ['stays.example.test']), written('comes', ['comes.example.test', MOVES])]),
      ],
      settings: SETTINGS,
      async atTheEnd(answered) {
        assert.deepEqual(answered, { ok: true })
        await done()
      },
    }
  }
}

const log = ({ db }: World) => db.select({ id: events.id }).from(events).where(inArray(events.subject, NAMES))

const written = (name: string, hosts: string[]): WrittenApp => ({
  ...{ name, title: 'New', hosts, groups: ['family'], level: 'second_factor', maxAge: '8h', paths: ['/new/ public'] },
  ...{ networks: ['192.0.2.0/24 password'], takesTokens: true, tellsIdentity: true },
})
