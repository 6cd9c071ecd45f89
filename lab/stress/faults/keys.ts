import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { chmodSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { eq } from 'drizzle-orm'
import { factors } from '../../../db/schema.ts'
import { codeOf } from '../../../testing/authenticator.ts'
import { SESSION } from '../../../testing/names.ts'
import { replacing } from '../../../testing/stories.ts'
import { BOTH, type Fault } from './fault.ts'
import { isSignedIn, makePerson, owingCode, passwordLeads } from './people.ts'
import { letsIn } from './tries.ts'
import { makeWorld, type World } from './world.ts'

const newKey = (id: string) => `${id}:${randomBytes(32).toString('base64')}`

export const KEYS: Fault[] = [
  {
    name: 'the key file is missing, or can be read by others',
    attack: 'A74',
    expected: 'does not start, and says in a sentence what to do; starts when it is put right',
    on: ['sqlite'], // where the file is doesn't depend on the database
    run: () => within(keyFile),
  },
  {
    name: 'the keys are others than those that sealed what is in the database',
    attack: 'A74',
    expected: 'does not start, and says so in a sentence; with a new key in front of the right one it does',
    on: BOTH,
    run: () => within(wrongKeys),
  },
  {
    name: 'one sealed value is damaged',
    attack: 'A74',
    expected: 'the code is refused in words, never skipped; a recovery code lets in; nobody else notices',
    on: BOTH,
    run: () => within(oneDamaged),
  },
]

async function within(run: (world: World) => Promise<string>) {
  const world = await makeWorld()
  try {
    return await run(world)
  } finally {
    await world.end()
  }
}

async function refusedStart(world: World, settings: Record<string, string>, sentence: RegExp) {
  await assert.rejects(world.start(settings), sentence)
  assert.deepEqual(await world.server.ended, [1, null])
  assert.match(world.server.err(), /^Latchkey did not start: [^\n]+\n$/, 'one line')
  return /start: (.*)\n/.exec(world.server.err())?.[1]
}

async function keyFile(world: World) {
  const file = join(world.folder, 'latchkey.keys')
  const fromFile = { LATCHKEY_KEYS: '' }
  writeFileSync(file, world.keys, { mode: 0o600 })
  const person = await makePerson(world, 1)
  renameSync(file, `${file}.away`)
  await refusedStart(world, fromFile, /key file .* is missing.* Restore it from your backup\./)
  renameSync(`${file}.away`, file)
  chmodSync(file, 0o644)
  await refusedStart(world, fromFile, /can be read by others\. Run: chmod 600/)
  chmodSync(file, 0o600)
  await world.start(fromFile)
  await letsIn(world, person, codeOf(person.authenticators[0]?.key ?? '', new Date()))
  return 'refused twice with exit code 1 and a sentence; then started'
}

async function wrongKeys(world: World) {
  const person = await makePerson(world, 1)
  const key = person.authenticators[0]?.key ?? ''
  for (const id of ['f1', 'f2'])
    await refusedStart(
      world,
      { LATCHKEY_KEYS: newKey(id) },
      /The keys do not open what is in the database: it was sealed with the key f1\./,
    )
  await world.start({ LATCHKEY_KEYS: `${newKey('f2')},${world.keys}` })
  await letsIn(world, person, codeOf(key, new Date()))
  await letsIn(world, person, person.codes[0] ?? '')
  return 'refused with another key of the same name and of another; started with a new one in front'
}

async function oneDamaged(world: World) {
  const [person, other] = [await makePerson(world, 1), await makePerson(world, 1)]
  const [id, key] = [person.authenticators[0]?.id ?? '', person.authenticators[0]?.key ?? '']
  const [factor] = await world.db.select().from(factors).where(eq(factors.id, id))
  const secret = factor?.secret.replace(/.(?=.{10}$)/, (character) => (character === 'A' ? 'B' : 'A')) ?? ''
  await world.db.update(factors).set({ secret }).where(eq(factors.id, id))
  await world.start()
  assert.equal(await passwordLeads(world, person), '/sign-in/two-factor', 'the second factor is not skipped')
  const browser = await owingCode(world, person)
  const refused = await browser.post('/sign-in/two-factor', { code: codeOf(key, new Date()) })
  assert.equal(refused.status, 422)
  assert.match(refused.text, /That code is not right\./)
  assert.equal(browser.cookies.get(SESSION), undefined)
  assert.equal((await browser.post('/sign-in/two-factor', { code: person.codes[0] ?? '' })).status, 303)
  const { key: next, enrolment } = await replacing(browser)
  const code = codeOf(next, new Date())
  assert.equal((await browser.post('/settings/two-factor/replace', { enrolment, code })).status, 303)
  await letsIn(world, person, codeOf(next, new Date(), 1))
  await letsIn(world, other, codeOf(other.authenticators[0]?.key ?? '', new Date()))
  assert.ok(await isSignedIn(other.browser))
  await world.assertInvariants()
  return 'refused in words; recovery code let in; a new authenticator works; others sign in'
}
