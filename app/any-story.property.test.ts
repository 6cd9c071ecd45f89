import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import fc from 'fast-check'
import { assertInvariants, stateOf } from './invariants.ts'
import {
  answerCode,
  type Browser,
  codeOf,
  enrolling,
  latchkey,
  PASSWORD,
  RECOVERY_CODES_PAGE,
  replacing,
  SESSIONS_PAGE,
  signedUp,
  viewingCodes,
  withAnother,
  withToken,
} from './testing.ts'

const product = await latchkey()
after(() => product.close())
const { clock, database } = product

const MINUTE = 60_000
const FIVE_MINUTES = 5 * MINUTE
const SET_UP_DONE = '/settings/two-factor/set-up/recovery-codes'
const BROWSERS = 3

type Authenticator = { id: string; key: string; spentUntil: number }
/** `until`: how long a sign-in may owe its code. */
type Seat = { browser: Browser; is: 'out' | 'owing' | 'in'; until?: number }

/** What has to be true of the account, kept beside the product and in the simplest of words. */
type Model = {
  email: string
  seats: Seat[]
  authenticators: Authenticator[]
  unused: string[]
  used: string[]
  /** Few enough that nobody has to wait. */
  wrong: number
  secrets: string[]
}

/** One thing that a person does in the browser of that number. Whatever he can not do just now is left out. */
type Deed = (model: Model, seat: Seat) => Promise<void>

const isOn = ({ authenticators }: Model) => authenticators.length > 0
const others = ({ seats }: Model, seat: Seat) => seats.filter((each) => each !== seat)

/** Every change ends all other sessions, and every sign-in that owes its code. */
const endOthers = (model: Model, seat: Seat) => {
  for (const other of others(model, seat)) other.is = 'out'
}

const went = (answer: { status: number; location: string | null; text: string }, to: string | RegExp) => {
  assert.equal(answer.status, 303, answer.text)
  if (typeof to === 'string') assert.equal(answer.location, to)
  else assert.match(answer.location ?? '', to)
}

