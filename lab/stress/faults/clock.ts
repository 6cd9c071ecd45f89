import assert from 'node:assert/strict'
import { eq } from 'drizzle-orm'
import { sessions } from '../../../db/schema.ts'
import { codeOf } from '../../../testing/authenticator.ts'
import { PASSWORD, RECOVERY_CODES_PAGE, TOKENS_PAGE } from '../../../testing/names.ts'
import { readCodes } from '../../../testing/people.ts'
import { replacing } from '../../../testing/stories.ts'
import { BOTH, type Fault } from './fault.ts'
import { codeAnswered, isSignedIn, makePerson, owingCode, type Person } from './people.ts'
import { letsIn, opens, refuses, writeToken } from './tries.ts'
import { makeWorld, type World } from './world.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const PAGES = ['/', '/settings/account', '/settings/sessions', '/settings/two-factor/authenticators', TOKENS_PAGE]

export const CLOCK: Fault[] = [
  {
    name: 'the clock goes back an hour',
    attack: 'A71',
    expected: 'used codes stay used; ended sessions and dead tokens stay so; no 500; a recovery code lets in',
    on: BOTH,
    run: () => within(anHourBack),
  },
  {
    name: 'the clock goes forward a day, and back after a sign-in',
    attack: 'A72',
    expected:
      'no 500; codes of the right time are refused in words; a recovery code lets in, and a new authenticator works',
    on: BOTH,
    run: () => within(aDayForward),
  },
]

async function within(run: (world: World) => Promise<string>) {
  const world = await makeWorld()
  try {
    await world.start()
    return await run(world)
  } finally {
    await world.end()
  }
}

async function anHourBack(world: World) {
  const person = await makePerson(world, 1)
  const { browser, codes, authenticators } = person
  const key = authenticators[0]?.key ?? ''
  const code = codeOf(key, new Date())
  await letsIn(world, person, code)
  await letsIn(world, person, codes[0])

  const overdue = await makePerson(world, 0)
  const past = new Date(Date.now() - MINUTE)
  await world.db.update(sessions).set({ expiresAt: past }).where(eq(sessions.accountId, overdue.id))
  assert.ok(!(await isSignedIn(overdue.browser)))
  const removed = await writeToken(world, person)
  const replaced = await writeToken(world, person)
  const kept = await writeToken(world, person)
  await browser.post(`${TOKENS_PAGE}/remove`, { ids: removed.id, password: PASSWORD })
  const expires_at = new Date(Date.now() + 30 * DAY).toISOString().slice(0, 10)
  await browser.post(`${TOKENS_PAGE}/${replaced.id}/regenerate`, { expires_at, password: PASSWORD })
  for (const { value } of [removed, replaced]) await opens(world, value, 401)

  await world.restart({ CLOCK_OFF_BY_MS: String(-HOUR) })
  for (const used of [code, codeOf(key, new Date(Date.now() - HOUR)), codes[0]]) await refuses(world, person, used)
  assert.ok(!(await isSignedIn(overdue.browser)), 'what is over stays over')
  for (const { value } of [removed, replaced]) await opens(world, value, 401)
  await opens(world, kept.value, 200)
  await noFault(person)
  await letsIn(world, person, codes[1])
  await world.assertInvariants()

  await world.restart()
  for (const used of [code, codes[0], codes[1]]) await refuses(world, person, used)
  await letsIn(world, person, codeOf(key, new Date(), 1))
  await world.assertInvariants()
  return 'used codes of both kinds refused before and after; ended session and dead tokens stayed dead; recovery code let in'
}

async function aDayForward(world: World) {
  const person = await makePerson(world, 1)
  const key = person.authenticators[0]?.key ?? ''
  await world.restart({ CLOCK_OFF_BY_MS: String(DAY) })
  assert.ok(!(await isSignedIn(person.browser)), 'the session is over')
  await letsIn(world, person, codeOf(key, new Date(Date.now() + DAY)))

  await world.restart()
  assert.ok(!(await isSignedIn(person.browser)), 'and does not come to life again')
  const refused = await codeAnswered(world, person, codeOf(key, new Date()))
  assert.ok(!refused.letsIn)
  const said = /That code[^.]*\.[^.]*\./.exec(refused.text)?.[0] ?? ''
  const browser = await owingCode(world, person)
  assert.equal((await browser.post('/sign-in/two-factor', { code: person.codes[2] ?? '' })).status, 303)
  await noFault({ browser })
  const { key: next, enrolment } = await replacing(browser)
  const code = codeOf(next, new Date())
  assert.equal((await browser.post('/settings/two-factor/replace', { enrolment, code })).status, 303)
  await letsIn(world, person, codeOf(next, new Date(), 1))
  await world.assertInvariants()
  return `the code of the right time: "${said.trim()}"; recovery code let in; a new authenticator works`
}

async function noFault({ browser }: Pick<Person, 'browser'>) {
  for (const page of PAGES) assert.ok((await browser.get(page)).status < 400, page)
  await browser.post(`${RECOVERY_CODES_PAGE}/confirm`, { password: PASSWORD })
  assert.equal(readCodes((await browser.get(RECOVERY_CODES_PAGE)).html).length > 0, true)
}
