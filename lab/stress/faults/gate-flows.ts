import assert from 'node:assert/strict'
import { eq } from 'drizzle-orm'
import { CODE, nonceFor } from '../../../app/gate/hand-over.ts'
import { hashToken, newId } from '../../../app/lib/tokens.ts'
import {
  appGroups,
  appHosts,
  apps,
  gateCodes,
  gateSessions,
  groups,
  memberships,
  sessions,
} from '../../../db/schema.ts'
import { GATE, GATE_NONCE, NAVIGATION } from '../../../testing/gate.ts'
import type { Flow, Headers } from './flow.ts'
import { makePerson } from './people.ts'
import type { World } from './world.ts'

const A_MINUTE = 60_000

export const GATE_FLOWS: Flow[] = [
  {
    name: 'come to an app with a code',
    event: 'signed_in', // the log has nothing of it: the sessions at the host are counted
    async begin(world) {
      const person = await makePerson(world, 1)
      const { host, sessionId } = await makeApp(world, person.id)
      const browser = world.browser()
      const { nonce, nonceHash } = nonceFor(undefined)
      browser.cookies.set(GATE_NONCE, nonce)
      const code = await makeCode(world, { sessionId, host, nonceHash })
      const ask = (path: string, headers?: Headers) =>
        browser.get('/gate/caddy', { ...NAVIGATION, ...toldOf(host, path), ...headers })
      const send = (headers?: Headers) => ask(`/albums?${CODE}=${code}`, headers)
      const isIn = async () => (await ask('/')).status === 200
      return {
        person,
        async rows() {
          const kept = {
            codes: await world.db.select().from(gateCodes).where(eq(gateCodes.sessionId, sessionId)),
            sessions: await world.db.select().from(gateSessions).where(eq(gateSessions.sessionId, sessionId)),
          }
          return { kept, count: () => kept.sessions.length }
        },
        send,
        leadsTo: `https://${host}/albums`,
        async before() {
          assert.equal(await isIn(), false)
          await send()
          assert.equal(await isIn(), true, 'the code is still good')
        },
        async after(answered) {
          assert.equal(await isIn(), answered, 'in by the cookie of the answer, and by nothing else')
          const held = browser.cookies.get(GATE)
          await send()
          assert.equal(browser.cookies.get(GATE), held, 'the code is spent')
          const next = await makeCode(world, { sessionId, host, nonceHash })
          await ask(`/?${CODE}=${next}`)
          assert.equal(await isIn(), true, 'the next code lets in')
          const left = await world.db.select().from(gateSessions).where(eq(gateSessions.sessionId, sessionId))
          assert.equal(left.length, 1)
        },
      }
    },
  },
]

const toldOf = (host: string, path: string) => ({
  'X-Forwarded-Method': 'GET',
  'X-Forwarded-Proto': 'https',
  'X-Forwarded-Host': host,
  'X-Forwarded-Uri': path,
})

/** An app for a group that the person is in, and their session at the portal. */
async function makeApp({ db }: World, accountId: number) {
  const [id, groupId, createdAt] = [newId(), newId(), new Date()]
  const name = `app-${accountId}`
  const host = `${name}.example.test`
  const app = { id, name, title: 'Photos', level: 'password' as const, createdAt }
  await db.insert(groups).values({ id: groupId, name, createdAt })
  await db.insert(memberships).values({ accountId, groupId, addedAt: createdAt })
  await db.insert(apps).values({ ...app, takesTokens: 0, tellsIdentity: 1 })
  await db.insert(appHosts).values({ host, appId: id, position: 0 })
  await db.insert(appGroups).values({ appId: id, groupId })
  const [session] = await db.select().from(sessions).where(eq(sessions.accountId, accountId))
  return { host, sessionId: session?.id ?? '' }
}

async function makeCode({ db }: World, of: { sessionId: string; host: string; nonceHash: string }): Promise<string> {
  const code = hashToken(newId()) // of the form of one
  await db.insert(gateCodes).values({ ...of, codeHash: hashToken(code), expiresAt: new Date(Date.now() + A_MINUTE) })
  return code
}