const DEEDS: Record<string, Deed> = {
  async 'signs in'(model, seat) {
    if (seat.is !== 'out') return
    seat.browser = product.browser()
    const answer = await seat.browser.post('/sign-in', { email: model.email, password: PASSWORD })
    went(answer, isOn(model) ? '/sign-in/two-factor' : '/')
    seat.is = isOn(model) ? 'owing' : 'in'
    seat.until = clock.now().getTime() + FIVE_MINUTES
  },

  async 'gives a code of an authenticator'(model, seat) {
    const [authenticator] = model.authenticators
    if (seat.is !== 'owing' || !authenticator) return
    went(await answerCode(seat.browser, codeOf(authenticator.key, clock.now())), '/')
    authenticator.spentUntil = clock.now().getTime()
    seat.is = 'in'
  },

  async 'gives a code that was used'(model, seat) {
    const spent = model.authenticators.find(({ spentUntil }) => spentUntil > 0)
    if (seat.is !== 'owing' || !spent || model.wrong >= 3) return
    const answer = await answerCode(seat.browser, codeOf(spent.key, new Date(spent.spentUntil)))
    assert.ok(answer.status === 422 || answer.status === 429, answer.text)
    model.wrong++
  },

  async 'gives a recovery code'(model, seat) {
    const code = model.unused[0]
    if (seat.is !== 'owing' || !code || model.unused.length === 1) return
    went(await answerCode(seat.browser, code), '/')
    model.unused.shift()
    model.used.push(code)
    seat.is = 'in'
  },

  async 'gives a recovery code that was used, or is of an older set'(model, seat) {
    const code = model.used.at(-1)
    if (seat.is !== 'owing' || !code || model.wrong >= 3) return
    assert.equal((await answerCode(seat.browser, code)).status, 422)
    model.wrong++
  },

  async 'turns the second factor on'(model, seat) {
    if (seat.is !== 'in' || isOn(model)) return
    const { key, codes, enrolment } = await enrolling(product, seat.browser)
    went(await seat.browser.post(SET_UP_DONE, { enrolment, saved: 'yes' }), /^\/settings\//)
    model.authenticators.push({ id: enrolment, key, spentUntil: 0 })
    model.used.push(...model.unused.splice(0))
    model.unused.push(...codes)
    model.secrets.push(key, ...codes)
    endOthers(model, seat)
  },

  async 'adds an authenticator'(model, seat) {
    if (seat.is !== 'in' || !isOn(model) || model.authenticators.length > 3) return
    const { key, id } = await withAnother(product, seat.browser, `Phone ${model.authenticators.length}`)
    model.authenticators.push({ id, key, spentUntil: 0 })
    model.secrets.push(key)
    endOthers(model, seat)
  },

  async 'replaces an authenticator'(model, seat) {
    const [old, ...rest] = model.authenticators
    if (seat.is !== 'in' || !old) return
    const { key, enrolment } = await replacing(seat.browser, rest.length > 0 ? old.id : undefined)
    const answer = await seat.browser.post('/settings/two-factor/replace', {
      enrolment,
      code: codeOf(key, clock.now()),
    })
    went(answer, /^\/settings\//)
    model.authenticators = [...rest, { id: enrolment, key, spentUntil: clock.now().getTime() }]
    model.secrets.push(key)
    endOthers(model, seat)
  },

  async 'removes an authenticator'(model, seat) {
    const [first, ...rest] = model.authenticators
    if (seat.is !== 'in' || !first) return
    const answer = await seat.browser.post(`/settings/two-factor/authenticators/${first.id}/remove`, {
      password: PASSWORD,
    })
    if (rest.length === 0) return assert.notEqual(answer.status, 500) // the last one is taken away by turning it off alone
    went(answer, '/settings/two-factor/authenticators')
    model.authenticators = rest
    endOthers(model, seat)
  },

  async 'makes new recovery codes'(model, seat) {
    if (seat.is !== 'in' || !isOn(model)) return
    const { set } = await viewingCodes(seat.browser)
    clock.advance(1)
    went(await seat.browser.post(`${RECOVERY_CODES_PAGE}/regenerate`, { set }), RECOVERY_CODES_PAGE)
    const { codes } = await viewingCodes(seat.browser)
    assert.equal(codes.length, 12)
    model.used.push(...model.unused.splice(0))
    model.unused.push(...codes)
    model.secrets.push(...codes)
  },

  async 'turns the second factor off'(model, seat) {
    if (seat.is !== 'in' || !isOn(model)) return
    went(await seat.browser.post('/settings/two-factor/disable', { password: PASSWORD }), /^\/settings\//)
    Object.assign(model, { authenticators: [], unused: [], used: [], wrong: 0 })
    endOthers(model, seat)
  },

  async 'types a wrong password'(model, seat) {
    if (seat.is !== 'in' || !isOn(model)) return
    const { status } = await seat.browser.post('/settings/two-factor/disable', {
      password: 'violet kettle marches south',
    })
    assert.equal(status, 422)
  },

  async 'changes the password and back'(model, seat) {
    if (seat.is !== 'in') return
    const other = 'eleven sardines hum quietly'
    went(await seat.browser.post('/settings/password', { current: PASSWORD, new: other }), /^\/settings\//)
    went(await seat.browser.post('/settings/password', { current: other, new: PASSWORD }), /^\/settings\//)
    endOthers(model, seat)
  },

  async 'generates an access token'(model, seat) {
    if (seat.is !== 'in') return
    model.secrets.push((await withToken(product, seat.browser)).value)
  },

  async 'signs out'(model, seat) {
    if (seat.is !== 'in') return
    await seat.browser.post('/sign-out')
    for (const each of model.seats) if (each === seat || each.is === 'owing') each.is = 'out'
  },

  async 'signs out everywhere'(model, seat) {
    if (seat.is !== 'in') return
    assert.equal((await seat.browser.post(`${SESSIONS_PAGE}/everything`)).status, 303)
    for (const each of model.seats) each.is = 'out'
  },
}

/** The product is as the model says, in the database and in every browser. */
async function agree(model: Model) {
  assert.deepEqual(product.faults, [])
  await assertInvariants(database, model.secrets)
  const state = await stateOf(database, model.email)
  assert.deepEqual(state.factors.map(({ id }) => id).sort(), model.authenticators.map(({ id }) => id).sort())
  assert.equal(state.recoveryCodes.filter(({ usedAt }) => usedAt === null).length, model.unused.length)
  assert.equal(state.sessions.length, model.seats.filter(({ is }) => is === 'in').length)
  for (const { browser, is } of model.seats) {
    const { status } = await browser.get('/settings/account')
    assert.equal(status, is === 'in' ? 200 : 303, `somebody who is ${is}`)
  }
}

const names = Object.keys(DEEDS)
const steps = fc.array(fc.tuple(fc.constantFrom(...names), fc.nat(BROWSERS - 1)), {
  minLength: 10,
  maxLength: 22,
  size: 'max',
})
/** So that some stories are about a second factor from the start. */
const beginning = fc.constantFrom([], [['turns the second factor on', 0]] as [string, number][])

async function tell(story: [string, number][]) {
  const { browser, email } = await signedUp(product)
  const seats: Seat[] = [{ browser, is: 'in' }]
  while (seats.length < BROWSERS) seats.push({ browser: product.browser(), is: 'out' })
  const model: Model = { email, seats, authenticators: [], unused: [], used: [], wrong: 0, secrets: [PASSWORD] }
  for (const [name, number] of story) {
    const seat = seats[number]
    const deed = DEEDS[name]
    if (!seat || !deed) throw new Error(`There is no ${name} in browser ${number}.`)
    clock.advance(1.5 * MINUTE) // the codes of a minute ago are spent, those of now are fresh
    for (const each of seats) if (each.is === 'owing' && clock.now().getTime() >= (each.until ?? 0)) each.is = 'out'
    await deed(model, seat)
    await agree(model)
  }
}

describe('an account, whatever its owner does in whatever order', () => {
  test('is as a simple model says, and the invariants hold after every step', async () => {
    const story = fc.tuple(beginning, steps).map(([first, rest]) => [...first, ...rest])
    await fc.assert(fc.asyncProperty(story, tell), { numRuns: 6, interruptAfterTimeLimit: 15_000 })
  })
})
