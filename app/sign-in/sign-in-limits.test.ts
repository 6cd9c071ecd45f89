import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { latchkey, PASSWORD, signedUp } from '#testing/index.ts'

const product = await latchkey()
after(() => product.close())

describe('password guesses at the door', () => {
  const wrong = 'wrong kettle marches north'
  const TEN = 10 // failures before the first wait

  test('of a stranger never delay the owner at another address, even in the same minute', async () => {
    const { email } = await signedUp(product)
    const stranger = product.browser({ address: '203.0.113.66' })
    for (let attempt = 1; attempt <= TEN; attempt++)
      assert.equal((await stranger.post('/sign-in', { email, password: wrong })).status, 422)
    const refused = await stranger.post('/sign-in', { email, password: wrong })
    assert.deepEqual([refused.status, refused.headers.get('Retry-After')], [429, '30'])
    const owner = product.browser({ address: '203.0.113.67' })
    assert.equal((await owner.post('/sign-in', { email, password: PASSWORD })).location, '/')
  })

  test('at the door and at the pop-up of a signed-in browser are counted apart: neither holds up the other (A19)', async () => {
    const { browser, email } = await signedUp(product)
    for (let attempt = 1; attempt <= TEN; attempt++)
      await browser.post('/settings/two-factor/set-up/confirm', { password: wrong })
    const waits = await browser.post('/settings/two-factor/set-up/confirm', { password: PASSWORD })
    assert.deepEqual([waits.status, waits.headers.get('Retry-After')], [429, '30'])
    assert.equal((await browser.get('/')).status, 200, 'a live session goes on')
    const stranger = product.browser()
    for (let attempt = 1; attempt <= TEN; attempt++)
      assert.equal((await stranger.post('/sign-in', { email, password: wrong })).status, 422)
    assert.equal((await stranger.post('/sign-in', { email, password: wrong })).status, 429)
  })

  test('at once, of one account from one address, wait for each other and break nothing', async () => {
    const limited = await latchkey({ attemptsPerAddress: 60 }, product)
    const address = '203.0.113.90'
    const { email } = await signedUp(limited, { address })
    const signIns = Array.from({ length: 48 }, (_, index) =>
      limited.browser({ address }).post('/sign-in', { email, password: index % 6 ? PASSWORD : wrong }),
    )
    for (const { status } of await Promise.all(signIns)) assert.ok([303, 422, 429].includes(status), `${status}`)
    assert.deepEqual(limited.faults, [])
  })

  test('right answers give their attempt back to the address; wrong ones stay', async () => {
    const limited = await latchkey({ attemptsPerAddress: 3 }, product) // one of them for the account, which is not given back
    const address = '203.0.113.80'
    const { email } = await signedUp(limited, { address })
    const browser = () => limited.browser({ address })
    for (let attempt = 0; attempt < 4; attempt++)
      assert.equal((await browser().post('/sign-in', { email, password: PASSWORD })).location, '/')
    for (const status of [422, 422, 429])
      assert.equal((await browser().post('/sign-in', { email, password: wrong })).status, status)
  })
})
