import assert from 'node:assert/strict'
import { eq } from 'drizzle-orm'
import { newLink } from '../../../app/mail/links.ts'
import { accounts, mailLinks, recoveries } from '../../../db/schema.ts'
import { DONE, PASSWORD, SET_UP } from '../../../testing/names.ts'
import { readCodes, readEnrolPage } from '../../../testing/people.ts'
import type { Flow, Headers } from './flow.ts'
import { isSignedIn, makePerson, owingCode, type Person, passwordLeads } from './people.ts'
import { codeNext, codeNow, letsIn, opens, refuses, TWO_FACTOR, writeToken } from './tries.ts'
import type { World } from './world.ts'

const HOUR = 60 * 60_000
const ORIGIN = { address: '192.0.2.1', browser: 'Firefox', system: 'Linux' }

const waits = async ({ db }: World, { id }: Person) =>
  (await db.select().from(recoveries).where(eq(recoveries.accountId, id))).length

/** Somebody waits whose set-up opens in so many hours, or opened that long ago. */
async function write({ db }: World, { id: accountId }: Person, hours: number) {
  const now = Date.now()
  const [begunAt, opensAt] = [new Date(now - 72 * HOUR), new Date(now + hours * HOUR)]
  await db.insert(recoveries).values({ accountId, begunAt, opensAt, mailAt: null, ...ORIGIN })
}

/** "I've lost everything": the wait begins, is stopped, or is used. */
export const RECOVERY_FLOWS: Flow[] = [
  {
    name: 'begin the wait after "I have lost everything"',
    event: 'recovery_begun',
    async begin(world) {
      const person = await makePerson(world, 1)
      const { value } = await writeToken(world, person)
      const [account] = await world.db.select().from(accounts).where(eq(accounts.id, person.id))
      const payload = { securityVersion: account?.securityVersion ?? 0 }
      const about = { accountId: person.id, purpose: 'lost_everything', payload } as const
      const { token, link } = newLink(world.vault, about, new Date())
      await world.db.insert(mailLinks).values(link)
      const reader = world.browser()
      await reader.get(`/mail/lost-everything?token=${token}`)
      const send = (headers?: Headers) => reader.post('/mail/lost-everything', {}, headers)
      const leadsTo = '/mail/lost-everything/begun'
      return {
        person,
        send,
        leadsTo,
        async before() {
          assert.equal(await waits(world, person), 0)
          await opens(world, value, 200)
          assert.equal((await send()).location, leadsTo, 'the link is still good')
        },
        async after() {
          assert.equal(await waits(world, person), 1)
          assert.equal((await send()).status, 410, 'the link is used up')
          await opens(world, value, 403)
        },
      }
    },
  },
  {
    name: 'stop the wait after "I have lost everything"',
    event: 'recovery_stopped',
    async begin(world) {
      const person = await makePerson(world, 1)
      const { value } = await writeToken(world, person)
      await write(world, person, 1)
      const { token, link } = newLink(world.vault, { accountId: person.id, purpose: 'stop_recovery' }, new Date())
      await world.db.insert(mailLinks).values(link)
      const reader = world.browser()
      await reader.get(`/mail/stop-recovery?token=${token}`)
      const send = (headers?: Headers) => reader.post('/mail/stop-recovery', {}, headers)
      const leadsTo = '/mail/stop-recovery/stopped'
      return {
        person,
        send,
        leadsTo,
        async before() {
          assert.equal(await waits(world, person), 1)
          await opens(world, value, 403)
          assert.equal((await send()).location, leadsTo, 'the link is still good')
        },
        async after() {
          assert.equal(await waits(world, person), 0)
          assert.equal((await send()).status, 410, 'the link is used up')
          await opens(world, value, 200)
        },
      }
    },
  },
  {
    name: 'set up again after the wait (Done)',
    event: 'second_factor_recovered',
    async begin(world) {
      const person = await makePerson(world, 1)
      const old = person.authenticators[0]?.key ?? ''
      await write(world, person, -1)
      const browser = await owingCode(world, person)
      await browser.post('/sign-in/two-factor/lost-everything/set-up')
      await browser.post(`${SET_UP}/confirm`, { password: PASSWORD })
      const { key, enrolment } = readEnrolPage((await browser.get(SET_UP)).html)
      const code = codeNow(key)
      await browser.post(SET_UP, { enrolment, code })
      const codes = readCodes((await browser.get(DONE)).html)
      const send = (headers?: Headers) => browser.post(DONE, { enrolment, saved: 'yes' }, headers)
      return {
        person,
        send,
        leadsTo: '/settings/account',
        async before() {
          assert.ok(await isSignedIn(person.browser), 'nothing else was ended')
          assert.equal(await waits(world, person), 1)
          assert.equal((await send()).location, '/settings/account', 'Done can be pressed again')
          await letsIn(world, person, codes[0])
        },
        async after(answered) {
          assert.equal(await isSignedIn(browser), answered, 'the session goes on under its new token alone')
          assert.ok(!(await isSignedIn(person.browser)), 'every other session is over')
          assert.equal(await waits(world, person), 0)
          assert.equal(await passwordLeads(world, person), TWO_FACTOR)
          await refuses(world, person, codeNow(old))
          await refuses(world, person, code)
          await letsIn(world, person, codeNext(key))
          await letsIn(world, person, codes[3])
        },
      }
    },
  },
]
