import assert from 'node:assert/strict'
import { after, afterEach, describe, test } from 'node:test'
import { BEHIND_PROXY, entering, joining, withApp } from '#testing/gate.ts'
import { copyOf, latchkey, loggedEvents, owingCode, signedInBrowser, signedUp, withTwoFactor } from '#testing/index.ts'
import { assertInvariants } from '#testing/invariants.ts'

const product = await latchkey(BEHIND_PROXY)
after(product.close)
afterEach(async () => {
  assert.deepEqual(product.faults.splice(0), [])
  await assertInvariants(product.database)
})

const PAGE = '/gate/sign-out'

/** Somebody who may open two apps, and has opened both. */
async function withTwoApps() {
  const [one, two] = [await withApp(product), await withApp(product)]
  const { browser, email } = await signedUp(product)
  for (const { group } of [one, two]) await joining(product, email, group)
  const opened = { [one.host]: await entering(product, browser, `https://${one.host}/`) }
  product.clock.advance(1000)
  opened[two.host] = await entering(product, browser, `https://${two.host}/`)
  return { browser, email, one, two, opened }
}

describe('signing out at an app', () => {
  test('asks first, names what the session has opened in that order, and changes nothing by being looked at', async () => {
    const { browser, one, two, opened } = await withTwoApps()
    const page = await browser.get(`${PAGE}?from=${one.host}`)
    assert.equal(page.status, 200)
    assert.match(page.text, new RegExp(`Photos ${one.host} .*Photos ${two.host} `))
    assert.ok(page.html.includes(`href="https://${one.host}/"`), 'the way back')
    assert.equal((await browser.get('/')).status, 200, 'is still signed in')
    assert.equal((await opened[one.host]?.asks(`https://${one.host}/`))?.status, 200)
  })

  test('ends the session and says which apps are closed: each of them sends the very next request away', async () => {
    const { browser, email, one, two, opened } = await withTwoApps()
    const old = copyOf(product, browser)
    const done = await browser.post(PAGE)
    assert.equal(done.status, 200)
    assert.equal(done.headers.get('Clear-Site-Data'), '"cache"')
    assert.match(done.text, new RegExp(`You're signed out .*Photos ${one.host} .*Photos ${two.host} `))
    assert.equal((await old.get('/')).location, '/sign-in')
    for (const [host, app] of Object.entries(opened))
      assert.equal((await app.asks(`https://${host}/`)).status, 302, host)
    assert.equal((await loggedEvents(product, email)).at(-1), 'signed_out')
    assert.equal((await browser.post(PAGE)).location, '/sign-in', 'once')
  })

  test('closes what this session opened, and leaves another session of the account as it is', async () => {
    const { browser, email, one } = await withTwoApps()
    const other = await signedInBrowser(product, email)
    const app = await entering(product, other, `https://${one.host}/`)
    assert.doesNotMatch((await other.get(PAGE)).text, /\bphotos-\d+\.example\.test .*photos-/, 'one app')
    await browser.post(PAGE)
    assert.equal((await other.get('/')).status, 200)
    assert.equal((await app.asks(`https://${one.host}/`)).status, 200)
  })

  test('leads back to no host but one that the session has opened [G11]', async () => {
    const { browser } = await withTwoApps()
    const closed = await withApp(product)
    for (const from of ['evil.example', closed.host, '', '//evil.example', 'javascript:alert(1)', '@evil.example']) {
      const page = await browser.get(`${PAGE}?from=${encodeURIComponent(from)}`)
      assert.deepEqual([...page.html.matchAll(/href="([^/#][^"]*)"/g)], [], from)
    }
  })

  test('is refused from another site, and closes a half-done sign-in too', async () => {
    const owner = await withTwoFactor(product)
    const pending = await owingCode(product, owner.email)
    assert.equal((await owner.browser.post(PAGE, {}, { Origin: 'https://photos-1.example.test' })).status, 403)
    assert.equal((await owner.browser.get('/')).status, 200)
    await owner.browser.post(PAGE)
    assert.equal((await pending.get('/sign-in/two-factor')).location, '/sign-in')
  })

  test('is nothing for who is signed in nowhere: they are led to sign-in, and not back here', async () => {
    assert.equal((await product.browser().get(`${PAGE}?from=x`)).location, '/sign-in')
  })

  test('names no app where none was opened', async () => {
    const { browser } = await signedUp(product)
    assert.doesNotMatch((await browser.get(PAGE)).html, /<ul|also closes/)
    assert.doesNotMatch((await browser.post(PAGE)).html, /<ul|are closed/)
  })
})
