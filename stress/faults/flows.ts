import assert from 'node:assert/strict'
import { hintOf, newAccessToken } from '#app/access-tokens/token.ts'
import { type EventKind, securityEvent } from '#app/events.ts'
import { hashToken, newId } from '#app/lib/tokens.ts'
import { newLink } from '#app/mail/links.ts'
import { codeOf } from '#app/testing/authenticator.ts'
import type { Browser } from '#app/testing/browser.ts'
import { DONE, PASSWORD, RECOVERY_CODES_PAGE, SET_UP, TOKENS_PAGE } from '#app/testing/names.ts'
import { adding, readAccessToken, readCodes, readEnrolPage, replacing, viewingCodes } from '#app/testing/stories.ts'
import { accessTokens, events, mailLinks } from '#db/schema.ts'
import { codeAnswered, isSignedIn, makePerson, owingCode, type Person, passwordLeads } from './people.ts'
import type { World } from './world.ts'

export type Answer = Awaited<ReturnType<Browser['post']>>
type Headers = Record<string, string>

/** What a person does, up to the one request in which the process dies. */
export type Flow = {
  name: string
  /** The row in the log that says it happened. */
  event: EventKind
  begin(world: World): Promise<Begun>
}

export type Begun = {
  person: Person
  /** The request. `headers` say where the process is to die. */
  send(headers?: Headers): Promise<Answer>
  /** Where the answer leads when it was done. */
  leadsTo: string
  /** What a person sees when nothing was done: all as it was, and the same request can be made again. */
  before(): Promise<void>
  /** What a person sees when it was done. `answered`: the browser has the answer with its new cookies. */
  after(answered: boolean): Promise<void>
}

const TWO_FACTOR = '/sign-in/two-factor'
const ACCOUNT = '/settings/account'
const NEW_PASSWORD = 'marble lantern follows tide'
const now = () => codeTime(0)
const next = () => codeTime(1)
/** Of the present step, or of the one after it: both are good until the present one and the next are over. */
const codeTime = (steps: number) => (key: string) => codeOf(key, new Date(), steps)

export const FLOWS: Flow[] = [
  {
    name: 'turn the second factor on (Done)',
    event: 'second_factor_on',
    async begin(world) {
      const person = await makePerson(world, 0)
      const { browser } = person
      await browser.post(`${SET_UP}/confirm`, { password: PASSWORD })
      const { key, enrolment } = readEnrolPage((await browser.get(SET_UP)).html)
      const code = now()(key)
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
          await letsIn(world, person, next()(key))
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
      const code = now()(key)
      return {
        person,
        send: (headers) => browser.post('/settings/two-factor/replace', { enrolment, code }, headers),
        leadsTo: ACCOUNT,
        async before() {
          await refuses(world, person, next()(key))
          await letsIn(world, person, now()(old))
          assert.ok(await isSignedIn(browser))
        },
        async after(answered) {
          assert.equal(await isSignedIn(browser), answered)
          await refuses(world, person, now()(old))
          await refuses(world, person, code)
          await letsIn(world, person, next()(key))
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
    name: 'use an authenticator code',
    event: 'signed_in',
    begin: async (world) => {
      const person = await makePerson(world, 1)
      return usingCode(world, person, now()(person.authenticators[0]?.key ?? ''))
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
    name: 'add an authenticator',
    event: 'authenticator_added',
    async begin(world) {
      const person = await makePerson(world, 1)
      const { browser } = person
      const first = person.authenticators[0]?.key ?? ''
      const { key, enrolment } = await adding(browser)
      const code = now()(key)
      return {
        person,
        send: (headers) => browser.post('/settings/two-factor/add', { enrolment, name: 'Tablet', code }, headers),
        leadsTo: '/settings/two-factor/authenticators',
        async before() {
          await refuses(world, person, next()(key))
          await letsIn(world, person, now()(first))
        },
        async after(answered) {
          assert.equal(await isSignedIn(browser), answered)
          await refuses(world, person, code)
          await letsIn(world, person, next()(key))
          await letsIn(world, person, now()(first))
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
          await letsIn(world, person, now()(removed.key))
          await letsIn(world, person, now()(kept.key))
        },
        async after(answered) {
          assert.equal(await isSignedIn(browser), answered)
          await refuses(world, person, now()(removed.key))
          await letsIn(world, person, now()(kept.key))
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

/** A code of either kind at sign-in: what was accepted is never accepted again, and what was not still is. */
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

export async function letsIn(world: World, person: Person, code = '') {
  assert.ok((await codeAnswered(world, person, code)).letsIn, `${code} lets in`)
}

export async function refuses(world: World, person: Person, code = '') {
  assert.ok(!(await codeAnswered(world, person, code)).letsIn, `${code} is refused`)
}

async function onlyPassword(world: World, person: Person, { right, wrong }: { right: string; wrong: string }) {
  assert.equal(await passwordLeads(world, person, right), TWO_FACTOR)
  assert.equal(await passwordLeads(world, person, wrong), undefined)
}

const inAMonth = () => new Date(Date.now() + 30 * 24 * 60 * 60_000).toISOString().slice(0, 10)

export const tokensOf = async ({ db }: World, { id }: Person) =>
  (await db.select().from(accessTokens)).filter(({ accountId }) => accountId === id)

export async function writeToken({ db }: World, { id: accountId }: Person, expiresAt: Date | null = null) {
  const value = newAccessToken()
  const id = newId()
  const token = { id, accountId, tokenHash: hashToken(value), hint: hintOf(value), description: 'Backup' }
  await db.insert(accessTokens).values({ ...token, scopes: 'account:read', createdAt: new Date(), expiresAt })
  const origin = { address: '192.0.2.1', browser: 'Firefox on Linux' }
  await db.insert(events).values(securityEvent('token_generated', accountId, origin, new Date()))
  return { id, value }
}

export async function opens(world: World, token: string, status: 200 | 401) {
  const answer = await world.browser().get('/api/v1/account', { Authorization: `Bearer ${token}` })
  assert.equal(answer.status, status, 'what an access token opens')
}
