import assert from 'node:assert/strict'
import { newLink } from '../../../app/mail/links.ts'
import { mailLinks } from '../../../db/schema.ts'
import { PASSWORD, TOKENS_PAGE } from '../../../testing/names.ts'
import { readAccessToken } from '../../../testing/stories.ts'
import type { Begun, Flow, Headers } from './flow.ts'
import { isSignedIn, makePerson, owingCode, type Person, passwordLeads } from './people.ts'
import { codeNow, letsIn, onlyPassword, opens, refuses, TWO_FACTOR, tokensOf, writeToken } from './tries.ts'
import type { World } from './world.ts'

const ACCOUNT = '/settings/account'
const NEW_PASSWORD = 'marble lantern follows tide'

/** Flows that use up a code, or change passwords and access tokens. */
export const ACCOUNT_FLOWS: Flow[] = [
  {
    name: 'use an authenticator code',
    event: 'signed_in',
    begin: async (world) => {
      const person = await makePerson(world, 1)
      return usingCode(world, person, codeNow(person.authenticators[0]?.key ?? ''))
    },
  },
  {
    name: 'use a recovery code',
    event: 'recovery_code_used',
    begin: async (world) => {
      const person = await makePerson(world, 1)
      return usingCode(world, person, person.codes[7] ?? '')
    },
  },
  {
    name: 'change the password',
    event: 'password_changed',
    async begin(world) {
      const person = await makePerson(world, 1)
      const { browser } = person
      const fields = { current: PASSWORD, new: NEW_PASSWORD }
      return {
        person,
        send: (headers) => browser.post('/settings/password', fields, headers),
        leadsTo: ACCOUNT,
        async before() {
          await onlyPassword(world, person, { right: PASSWORD, wrong: NEW_PASSWORD })
          assert.ok(await isSignedIn(browser))
        },
        async after(answered) {
          await onlyPassword(world, person, { right: NEW_PASSWORD, wrong: PASSWORD })
          assert.equal(await isSignedIn(browser), answered)
        },
      }
    },
  },
  {
    name: 'reset the password',
    event: 'password_reset',
    async begin(world) {
      const person = await makePerson(world, 1)
      const { token, link } = newLink(world.vault, { accountId: person.id, purpose: 'reset_password' }, new Date())
      await world.db.insert(mailLinks).values(link)
      const reader = world.browser()
      await reader.get(`/mail/reset-password?token=${token}`)
      const send = (headers?: Headers) => reader.post('/mail/reset-password', { password: NEW_PASSWORD }, headers)
      return {
        person,
        send,
        leadsTo: '/sign-in',
        async before() {
          assert.equal(await passwordLeads(world, person, NEW_PASSWORD), undefined)
          assert.ok(await isSignedIn(person.browser))
          assert.equal((await send()).location, '/sign-in', 'the link is still good')
        },
        async after() {
          assert.equal((await send()).status, 410, 'the link is used up')
          await onlyPassword(world, person, { right: NEW_PASSWORD, wrong: PASSWORD })
          assert.ok(!(await isSignedIn(person.browser)), 'every session is over')
        },
      }
    },
  },
  {
    name: 'generate an access token',
    event: 'token_generated',
    async begin(world) {
      const person = await makePerson(world, 1)
      const { browser } = person
      const fields = { description: 'Backup', expires_at: inAMonth(), 'scope-account-read': 'yes', password: PASSWORD }
      const amount = async () => (await tokensOf(world, person)).length
      return {
        person,
        send: (headers) => browser.post(`${TOKENS_PAGE}/generate/confirm`, fields, headers),
        leadsTo: `${TOKENS_PAGE}/value`,
        before: async () => assert.equal(await amount(), 0),
        async after(answered) {
          assert.equal(await amount(), 1)
          if (answered) await opens(world, readAccessToken((await browser.get(`${TOKENS_PAGE}/value`)).html), 200)
        },
      }
    },
  },
  {
    name: 'regenerate an access token',
    event: 'token_regenerated',
    async begin(world) {
      const person = await makePerson(world, 1)
      const { browser } = person
      const { id, value: old } = await writeToken(world, person)
      const fields = { expires_at: inAMonth(), password: PASSWORD }
      return {
        person,
        send: (headers) => browser.post(`${TOKENS_PAGE}/${id}/regenerate`, fields, headers),
        leadsTo: `${TOKENS_PAGE}/value`,
        before: () => opens(world, old, 200),
        async after(answered) {
          await opens(world, old, 401)
          if (answered) await opens(world, readAccessToken((await browser.get(`${TOKENS_PAGE}/value`)).html), 200)
        },
      }
    },
  },
]

/** A code of either kind at sign-in: if it was accepted, it never works again; if not, it still works. */
async function usingCode(world: World, person: Person, code: string): Promise<Begun> {
  const browser = await owingCode(world, person)
  return {
    person,
    send: (headers) => browser.post(TWO_FACTOR, { code }, headers),
    leadsTo: '/',
    async before() {
      assert.ok(!(await isSignedIn(browser)))
      await letsIn(world, person, code)
      await refuses(world, person, code)
    },
    async after(answered) {
      assert.equal(await isSignedIn(browser), answered)
      await refuses(world, person, code)
    },
  }
}

const inAMonth = () => new Date(Date.now() + 30 * 24 * 60 * 60_000).toISOString().slice(0, 10)
