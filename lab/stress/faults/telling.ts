import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { eq } from 'drizzle-orm'
import { newId } from '../../../app/lib/tokens.ts'
import { apps, openidSignOuts } from '../../../db/schema.ts'
import { plainClient } from '../../../testing/openid-people.ts'
import { claimsIn } from '../../../testing/openid-requests.ts'
import type { Round } from './command-flow.ts'
import { SETTINGS } from './operators.ts'
import type { World } from './world.ts'

const SUBJECT = '1'
const CLAIMED = 60_000 // ms that a process owns what it sends

/** A sign-out that an app is to hear of: until it has, it stays in the queue, and the next process goes on with it. */
export async function telling(world: World): Promise<() => Promise<Round>> {
  const { db } = world
  const heard: string[] = []
  const listening = createServer(async (request, response) => {
    let body = ''
    for await (const bytes of request) body += bytes
    const { sid } = claimsIn(new URLSearchParams(body).get('logout_token') ?? '')
    heard.push(String(sid))
    response.end()
  }).listen(0, '127.0.0.1')
  listening.unref()
  await once(listening, 'listening')
  const at = `http://127.0.0.1:${(listening.address() as AddressInfo).port}`
  const { name } = await plainClient({ database: world }, { backchannelUri: `${at}/signed-out` })
  const [app] = await db.select({ id: apps.id }).from(apps).where(eq(apps.name, name))
  assert.ok(app, 'there is an app')

  return async () => {
    const [id, sid] = [newId(), newId()]
    await db.insert(openidSignOuts).values({ id, appId: app.id, subject: SUBJECT, sid })
    const queued = async () => (await db.select().from(openidSignOuts).where(eq(openidSignOuts.id, id)))[0]
    return {
      settings: SETTINGS,
      async afterKill() {
        const left = await queued()
        if (!left) return assert.ok(heard.includes(sid), 'what is gone from the queue has been told')
        const until = Date.now() + CLAIMED
        assert.ok(left.claimedUntilMs <= until, 'whoever died owns it for a minute at most')
        await db.update(openidSignOuts).set({ claimedUntilMs: 0 }).where(eq(openidSignOuts.id, id)) // which goes by
      },
      async atTheEnd() {
        assert.ok(heard.includes(sid), 'the app has heard of it')
        assert.equal(await queued(), undefined, 'and will not again')
      },
    }
  }
}
