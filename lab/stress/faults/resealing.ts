import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { parseKeys } from '../../../app/lib/keys.ts'
import { createVault } from '../../../app/lib/vault.ts'
import { newLink } from '../../../app/mail/links.ts'
import { queuedMail } from '../../../app/mail/mail.ts'
import { keyReport } from '../../../app/operators/keys.ts'
import { sealEvents } from '../../../app/operators/log/sealing.ts'
import { verifyLog } from '../../../app/operators/log/verify.ts'
import { openDatabase } from '../../../db/client.ts'
import { mailLinks, mails } from '../../../db/schema.ts'
import { eventChainStore } from '../../../db/stores/event-chain.ts'
import { sealedValueStore } from '../../../db/stores/sealed-values.ts'
import type { Round } from './command-flow.ts'
import { makePerson } from './people.ts'
import type { World } from './world.ts'

/** A person with two authenticators, a queued mail, a link, and a sealed log. Each round puts a new key in front. */
export async function resealing(world: World): Promise<() => Round> {
  const person = await makePerson(world, 2)
  const now = new Date()
  const origin = { address: '192.0.2.1', browser: 'Firefox', system: null }
  const mail = { to: person.email, about: 'reset_password' as const, values: origin }
  const link = { accountId: person.id, purpose: 'not_me' as const, payload: { email: person.email } }
  await world.db.insert(mails).values(queuedMail(world.vault, person.id, mail, now))
  await world.db.insert(mailLinks).values(newLink(world.vault, link, now).link)
  const sealed = await opened(world, parseKeys(world.keys), sealEvents)
  assert.ok(sealed > 1, 'the log is sealed')
  let [old] = parseKeys(world.keys)
  return () => {
    const newest = { id: `n${++rounds}`, key: randomBytes(32) }
    const keys = old ? [newest, old] : [newest]
    const oldId = old?.id
    old = newest
    const assertOpens = async (having: Key[]) => {
      const report = await opened(world, having, keyReport)
      assert.equal(report.opensWithNone, 0, JSON.stringify(report))
      const { findings, sealed: inChain } = await opened(world, having, verifyLog)
      assert.deepEqual([findings, inChain], [[], sealed], 'the log is as it was sealed')
      await world.assertInvariants()
      return report
    }
    return {
      settings: { LATCHKEY_KEYS: keys.map(({ id, key }) => `${id}:${Buffer.from(key).toString('base64')}`).join() },
      afterKill: async () => void (await assertOpens(keys)),
      async atTheEnd() {
        assert.deepEqual((await assertOpens(keys)).mayGo, [oldId])
        await assertOpens([newest])
      },
    }
  }
}
let rounds = 0

type Key = ReturnType<typeof parseKeys>[number]

/** What a command does with those keys, over a connection of its own. */
async function opened<Result>(world: World, keys: Key[], work: (deps: KeyDeps) => Promise<Result>): Promise<Result> {
  const database = openDatabase(world.url)
  try {
    return await work(keyDeps(database, keys))
  } finally {
    await database.close()
  }
}

type KeyDeps = ReturnType<typeof keyDeps>
const keyDeps = (database: ReturnType<typeof openDatabase>, keys: Key[]) => ({
  sealedValues: sealedValueStore(database),
  eventChain: eventChainStore(database),
  vault: createVault(keys),
  now: () => new Date(),
})
