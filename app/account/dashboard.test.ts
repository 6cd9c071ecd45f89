import assert from 'node:assert/strict'
import { after, afterEach, describe, test } from 'node:test'
import { codeOf, latchkey, PASSWORD, signedInWith, signedUp, withTwoFactor } from '#testing/index.ts'

const product = await latchkey()
const { clock } = product
afterEach(() => assert.deepEqual(product.faults.splice(0), []))
after(product.close)

describe('the dashboard', () => {
  test('says that a password alone protects the account, and offers to set up more', async () => {
    const { browser, email } = await signedUp(product)
    const { text, html } = await browser.get('/')
    assert.match(html, /<h1[^>]*>Dashboard</)
    assert.ok(text.includes(`Signed in as ${email}`))
    assert.match(text, /Your account is protected by a password alone\./)
    assert.match(text, /Second factor Off/)
    assert.match(text, /Recovery codes None yet/)
    assert.match(html, /Set Up Two-Factor Authentication/)
    assert.match(html, /<a[^>]+href="\/settings\/account"[^>]*>Settings</)
  })

  test('with the second factor: since when, and how many recovery codes are left', async () => {
    const { browser, email, codes } = await withTwoFactor(product)
    assert.match((await browser.get('/')).text, /Second factor On since 1 Mar 2026/)
    assert.match((await browser.get('/')).text, /Recovery codes 12 of 12 left/)
    await signedInWith(product, email, codes[0] ?? '')
    assert.match((await browser.get('/')).text, /Recovery codes 11 of 12 left/)
    await browser.post('/settings/two-factor/disable', { password: PASSWORD })
    assert.match((await browser.get('/')).text, /Second factor Off/)
  })

  test('shows the last five sign-ins, newest first, how and from where, this session marked', async () => {
    const visitor = { address: '198.51.100.1' }
    const { browser, email, key, codes } = await withTwoFactor(product, visitor)
    for (const code of codes.slice(0, 4)) {
      clock.advance(60_000)
      await signedInWith(product, email, code)
    }
    clock.advance(60_000)
    const last = await signedInWith(product, email, codeOf(key, clock.now()))
    const signIns = async (of: typeof browser) => (await of.get('/')).html.match(/<p class="what">.*?<\/li>/gs) ?? []
    const shown = await signIns(last)
    assert.equal(shown.length, 5)
    assert.match(shown[0] ?? '', /authenticator/)
    assert.match(shown[0] ?? '', /This session/)
    for (const older of shown.slice(1)) {
      assert.match(older, /recovery code/)
      assert.doesNotMatch(older, /This session/)
    }
    assert.ok(!(await signIns(browser)).join().includes('198.51.100.1'), 'the sixth is not shown')
  })

  test('knows nothing of other accounts', async () => {
    const { email } = await signedUp(product, { address: '203.0.113.77' })
    const { browser } = await signedUp(product)
    const { text } = await browser.get('/')
    assert.ok(!text.includes('203.0.113.77') && !text.includes(email))
  })

  test('is for nobody without a session, and kept by nobody on the way', async () => {
    assert.equal((await product.browser().get('/')).location, '/sign-in')
    const { browser } = await signedUp(product)
    assert.equal((await browser.get('/')).headers.get('Cache-Control'), 'no-store')
  })
})
