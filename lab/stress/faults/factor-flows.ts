import assert from 'node:assert/strict'
import { DONE, PASSWORD, RECOVERY_CODES_PAGE, SET_UP } from '../../../testing/names.ts'
import { readCodes, readEnrolPage } from '../../../testing/people.ts'
import { adding, replacing, viewingCodes } from '../../../testing/stories.ts'
import type { Flow, Headers } from './flow.ts'
import { isSignedIn, makePerson, passwordLeads } from './people.ts'
import { codeNext, codeNow, letsIn, refuses, TWO_FACTOR } from './tries.ts'

const ACCOUNT = '/settings/account'

/** What changes the second factor. */
export const FACTOR_FLOWS: Flow[] = [
  {
    name: 'turn the second factor on (Done)',
    event: 'second_factor_on',
    async begin(world) {
      const person = await makePerson(world, 0)
      const { browser } = person
      await browser.post(`${SET_UP}/confirm`, { password: PASSWORD })
      const { key, enrolment } = readEnrolPage((await browser.get(SET_UP)).html)
      const code = codeNow(key)
      await browser.post(SET_UP, { enrolment, code })
      const codes = readCodes((await browser.get(DONE)).html)
      assert.equal(codes.length, 12)
      const send = (headers?: Headers) => browser.post(DONE, { enrolment, saved: 'yes' }, headers)
      return {
        person,
        send,
        leadsTo: ACCOUNT,
        async before() {
          assert.equal(await passwordLeads(world, person), '/', 'the password alone signs in')
          assert.equal((await send()).location, ACCOUNT, 'Done can be pressed again')
          await letsIn(world, person, codes[0])
        },
        async after(answered) {
          assert.equal(await isSignedIn(browser), answered, 'the session goes on under its new token alone')
          assert.equal(await passwordLeads(world, person), TWO_FACTOR)
          await refuses(world, person, code)
          await letsIn(world, person, codeNext(key))
          await letsIn(world, person, codes[3])
        },
      }
    },
  },
  {
    name: 'replace the authenticator',
    event: 'second_factor_replaced',
    async begin(world) {
      const person = await makePerson(world, 1)
      const { browser, codes } = person
      const old = person.authenticators[0]?.key ?? ''
      const { key, enrolment } = await replacing(browser)
      const code = codeNow(key)
      return {
        person,
        send: (headers) => browser.post('/settings/two-factor/replace', { enrolment, code }, headers),
        leadsTo: ACCOUNT,
        async before() {
          await refuses(world, person, codeNext(key))
          await letsIn(world, person, codeNow(old))
          assert.ok(await isSignedIn(browser))
        },
        async after(answered) {
          assert.equal(await isSignedIn(browser), answered)
          await refuses(world, person, codeNow(old))
          await refuses(world, person, code)
          await letsIn(world, person, codeNext(key))
          await letsIn(world, person, codes[5])
        },
      }
    },
  },
  {
    name: 'make new recovery codes',
    event: 'recovery_codes_regenerated',
    async begin(world) {
      const person = await makePerson(world, 1)
      const { browser, codes } = person
      const { set } = await viewingCodes(browser)
      const shown = async () => readCodes((await browser.get(RECOVERY_CODES_PAGE)).html)
      return {
        person,
        send: (headers) => browser.post(`${RECOVERY_CODES_PAGE}/regenerate`, { set }, headers),
        leadsTo: RECOVERY_CODES_PAGE,
        async before() {
          assert.deepEqual(await shown(), codes)
          await letsIn(world, person, codes[0])
        },
        async after() {
          const made = await shown()
          assert.equal(new Set([...made, ...codes]).size, 24, 'twelve new ones are shown, and none of the old')
          await refuses(world, person, codes[0])
          await letsIn(world, person, made[11])
        },
      }
    },
  },
  {
    name: 'turn the second factor off',
    event: 'second_factor_off',
    async begin(world) {
      const person = await makePerson(world, 1)
      const { browser, codes } = person
      return {
        person,
        send: (headers) => browser.post('/settings/two-factor/disable', { password: PASSWORD }, headers),
        leadsTo: ACCOUNT,
        async before() {
          assert.equal(await passwordLeads(world, person), TWO_FACTOR)
          await letsIn(world, person, codes[0])
          assert.ok(await isSignedIn(browser))
        },
        async after(answered) {
          assert.equal(await isSignedIn(browser), answered)
          assert.equal(await passwordLeads(world, person), '/')
        },
      }
    },
  },
  {
    name: 'add an authenticator',
    event: 'authenticator_added',
    async begin(world) {
      const person = await makePerson(world, 1)
      const { browser } = person
      const first = person.authenticators[0]?.key ?? ''
      const { key, enrolment } = await adding(browser)
      const code = codeNow(key)
      return {
        person,
        send: (headers) => browser.post('/settings/two-factor/add', { enrolment, name: 'Tablet', code }, headers),
        leadsTo: '/settings/two-factor/authenticators',
        async before() {
          await refuses(world, person, codeNext(key))
          await letsIn(world, person, codeNow(first))
        },
        async after(answered) {
          assert.equal(await isSignedIn(browser), answered)
          await refuses(world, person, code)
          await letsIn(world, person, codeNext(key))
          await letsIn(world, person, codeNow(first))
        },
      }
    },
  },
  {
    name: 'remove an authenticator',
    event: 'authenticator_removed',
    async begin(world) {
      const person = await makePerson(world, 2)
      const { browser } = person
      const [kept, removed] = person.authenticators
      assert.ok(kept && removed)
      const path = `/settings/two-factor/authenticators/${removed.id}/remove`
      return {
        person,
        send: (headers) => browser.post(path, { password: PASSWORD }, headers),
        leadsTo: '/settings/two-factor/authenticators',
        async before() {
          await letsIn(world, person, codeNow(removed.key))
          await letsIn(world, person, codeNow(kept.key))
        },
        async after(answered) {
          assert.equal(await isSignedIn(browser), answered)
          await refuses(world, person, codeNow(removed.key))
          await letsIn(world, person, codeNow(kept.key))
        },
      }
    },
  },
]
