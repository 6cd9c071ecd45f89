import assert from 'node:assert/strict'
import { rescueCodeText } from '../../../app/identity/rescue-code.ts'
import { securityEvent } from '../../../app/identity/security-events.ts'
import { displayed, newRescueCode } from '../../../app/lib/codes.ts'
import { newLink } from '../../../app/mail/links.ts'
import { COMMAND_LINE } from '../../../app/operators/command-line.ts'
import { events, mailLinks, rescues } from '../../../db/schema.ts'
import type { Browser } from '../../../testing/browser.ts'
import { DONE, PASSWORD, SET_UP } from '../../../testing/names.ts'
import { beginSetUp } from '../../../testing/people.ts'
import type { Flow, Headers } from './flow.ts'
import { isSignedIn, makePerson, owingCode, passwordLeads } from './people.ts'
import { codeNext, codeNow, letsIn, refuses } from './tries.ts'
import type { World } from './world.ts'

const ACCOUNT = '/settings/account'
const FIFTEEN_MINUTES = 15 * 60_000

/** What becomes of an operator's code for somebody who has lost the second factor. */
export const RESCUE_FLOWS: Flow[] = [
  {
    name: 'use a rescue code',
    event: 'signed_in',
    async begin(world) {
      const rescued = await makeRescued(world)
      const browser = await owingCode(world, rescued.person)
      return {
        person: rescued.person,
        send: (headers) => redeem(browser, rescued.code, headers),
        leadsTo: `${SET_UP}/confirm`,
        async before() {
          assert.ok(!(await isLedToSetUp(browser)))
          await letsIn(world, rescued.person, codeNow(rescued.key))
          assert.ok(await opens(world, rescued), 'the code still works')
          assert.ok(!(await opens(world, rescued)), 'and once')
        },
        async after(answered) {
          assert.equal(await isLedToSetUp(browser), answered)
          assert.ok(!(await opens(world, rescued)), 'the code is used up')
          await letsIn(world, rescued.person, codeNow(rescued.key))
        },
      }
    },
  },
  {
    name: 'set the second factor up again after a rescue (Done)',
    event: 'second_factor_rescued',
    async begin(world) {
      const { person, key: old, code: rescueCode } = await makeRescued(world)
      const browser = await owingCode(world, person)
      await redeem(browser, rescueCode)
      const { key, codes, enrolment } = await beginSetUp(browser, { password: PASSWORD }, codeNow)
      const send = (headers?: Headers) => browser.post(DONE, { enrolment, saved: 'yes' }, headers)
      return {
        person,
        send,
        leadsTo: ACCOUNT,
        async before() {
          await letsIn(world, person, codeNow(old))
          await letsIn(world, person, person.codes[0])
          assert.ok(await isSignedIn(person.browser))
          assert.equal((await send()).location, ACCOUNT, 'Done can be pressed again')
          await letsIn(world, person, codes[0])
        },
        async after(answered) {
          assert.equal(await isSignedIn(browser), answered)
          assert.ok(!(await isSignedIn(person.browser)), 'every other session is over')
          await refuses(world, person, codeNow(old))
          await refuses(world, person, person.codes[1])
          await letsIn(world, person, codeNext(key))
          await letsIn(world, person, codes[3])
        },
      }
    },
  },
  {
    name: 'say "This was not me" about a rescue',
    event: 'reported_not_me',
    async begin(world) {
      const rescued = await makeRescued(world)
      const { person } = rescued
      const payload = {
        kind: 'rescue_begun',
        subject: null,
        eventId: rescued.eventId,
        mailbox: person.email,
        former: null,
      }
      const { token, link } = newLink(world.vault, { accountId: person.id, purpose: 'not_me', payload }, new Date())
      await world.db.insert(mailLinks).values(link)
      const reader = world.browser()
      await reader.get(`/mail/not-me?token=${token}`)
      const send = (headers?: Headers) => reader.post('/mail/not-me', {}, headers)
      return {
        person,
        send,
        leadsTo: '/mail/not-me/done',
        async before() {
          assert.ok(await isSignedIn(person.browser))
          assert.ok(await opens(world, rescued), 'the code still works')
          assert.equal((await send()).location, '/mail/not-me/done', 'the link is still good')
        },
        async after() {
          assert.equal((await send()).status, 404, 'the link is used up')
          assert.ok(!(await opens(world, rescued)), 'the code is worth nothing')
          assert.equal(await passwordLeads(world, person), undefined)
          assert.ok(!(await isSignedIn(person.browser)), 'every session is over')
        },
      }
    },
  },
]

type Rescued = Awaited<ReturnType<typeof makeRescued>>

/** Somebody for whom an operator has just made a code. */
async function makeRescued(world: World) {
  const person = await makePerson(world, 1)
  const [now, code] = [new Date(), newRescueCode()]
  const codeHash = world.vault.hash('rescue-code-hash', rescueCodeText(person.id, code))
  const by = { operatorId: null, reason: 'Lost the phone' }
  const event = securityEvent('rescue_begun', person.id, COMMAND_LINE, now, null, { by })
  const expiresAt = new Date(now.getTime() + FIFTEEN_MINUTES)
  await world.db.insert(rescues).values({ accountId: person.id, codeHash, askedBy: null, reason: by.reason, expiresAt })
  await world.db.insert(events).values(event)
  return { person, key: person.authenticators[0]?.key ?? '', code: displayed(code), eventId: event.id }
}

const redeem = (browser: Browser, code: string, headers?: Headers) =>
  browser.post('/sign-in/two-factor/rescue', { code }, headers)

/** Whether the code, in a browser of its own, leads to the set-up. */
async function opens(world: World, { person, code }: Rescued): Promise<boolean> {
  const { status, location } = await redeem(await owingCode(world, person), code)
  assert.ok(status === 422 || location === `${SET_UP}/confirm`, `it answered ${status} ${location}`)
  return status === 303
}

const isLedToSetUp = async (browser: Browser) => (await browser.get('/')).location === `${SET_UP}/confirm`
