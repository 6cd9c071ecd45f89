import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { parseKeys } from '../../../app/lib/keys.ts'
import { createVault } from '../../../app/lib/vault.ts'
import { newLink } from '../../../app/mail/links.ts'
import { queuedMail } from '../../../app/mail/mail.ts'
import { keyReport } from '../../../app/operators/keys.ts'
import { openDatabase } from '../../../db/client.ts'
import { mailLinks, mails } from '../../../db/schema.ts'
import { sealedValueStore } from '../../../db/stores/sealed-values.ts'
import { readingOf } from '../../../testing/server-process.ts'
import { bundle } from '../../../tools/build.ts'
import { DELETIONS } from './deletions.ts'
import { makePerson } from './people.ts'
import { makeWorld, type World } from './world.ts'

/** What an operator runs, over what `begin` made, once for each of its points. */
export type CommandFlow = { name: string; begin(world: World): Promise<() => Round | Promise<Round>> }
/** What must hold if it dies at some point, and once it ran to its end after that. */
type Round = { settings: Record<string, string>; afterKill(): Promise<void>; atTheEnd(): Promise<void> }

export const COMMANDS: CommandFlow[] = [{ name: 'reseal', begin: resealing }, ...DELETIONS]

const PROGRAM = `dist/faults-command-${process.pid}.js`

/** Kills the command at each of its points, or at each `step`th. Returns how many it has. */
export async function killedEverywhere(flow: CommandFlow, step = 1): Promise<number> {
  await bundle('lab/stress/faults/command.ts', PROGRAM)
  const world = await makeWorld()
  try {
    const next = await flow.begin(world)
    for (let at = 1; ; at += step) {
      const { settings, afterKill, atTheEnd } = await next()
      const { signal, out, err } = await run(flow, world, settings, at)
      if (signal === null) {
        const points: string[] = JSON.parse(out || '[]')
        assert.ok(points.length > 0 && points.length < at, `it dies at its points: ${out}${err}`)
        await atTheEnd()
        return points.length
      }
      assert.equal(signal, 'SIGKILL', err)
      await afterKill()
      assert.equal((await run(flow, world, settings, 0)).err, '')
      await atTheEnd()
    }
  } finally {
    await world.end()
    rmSync(PROGRAM, { force: true })
  }
}

async function run({ name }: CommandFlow, world: World, settings: Record<string, string>, dieAt: number) {
  const child = spawn(process.execPath, [PROGRAM, name, String(dieAt)], {
    env: { PATH: process.env.PATH ?? '', DATABASE_URL: world.url, LATCHKEY_KEYS: world.keys, ...settings },
  })
  const [out, err] = [readingOf(child.stdout), readingOf(child.stderr)]
  const [, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null]
  return { signal, out: out(), err: err() }
}

/** A person with two authenticators, a queued mail and a link. Each round puts a new key in front. */
async function resealing(world: World) {
  const person = await makePerson(world, 2)
  const now = new Date()
  const origin = { address: '192.0.2.1', browser: 'Firefox', system: null }
  const mail = { to: person.email, about: 'reset_password' as const, values: origin }
  const link = { accountId: person.id, purpose: 'not_me' as const, payload: { email: person.email } }
  await world.db.insert(mails).values(queuedMail(world.vault, person.id, mail, now))
  await world.db.insert(mailLinks).values(newLink(world.vault, link, now).link)
  let [old] = parseKeys(world.keys)
  return () => {
    const newest = { id: `n${++rounds}`, key: randomBytes(32) }
    const keys = old ? [newest, old] : [newest]
    const oldId = old?.id
    old = newest
    return {
      settings: { LATCHKEY_KEYS: keys.map(({ id, key }) => `${id}:${Buffer.from(key).toString('base64')}`).join() },
      async afterKill() {
        const report = await reportOf(world, keys)
        assert.equal(report.opensWithNone, 0, JSON.stringify(report))
        await world.assertInvariants()
      },
      async atTheEnd() {
        assert.deepEqual((await reportOf(world, keys)).mayGo, [oldId])
        const withoutOld = await reportOf(world, [newest])
        assert.equal(withoutOld.opensWithNone, 0, JSON.stringify(withoutOld))
        await world.assertInvariants()
      },
    }
  }
}
let rounds = 0

async function reportOf(world: World, keys: { id: string; key: Uint8Array }[]) {
  const database = openDatabase(world.url)
  try {
    return await keyReport({ sealedValues: sealedValueStore(database), vault: createVault(keys) })
  } finally {
    await database.close()
  }
}
