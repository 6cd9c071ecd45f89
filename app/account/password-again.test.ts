import assert from 'node:assert/strict'
import { after, afterEach, describe, test } from 'node:test'
import { eq } from 'drizzle-orm'
import { sessions } from '#db/schema.ts'
import { type Browser, copyOf, latchkey, loggedEvents, PASSWORD, SESSION, signedUp } from '#testing/index.ts'
import { assertInvariants } from '#testing/invariants.ts'
import { hashToken } from '../lib/tokens.ts'

const product = await latchkey()
const { clock, database } = product
afterEach(async () => {
  assert.deepEqual(product.faults.splice(0), [])
  await assertInvariants(database)
})
after(product.close)

const PAGE = '/settings/password/again'

async function passwordAt(browser: Browser) {
  const tokenHash = hashToken(browser.cookies.get(SESSION) ?? '')
  const [row] = await database.db.select().from(sessions).where(eq(sessions.tokenHash, tokenHash))
  assert.ok(row, 'the session is live')
  return row.passwordAt
}

describe('a session that shows its password again', () => {
  test('has shown it from then on, goes on under a new token, and is taken to where it wanted to go', async () => {
    const { browser, email } = await signedUp(product)
    assert.equal(await passwordAt(browser), null)
    clock.advance(60_000)
    const old = copyOf(product, browser)
    const wanted = '/gate/enter?to=https%3A%2F%2Fphotos.example.test%2F&n=x'
    const page = await browser.get(`${PAGE}?return_to=${encodeURIComponent(wanted)}`)
    const [, return_to = ''] = /name="return_to" value="([^"]*)"/.exec(page.html) ?? []
    const answer = await browser.post(PAGE, { password: PASSWORD, return_to: return_to.replaceAll('&amp;', '&') })
    assert.deepEqual([answer.status, answer.location], [303, wanted])
    assert.deepEqual(await passwordAt(browser), clock.now())
    assert.equal((await old.get('/')).location, '/sign-in')
    assert.equal((await loggedEvents(product, email)).at(-1), 'password_shown')
  })

  test('has shown none with a wrong one, keeps its token, and its way on', async () => {
    const { browser, email } = await signedUp(product)
    const token = browser.cookies.get(SESSION)
    for (const password of ['not that one at all', '']) {
      const answer = await browser.post(PAGE, { password, return_to: '/settings/activity' })
      assert.equal(answer.status, 422)
      assert.ok(answer.html.includes('name="return_to" value="/settings/activity"'), 'the way on')
    }
    assert.equal(await passwordAt(browser), null)
    assert.equal(browser.cookies.get(SESSION), token)
    assert.equal((await loggedEvents(product, email)).at(-1), 'password_wrong')
  })

  test('shows it once: of five at the same time one goes on, and the others have a session that is over', async () => {
    const { browser } = await signedUp(product)
    const copies = Array.from({ length: 5 }, () => copyOf(product, browser))
    const answers = await Promise.all(copies.map((copy) => copy.post(PAGE, { password: PASSWORD })))
    assert.equal(answers.filter(({ status, location }) => status === 303 && location === '/').length, 1)
  })

  test('is not led to another site', async () => {
    const { browser } = await signedUp(product)
    const answer = await browser.post(PAGE, { password: PASSWORD, return_to: 'https://evil.example/' })
    assert.equal(answer.location, '/')
  })
})
