import assert from 'node:assert/strict'
import { setTimeout as pause } from 'node:timers/promises'
import Sqlite from 'better-sqlite3'
import pg from 'pg'
import { dialect } from '../../../db/columns.ts'
import { codeOf } from '../../../testing/authenticator.ts'
import type { Browser } from '../../../testing/browser.ts'
import { stateOf } from '../../../testing/invariants.ts'
import { assertTryLater } from './disk.ts'
import { BOTH, type Fault } from './fault.ts'
import { isSignedIn, makePerson, owingCode, type Person } from './people.ts'
import { makeWorld, type World } from './world.ts'

const AT_ONCE = 3 // people who wait for the lock at the same time
const SERVED_AT_LEAST = 2 * AT_ONCE // pages; otherwise each would wait for everybody who waits for the lock
const EVERY = 50 // ms between two looks at a page that needs no database

export const LOCK: Fault[] = [
  {
    name: 'another process holds the lock',
    attack: 'A69',
    expected: '503 with Retry-After while it is held; pages without a database go on; done once when asked again',
    on: BOTH,
    run: async ({ heldFor }) => {
      const world = await makeWorld({ settings: { DATABASE_TIMEOUT_SECONDS: '1' } })
      try {
        await world.start()
        return await locked(world, heldFor)
      } finally {
        await world.end()
      }
    },
  },
]

async function locked(world: World, heldFor: number) {
  const people: { person: Person; browser: Browser }[] = []
  for (let index = 0; index < AT_ONCE; index++) {
    const person = await makePerson(world, 1)
    people.push({ person, browser: await owingCode(world, person) })
  }
  const tried = (step: number) =>
    Promise.all(
      people.map(async ({ person, browser }) => {
        const started = performance.now()
        const code = codeOf(person.authenticators[0]?.key ?? '', new Date(), step)
        const answer = await browser.post('/sign-in/two-factor', { code })
        return { answer, took: performance.now() - started }
      }),
    )

  const release = await takeLock(world)
  const held = pause(heldFor)
  const page = watchingPage(world)
  const answers = await tried(0)
  const { longest, served } = await page.end()
  await held
  await release()

  for (const { answer } of answers) assertTryLater(answer)
  const slowest = Math.max(...answers.map(({ took }) => took))
  assert.ok(served > SERVED_AT_LEAST, `others are served meanwhile: ${served} pages`)
  assert.ok(longest < slowest / 2, `none of them waits as long: ${seconds(longest)} at most`)
  await world.assertInvariants()
  for (const { browser } of people) assert.ok(!(await isSignedIn(browser)))
  for (const { answer } of await tried(1)) assert.equal(answer.status, 303, 'asked again, it is done')
  for (const { person, browser } of people) {
    assert.ok(await isSignedIn(browser))
    const { kinds, factors } = await stateOf(world, person.email)
    assert.equal(kinds.filter((kind) => kind === 'signed_in').length, 2, 'once: the other is from before')
    assert.equal(factors.length, 1)
  }
  await world.assertInvariants()
  return `held ${heldFor / 1000} s: ${AT_ONCE} at once told 503 within ${seconds(slowest)}; a page without a database waited ${seconds(longest)} at most`
}

const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`

async function takeLock({ url }: World): Promise<() => Promise<unknown>> {
  if (dialect === 'sqlite') {
    const other = new Sqlite(url.replace(/^file:/, ''))
    other.exec('begin exclusive')
    return async () => other.close()
  }
  const other = new pg.Client(url)
  await other.connect()
  await other.query('begin; lock table accounts, limits, pending_sign_ins, events in access exclusive mode')
  return () => other.end()
}

/** Asks for an icon over and over. Returns how many were served, and how many milliseconds the slowest took. */
function watchingPage(world: World) {
  let longest = 0
  let served = 0
  let over = false
  const watching = (async () => {
    while (!over) {
      const started = performance.now()
      await world.browser().get('/favicon.ico')
      served++
      longest = Math.max(longest, performance.now() - started)
      await pause(EVERY)
    }
  })()
  return {
    async end() {
      over = true
      await watching
      return { longest, served }
    },
  }
}
