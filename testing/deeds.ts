import assert from 'node:assert/strict'
import { codeOf } from './authenticator.ts'
import type { Browser } from './browser.ts'
import { PASSWORD, RECOVERY_CODES_PAGE, SESSIONS_PAGE } from './names.ts'
import type { Latchkey } from './product.ts'
import { answerCode, enrolling, replacing, viewingCodes, withAnother, withToken } from './stories.ts'

const FIVE_MINUTES = 5 * 60_000
const SET_UP_DONE = '/settings/two-factor/set-up/recovery-codes'

type Authenticator = { id: string; key: string; spentUntil: number }
/** `until`: how long a sign-in may owe its code. */
export type Seat = { browser: Browser; is: 'out' | 'owing' | 'in'; until?: number }

/** What must be true of the account, kept beside the product in the simplest form. */
export type Model = {
  email: string
  seats: Seat[]
  authenticators: Authenticator[]
  unused: string[]
  used: string[]
  /** So few that nobody has to wait. */
  wrong: number
  secrets: string[]
}

/** One thing that a person does in one of the browsers, and whether they can do it now. */
export type Deed = { can: (model: Model, seat: Seat) => boolean; does: (model: Model, seat: Seat) => Promise<unknown> }

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

const isIn = (_model: Model, seat: Seat) => seat.is === 'in'
const inWithSecondFactor = (model: Model, seat: Seat) => seat.is === 'in' && isOn(model)
const spentOne = ({ authenticators }: Model) => authenticators.find(({ spentUntil }) => spentUntil > 0)

function firstOf({ authenticators: [first] }: Model): Authenticator {
  if (!first) throw new Error('There is no authenticator.')
  return first
}

/** Everything an owner can do about how the account opens, each with what it does to the model. */
export const deeds = (product: Latchkey, clock = product.clock): Record<string, Deed> => ({
  'signs in': {
    can: (_model, seat) => seat.is === 'out',
    async does(model, seat) {
      seat.browser = product.browser()
      const answer = await seat.browser.post('/sign-in', { email: model.email, password: PASSWORD })
      went(answer, isOn(model) ? '/sign-in/two-factor' : '/')
      seat.is = isOn(model) ? 'owing' : 'in'
      seat.until = clock.now().getTime() + FIVE_MINUTES
    },
  },

  'gives a code of an authenticator': {
    can: (model, seat) => seat.is === 'owing' && isOn(model),
    async does(model, seat) {
      const authenticator = firstOf(model)
      went(await answerCode(seat.browser, codeOf(authenticator.key, clock.now())), '/')
      authenticator.spentUntil = clock.now().getTime()
      seat.is = 'in'
    },
  },

  'gives a code that was used': {
    can: (model, seat) => seat.is === 'owing' && model.wrong < 3 && spentOne(model) !== undefined,
    async does(model, seat) {
      const { key, spentUntil } = spentOne(model) ?? firstOf(model)
      const answer = await answerCode(seat.browser, codeOf(key, new Date(spentUntil)))
      assert.ok(answer.status === 422 || answer.status === 429, answer.text)
      model.wrong++
    },
  },

  'gives a recovery code': {
    can: ({ unused }, seat) => seat.is === 'owing' && unused.length > 1,
    async does(model, seat) {
      const [code = ''] = model.unused
      went(await answerCode(seat.browser, code), '/')
      model.unused.shift()
      model.used.push(code)
      seat.is = 'in'
    },
  },

  'gives a recovery code that was used, or is of an older set': {
    can: ({ used, wrong }, seat) => seat.is === 'owing' && used.length > 0 && wrong < 3,
    async does(model, seat) {
      const code = model.used.at(-1) ?? ''
      assert.equal((await answerCode(seat.browser, code)).status, 422)
      model.wrong++
    },
  },

  'turns the second factor on': {
    can: (model, seat) => seat.is === 'in' && !isOn(model),
    async does(model, seat) {
      const { key, codes, enrolment } = await enrolling(product, seat.browser)
      went(await seat.browser.post(SET_UP_DONE, { enrolment, saved: 'yes' }), /^\/settings\//)
      model.authenticators.push({ id: enrolment, key, spentUntil: 0 })
      model.used.push(...model.unused.splice(0))
      model.unused.push(...codes)
      model.secrets.push(key, ...codes)
      endOthers(model, seat)
    },
  },

  'adds an authenticator': {
    can: (model, seat) => seat.is === 'in' && isOn(model) && model.authenticators.length < 4,
    async does(model, seat) {
      const { key, id } = await withAnother(product, seat.browser, `Phone ${model.authenticators.length}`)
      model.authenticators.push({ id, key, spentUntil: 0 })
      model.secrets.push(key)
      endOthers(model, seat)
    },
  },

  'replaces an authenticator': {
    can: inWithSecondFactor,
    async does(model, seat) {
      const old = firstOf(model)
      const rest = model.authenticators.slice(1)
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
  },

  'removes an authenticator': {
    can: inWithSecondFactor,
    async does(model, seat) {
      const first = firstOf(model)
      const rest = model.authenticators.slice(1)
      const answer = await seat.browser.post(`/settings/two-factor/authenticators/${first.id}/remove`, {
        password: PASSWORD,
      })
      if (rest.length === 0) return assert.notEqual(answer.status, 500) // the last one goes only by turning the second factor off
      went(answer, '/settings/two-factor/authenticators')
      model.authenticators = rest
      endOthers(model, seat)
    },
  },

  'makes new recovery codes': {
    can: inWithSecondFactor,
    async does(model, seat) {
      const { set } = await viewingCodes(seat.browser)
      clock.advance(1)
      went(await seat.browser.post(`${RECOVERY_CODES_PAGE}/regenerate`, { set }), RECOVERY_CODES_PAGE)
      const { codes } = await viewingCodes(seat.browser)
      assert.equal(codes.length, 12)
      model.used.push(...model.unused.splice(0))
      model.unused.push(...codes)
      model.secrets.push(...codes)
    },
  },

  'turns the second factor off': {
    can: inWithSecondFactor,
    async does(model, seat) {
      went(await seat.browser.post('/settings/two-factor/disable', { password: PASSWORD }), /^\/settings\//)
      Object.assign(model, { authenticators: [], unused: [], used: [], wrong: 0 })
      endOthers(model, seat)
    },
  },

  'types a wrong password': {
    can: inWithSecondFactor,
    async does(_model, seat) {
      const { status } = await seat.browser.post('/settings/two-factor/disable', {
        password: 'violet kettle marches south',
      })
      assert.equal(status, 422)
    },
  },

  'changes the password and back': {
    can: isIn,
    async does(model, seat) {
      const other = 'eleven sardines hum quietly'
      went(await seat.browser.post('/settings/password', { current: PASSWORD, new: other }), /^\/settings\//)
      went(await seat.browser.post('/settings/password', { current: other, new: PASSWORD }), /^\/settings\//)
      endOthers(model, seat)
    },
  },

  'generates an access token': {
    can: isIn,
    async does(model, seat) {
      model.secrets.push((await withToken(product, seat.browser)).value)
    },
  },

  'signs out': {
    can: isIn,
    async does(model, seat) {
      await seat.browser.post('/sign-out')
      for (const each of model.seats) if (each === seat || each.is === 'owing') each.is = 'out'
    },
  },

  'signs out everywhere': {
    can: isIn,
    async does(model, seat) {
      assert.equal((await seat.browser.post(`${SESSIONS_PAGE}/everything`)).status, 303)
      for (const each of model.seats) each.is = 'out'
    },
  },
})
