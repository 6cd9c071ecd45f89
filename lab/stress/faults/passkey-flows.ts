import assert from 'node:assert/strict'
import { DONE, SET_UP } from '../../../testing/names.ts'
import { ADD, choosingPasskey, requestOptionsIn } from '../../../testing/passkeys.ts'
import { readCodes } from '../../../testing/people.ts'
import { type SoftwareAuthenticator, softwareAuthenticator } from '../../../testing/software-authenticator.ts'
import type { Flow, Headers } from './flow.ts'
import { isSignedIn, makePerson, owingCode, type Person, passwordLeads } from './people.ts'
import { codeNow, letsIn, TWO_FACTOR } from './tries.ts'
import type { World } from './world.ts'

/** Whether the account knows the passkey. Its page has nothing to ask where it knows none. */
async function opensWith(world: World, person: Person, device: SoftwareAuthenticator): Promise<boolean> {
  const browser = await owingCode(world, person)
  const { html } = await browser.get(TWO_FACTOR)
  if (!html.includes('data-passkey-get')) return false
  const answer = await browser.post(TWO_FACTOR, { passkey: device.sign(requestOptionsIn(html)) })
  return answer.status === 303 && answer.location !== '/sign-in'
}

/** What registers a passkey. */
export const PASSKEY_FLOWS: Flow[] = [
  {
    name: 'turn the second factor on with a passkey (Done)',
    event: 'second_factor_on',
    async begin(world) {
      const person = await makePerson(world, 0)
      const { browser } = person
      const device = softwareAuthenticator()
      const { enrolment, options } = await choosingPasskey(browser)
      await browser.post(SET_UP, { enrolment, passkey: device.register(options) })
      const codes = readCodes((await browser.get(DONE)).html)
      assert.equal(codes.length, 12)
      const send = (headers?: Headers) => browser.post(DONE, { enrolment, saved: 'yes' }, headers)
      return {
        person,
        send,
        leadsTo: '/settings/account',
        async before() {
          assert.equal(await passwordLeads(world, person), '/', 'the password alone signs in')
          assert.equal((await send()).location, '/settings/account', 'Done can be pressed again')
          assert.ok(await opensWith(world, person, device), 'and then the passkey signs in')
        },
        async after(answered) {
          assert.equal(await isSignedIn(browser), answered, 'the session goes on under its new token alone')
          assert.equal(await passwordLeads(world, person), TWO_FACTOR)
          assert.ok(await opensWith(world, person, device), 'the passkey signs in')
          await letsIn(world, person, codes[3])
        },
      }
    },
  },
  {
    name: 'add a passkey',
    event: 'authenticator_added',
    async begin(world) {
      const person = await makePerson(world, 1)
      const { browser } = person
      const first = person.authenticators[0]?.key ?? ''
      const device = softwareAuthenticator()
      const { enrolment, options } = await choosingPasskey(browser, ADD)
      const fields = { enrolment, name: 'Key', passkey: device.register(options) }
      return {
        person,
        send: (headers) => browser.post(ADD, fields, headers),
        leadsTo: '/settings/two-factor/authenticators',
        async before() {
          assert.ok(!(await opensWith(world, person, device)), 'nobody knows the passkey')
          await letsIn(world, person, codeNow(first))
          assert.equal((await browser.post(ADD, fields)).status, 303, 'it can be sent again')
        },
        async after(answered) {
          assert.equal(await isSignedIn(browser), answered)
          assert.ok(await opensWith(world, person, device), 'the passkey signs in')
          await letsIn(world, person, codeNow(first))
        },
      }
    },
  },
]
