import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import fc from 'fast-check'
import { deeds, type Model, type Seat } from '#testing/deeds.ts'
import { latchkey, PASSWORD, signedUp } from '#testing/index.ts'
import { assertInvariants, stateOf } from '#testing/invariants.ts'

const product = await latchkey()
after(() => product.close())
const { clock, database } = product

const DEEDS = deeds(product)
const MINUTE = 60_000
const BROWSERS = 3

/** The product agrees with the model, in the database and in every browser. */
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

/** Which of the possible things to do, and in which browser. */
const steps = fc.array(fc.tuple(fc.nat(), fc.nat(BROWSERS - 1)), { minLength: 12, maxLength: 24, size: 'max' })

async function tell(story: [number, number][]) {
  const { browser, email } = await signedUp(product)
  const seats: Seat[] = [{ browser, is: 'in' }]
  while (seats.length < BROWSERS) seats.push({ browser: product.browser(), is: 'out' })
  const model: Model = { email, seats, authenticators: [], unused: [], used: [], wrong: 0, secrets: [PASSWORD] }
  const told: string[] = []
  for (const [choice, number] of story) {
    clock.advance(1.5 * MINUTE) // the codes of a minute ago are used, the present ones are fresh
    for (const each of seats) if (each.is === 'owing' && clock.now().getTime() >= (each.until ?? 0)) each.is = 'out'
    const seat = seats[number] ?? seats[0]
    const possible = Object.entries(DEEDS).filter(([, { can }]) => seat && can(model, seat))
    const [name, deed] = possible[choice % possible.length] ?? []
    if (!seat || !deed) throw new Error('There is nothing that can be done.')
    told.push(`${name} in browser ${number}`)
    try {
      await deed.does(model, seat)
      await agree(model)
    } catch (error) {
      throw new Error(`${told.join(', then ')}: ${error instanceof Error ? error.message : error}`, { cause: error })
    }
  }
}

describe('an account, whatever its owner does in whatever order', () => {
  test('is as a simple model says, and the invariants hold after every step', async () => {
    await fc.assert(fc.asyncProperty(steps, tell), { numRuns: 4 })
  })
})
